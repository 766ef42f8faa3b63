package io.tardy.peers;

import java.net.URI;
import java.nio.ByteBuffer;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.java_websocket.client.WebSocketClient;
import org.java_websocket.drafts.Draft_6455;
import org.java_websocket.exceptions.InvalidFrameException;
import org.java_websocket.extensions.permessage_deflate.PerMessageDeflateExtension;
import org.java_websocket.handshake.ServerHandshake;

/** The library Java-WebSocket. */
class JavaWebSocketTest implements WebSocketClientContract {

    @Override
    public boolean hearsAfterItsClose() {
        return false;
    }

    @Override
    public WebSocketPeer peer() {
        return new WebSocketPeer() {
            @Override
            public Visit connect(URI uri, boolean compression) throws Exception {
                JavaVisit visit = new JavaVisit();
                visit.client =
                        new Client(
                                uri,
                                compression
                                        ? new Draft_6455(new PerMessageDeflateExtension())
                                        : new Draft_6455(List.of()),
                                visit);
                visit.client.connectBlocking(Transports.PATIENCE_SECONDS, TimeUnit.SECONDS);
                if (visit.extensions == null) {
                    throw new AssertionError("not connected");
                }
                return visit;
            }

            @Override
            public void close() {}
        };
    }

    private static final class JavaVisit extends Visit {

        private Client client;
        private volatile String extensions;

        @Override
        void send(String text) {
            client.send(text);
        }

        @Override
        void send(byte[] bytes) {
            client.send(bytes);
        }

        @Override
        void close(int code, String reason) {
            client.close(code, reason);
        }

        @Override
        String extensions() {
            return extensions;
        }
    }

    private static final class Client extends WebSocketClient {

        private final JavaVisit visit;

        Client(URI uri, Draft_6455 draft, JavaVisit visit) {
            super(uri, draft);
            this.visit = visit;
        }

        @Override
        public void onOpen(ServerHandshake handshake) {
            visit.extensions = handshake.getFieldValue("Sec-WebSocket-Extensions");
        }

        @Override
        public void onMessage(String text) {
            visit.hear(text);
        }

        @Override
        public void onMessage(ByteBuffer payload) {
            byte[] bytes = new byte[payload.remaining()];
            payload.get(bytes);
            visit.hear(bytes);
        }

        @Override
        public void onClose(int code, String reason, boolean remote) {
            visit.hear(new Visit.Closed(code, reason));
        }

        /**
         * The library forgets what was negotiated as soon as it has sent its close frame, and then
         * refuses a compressed message that was on its way; the close goes on all the same.
         */
        @Override
        public void onError(Exception cause) {
            if (!(isClosing() && cause instanceof InvalidFrameException)) {
                visit.hear(cause);
            }
        }
    }
}
