package io.tardy.testsuite;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalStateException;

import io.tardy.Tardy;
import io.tardy.Threading;
import io.tardy.net.Handover;
import io.tardy.net.Listener;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.nio.ByteBuffer;
import java.nio.channels.SocketChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.condition.EnabledOnOs;
import org.junit.jupiter.api.condition.OS;
import org.junit.jupiter.api.io.TempDir;

/** The code of docs/restarts.md works. */
@Timeout(60)
@EnabledOnOs(OS.LINUX)
class RestartSamplesTest {

    private static CompletableFuture<Void> serve(Path path, InetSocketAddress address) {
        return CompletableFuture.runAsync(
                () -> {
                    try (Tardy tardy = Tardy.builder().threading(Threading.multi(2)).build()) {
                        RestartSamples.serve(tardy, path, address);
                    } catch (Exception e) {
                        throw new IllegalStateException(e);
                    }
                },
                task -> Thread.ofPlatform().daemon().start(task));
    }

    private static void assertEchoed(InetSocketAddress address) throws Exception {
        try (SocketChannel client = SocketChannel.open(address)) {
            client.write(ByteBuffer.wrap(new byte[] {42}));
            assertThat(client.read(ByteBuffer.allocate(1))).isEqualTo(1);
        }
    }

    @Test
    void eachServerIsRelievedByTheNext(@TempDir Path folder) throws Exception {
        Path path = folder.resolve("handover");
        InetSocketAddress address;
        try (ServerSocket free = new ServerSocket(0)) {
            address = new InetSocketAddress("127.0.0.1", free.getLocalPort());
        }
        CompletableFuture<Void> serving = serve(path, address);
        while (!Files.exists(path)) { // the first one has nobody to wait for
            assertThat(serving).isNotDone();
            Thread.onSpinWait();
        }
        for (int i = 0; i < 3; i++) {
            assertEchoed(address);
            CompletableFuture<Void> next = serve(path, address);
            serving.get(30, TimeUnit.SECONDS);
            serving = next;
        }
        assertEchoed(address);
        Object file = Files.getAttribute(path, "fileKey");
        Handover last = takenOver(path, file);
        serving.get(30, TimeUnit.SECONDS);
        last.close();
    }

    /** The socket at the path becomes that of a successor a moment after its word was heard. */
    private static Handover takenOver(Path path, Object file) throws Exception {
        Handover last = Handover.at(path, Duration.ofSeconds(30));
        List<Listener> listeners = last.takeOver();
        assertThat(listeners).hasSize(1);
        last.serve(listeners);
        assertThat(Files.getAttribute(path, "fileKey")).isNotEqualTo(file);
        listeners.getFirst().close();
        return last;
    }

    @Test
    void nothingIsInheritedWithoutAServiceManager() throws Exception {
        try (Tardy tardy = Tardy.builder().build()) {
            assertThatIllegalStateException()
                    .isThrownBy(() -> RestartSamples.activated(tardy))
                    .withMessageContaining("chat");
        }
    }
}
