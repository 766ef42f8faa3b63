package io.tardy.websocket;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import io.tardy.aio.AsyncType;
import io.tardy.net.Listener;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.net.URI;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledOnOs;
import org.junit.jupiter.api.condition.OS;

/** A listener that outlives the server. */
@EnabledOnOs(OS.LINUX)
interface ListenerContract {

    AsyncType transport();

    private ServerFixture server() throws Exception {
        return new ServerFixture(transport(), builder -> builder, ServerFixture::echo);
    }

    @Test
    default void aServerIsRelievedByAnotherOnTheSameListener() throws Exception {
        try (Listener listener = Listener.bind("ws", new InetSocketAddress("127.0.0.1", 0), 16);
                ServerFixture old = server();
                ServerFixture young = server()) {
            if (transport() != AsyncType.EPOLL) { // this JVM has no flag for poll
                assertThatExceptionOfType(UnsupportedOperationException.class)
                        .isThrownBy(() -> old.server().bind(listener))
                        .withMessageContaining(
                                transport() == AsyncType.POLL
                                        ? "--add-opens java.base/sun.nio.ch=io.tardy.transport.poll"
                                        : "use epoll");
                return;
            }
            assertThat(old.server().bind(listener)).isEqualTo(listener.localAddress());
            int port = ((InetSocketAddress) listener.localAddress()).getPort();
            URI uri = URI.create("ws://127.0.0.1:" + port + "/");
            old.inFrame(
                    () -> {
                        try (WebSocketConnection first = WebSocketConnection.connect(uri)) {
                            assertEchoed(first);
                            young.server().bind(listener);
                            old.server().unbind();
                            try (WebSocketConnection second = WebSocketConnection.connect(uri)) {
                                assertEchoed(second);
                                assertThat(young.server().connections()).isEqualTo(1);
                            }
                            assertEchoed(first); // of the old server, which goes on
                        }
                    });
            young.server().unbind();
        }
    }

    private static void assertEchoed(WebSocketConnection connection) throws IOException {
        connection.sendText("hello");
        assertThat(((WebSocketMessage.Text) connection.receive()).text()).isEqualTo("hello");
    }
}
