package io.tardy.peers;

import java.io.ByteArrayOutputStream;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.WebSocket;
import java.nio.ByteBuffer;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.TimeUnit;

/** The JDK's own client, which has no compression. */
class JdkWebSocketTest implements WebSocketClientContract {

    @Override
    public boolean compresses() {
        return false;
    }

    @Override
    public WebSocketPeer peer() {
        HttpClient client = HttpClient.newHttpClient();
        return new WebSocketPeer() {
            @Override
            public Visit connect(URI uri, boolean compression) throws Exception {
                JdkVisit visit = new JdkVisit();
                visit.socket =
                        client.newWebSocketBuilder()
                                .buildAsync(uri, new Listener(visit))
                                .get(Transports.PATIENCE_SECONDS, TimeUnit.SECONDS);
                return visit;
            }

            @Override
            public void close() {
                client.close();
            }
        };
    }

    private static final class JdkVisit extends Visit {

        private WebSocket socket;

        @Override
        void send(String text) {
            socket.sendText(text, true).join();
        }

        @Override
        void send(byte[] bytes) {
            socket.sendBinary(ByteBuffer.wrap(bytes), true).join();
        }

        @Override
        void close(int code, String reason) {
            socket.sendClose(code, reason).join();
        }

        @Override
        String extensions() {
            return "";
        }
    }

    private static final class Listener implements WebSocket.Listener {

        private final Visit visit;
        private final StringBuilder text = new StringBuilder();
        private final ByteArrayOutputStream bytes = new ByteArrayOutputStream();

        Listener(Visit visit) {
            this.visit = visit;
        }

        @Override
        public CompletionStage<?> onText(WebSocket socket, CharSequence part, boolean last) {
            text.append(part);
            if (last) {
                visit.hear(text.toString());
                text.setLength(0);
            }
            socket.request(1);
            return null;
        }

        @Override
        public CompletionStage<?> onBinary(WebSocket socket, ByteBuffer part, boolean last) {
            byte[] copy = new byte[part.remaining()];
            part.get(copy);
            bytes.writeBytes(copy);
            if (last) {
                visit.hear(bytes.toByteArray());
                bytes.reset();
            }
            socket.request(1);
            return null;
        }

        @Override
        public CompletionStage<?> onClose(WebSocket socket, int code, String reason) {
            visit.hear(new Visit.Closed(code, reason));
            return null;
        }

        @Override
        public void onError(WebSocket socket, Throwable cause) {
            visit.hear(cause);
        }
    }
}
