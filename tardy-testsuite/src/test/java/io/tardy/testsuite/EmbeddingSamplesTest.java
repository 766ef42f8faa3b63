package io.tardy.testsuite;

import static org.assertj.core.api.Assertions.assertThat;

import io.tardy.EmbeddedRuntime;
import io.tardy.Tardy;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** What {@code docs/embedding.md} shows works. */
@Timeout(60)
class EmbeddingSamplesTest {

    @Test
    void samplesEmbedARuntime() throws Exception {
        try (Tardy tardy = Tardy.builder().build();
                ServerSocket server = new ServerSocket(0, 5, InetAddress.getLoopbackAddress())) {
            InetSocketAddress up = (InetSocketAddress) server.getLocalSocketAddress();
            assertThat(EmbeddingSamples.answers(tardy, List.of(up, up))).isEqualTo(2);
            try (EmbeddedRuntime embedded = tardy.embed()) {
                assertThat(EmbeddingSamples.isUpLater(embedded, up).get(20, TimeUnit.SECONDS))
                        .isTrue();
            }
        }
    }
}
