package io.tardy.websocket;

import static org.assertj.core.api.Assertions.assertThat;

import io.tardy.aio.AsyncType;
import java.io.ByteArrayOutputStream;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.WebSocket;
import java.nio.ByteBuffer;
import java.util.Random;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.function.UnaryOperator;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;

/** Messages are echoed on every transport, to our client and to the JDK's. */
@ExtendWith(BufferCheck.class)
interface EchoContract {

    AsyncType transport();

    default ServerFixture echoServer(UnaryOperator<WebSocketServer.Builder> settings)
            throws Exception {
        return serverOf(settings, ServerFixture::echo);
    }

    default ServerFixture serverOf(
            UnaryOperator<WebSocketServer.Builder> settings, WebSocketBody body) throws Exception {
        return new ServerFixture(transport(), settings, body);
    }

    @Test
    default void textAndBinaryAreEchoed() throws Exception {
        try (ServerFixture fixture = echoServer(b -> b)) {
            fixture.inFrame(
                    () -> {
                        try (var ws = WebSocketConnection.connect(fixture.uri("ws", "/"))) {
                            ws.sendText("grüß dich");
                            assertThat(ws.receive().text()).isEqualTo("grüß dich");
                            ws.sendBinary(new byte[] {1, 2, 3});
                            assertThat(ws.receive().bytes()).containsExactly(1, 2, 3);
                            ws.sendText("");
                            assertThat(ws.receive().text()).isEmpty();
                        }
                    });
        }
    }

    @Test
    default void aMessageOf16MebibytesIsEchoed() throws Exception {
        int size = 16 * 1024 * 1024;
        byte[] bytes = new byte[size];
        new Random(1).nextBytes(bytes);
        try (ServerFixture fixture = echoServer(b -> b.frameBytesMax(size).messageBytesMax(size))) {
            fixture.inFrame(
                    () -> {
                        WebSocketClient client =
                                WebSocketClient.builder()
                                        .frameBytesMax(size)
                                        .messageBytesMax(size)
                                        .build();
                        try (var ws = client.connect(fixture.uri("ws", "/"))) {
                            ws.sendBinary(bytes);
                            assertThat(ws.receive().bytes()).isEqualTo(bytes);
                        }
                    });
        }
    }

    @Test
    default void compressedMessagesAreEchoed() throws Exception {
        try (ServerFixture fixture = echoServer(b -> b.compression(true))) {
            fixture.inFrame(
                    () -> {
                        WebSocketClient client =
                                WebSocketClient.builder().compression(true).build();
                        try (var ws = client.connect(fixture.uri("ws", "/"))) {
                            assertThat(ws.headers().get("Sec-WebSocket-Extensions"))
                                    .contains("permessage-deflate");
                            for (int i = 0; i < 3; i++) { // with context takeover
                                String text = "again and ".repeat(1000 * i) + i;
                                ws.sendText(text);
                                assertThat(ws.receive().text()).isEqualTo(text);
                            }
                            ws.sendText("");
                            assertThat(ws.receive().text()).isEmpty();
                        }
                    });
        }
    }

    @Test
    default void theSubprotocolIsChosen() throws Exception {
        try (ServerFixture fixture =
                serverOf(
                        b -> b.subprotocols("v1", "v2"),
                        ws -> ws.sendText(ws.subprotocol() + " " + ws.uri()))) {
            fixture.inFrame(
                    () -> {
                        WebSocketClient client =
                                WebSocketClient.builder().subprotocols("v3", "v2", "v1").build();
                        try (var ws = client.connect(fixture.uri("ws", "/a?b=c"))) {
                            assertThat(ws.subprotocol()).isEqualTo("v2");
                            assertThat(ws.receive().text()).isEqualTo("v2 /a?b=c");
                            assertThat(ws.receive()).isNull();
                            assertThat(ws.closeCode()).isEqualTo(1000);
                        }
                    });
        }
    }

    @Test
    default void theClientOfTheJdkIsEchoed() throws Exception {
        try (ServerFixture fixture = echoServer(b -> b.subprotocols("chat"));
                HttpClient http = HttpClient.newHttpClient()) {
            JdkListener listener = new JdkListener();
            WebSocket ws = listener.connect(http, fixture.uri("ws", "/"));
            assertThat(ws.getSubprotocol()).isEqualTo("chat");
            ws.sendText("in two ", false).join();
            ws.sendText("parts", true).join();
            assertThat(listener.next()).isEqualTo("text in two parts");
            ws.sendBinary(ByteBuffer.allocate(100_000), true).join();
            assertThat(listener.next()).isEqualTo("binary 100000");
            ws.sendPing(ByteBuffer.allocate(7)).join();
            assertThat(listener.next()).isEqualTo("pong 7");
            ws.sendClose(4321, "bye").join();
            assertThat(listener.next()).isEqualTo("close 4321 bye");
        }
    }

    /** Passes the events of the JDK's client to the test. */
    final class JdkListener implements WebSocket.Listener {

        private final BlockingQueue<String> heard = new LinkedBlockingQueue<>();
        private final StringBuilder text = new StringBuilder();
        private final ByteArrayOutputStream binary = new ByteArrayOutputStream();

        WebSocket connect(HttpClient http, URI uri) {
            return http.newWebSocketBuilder().subprotocols("chat").buildAsync(uri, this).join();
        }

        String next() throws InterruptedException {
            return heard.poll(ServerFixture.PATIENCE.toSeconds(), TimeUnit.SECONDS);
        }

        @Override
        public CompletionStage<?> onText(WebSocket ws, CharSequence data, boolean isLast) {
            text.append(data);
            if (isLast) {
                heard.add("text " + text);
                text.setLength(0);
            }
            ws.request(1);
            return null;
        }

        @Override
        public CompletionStage<?> onBinary(WebSocket ws, ByteBuffer data, boolean isLast) {
            binary.writeBytes(new byte[data.remaining()]);
            if (isLast) {
                heard.add("binary " + binary.size());
                binary.reset();
            }
            ws.request(1);
            return null;
        }

        @Override
        public CompletionStage<?> onPong(WebSocket ws, ByteBuffer message) {
            heard.add("pong " + message.remaining());
            ws.request(1);
            return null;
        }

        @Override
        public CompletionStage<?> onClose(WebSocket ws, int code, String reason) {
            heard.add("close " + code + " " + reason);
            return null;
        }

        @Override
        public void onError(WebSocket ws, Throwable error) {
            heard.add("error " + error);
        }
    }
}
