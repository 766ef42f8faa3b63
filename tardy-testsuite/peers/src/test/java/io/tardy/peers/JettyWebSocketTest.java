package io.tardy.peers;

import java.net.URI;
import java.nio.ByteBuffer;
import java.util.concurrent.TimeUnit;
import org.eclipse.jetty.websocket.api.Callback;
import org.eclipse.jetty.websocket.api.Session;
import org.eclipse.jetty.websocket.client.ClientUpgradeRequest;
import org.eclipse.jetty.websocket.client.WebSocketClient;

/** Jetty's client. */
class JettyWebSocketTest implements WebSocketClientContract {

    private static final int MESSAGE_BYTES_MAX = 4 * 1024 * 1024;

    @Override
    public WebSocketPeer peer() throws Exception {
        WebSocketClient client = new WebSocketClient();
        client.setMaxTextMessageSize(MESSAGE_BYTES_MAX);
        client.setMaxBinaryMessageSize(MESSAGE_BYTES_MAX);
        client.start();
        return new WebSocketPeer() {
            @Override
            public Visit connect(URI uri, boolean compression) throws Exception {
                ClientUpgradeRequest request = new ClientUpgradeRequest(uri);
                if (compression) {
                    request.addExtensions("permessage-deflate");
                }
                JettyVisit visit = new JettyVisit();
                visit.session =
                        client.connect(visit.listener, request)
                                .get(Transports.PATIENCE_SECONDS, TimeUnit.SECONDS);
                return visit;
            }

            @Override
            public void close() throws Exception {
                client.stop();
            }
        };
    }

    private static final class JettyVisit extends Visit {

        private final Listener listener = new Listener(this);
        private Session session;

        @Override
        void send(String text) {
            session.sendText(text, Callback.NOOP);
        }

        @Override
        void send(byte[] bytes) {
            session.sendBinary(ByteBuffer.wrap(bytes), Callback.NOOP);
        }

        @Override
        void close(int code, String reason) {
            session.close(code, reason, Callback.NOOP);
        }

        @Override
        String extensions() {
            String header = session.getUpgradeResponse().getHeader("Sec-WebSocket-Extensions");
            return header == null ? "" : header;
        }
    }

    /** Public, for Jetty looks its methods up. */
    public static final class Listener extends Session.Listener.AbstractAutoDemanding {

        private final Visit visit;

        Listener(Visit visit) {
            this.visit = visit;
        }

        @Override
        public void onWebSocketText(String text) {
            visit.hear(text);
        }

        @Override
        public void onWebSocketBinary(ByteBuffer payload, Callback callback) {
            byte[] bytes = new byte[payload.remaining()];
            payload.get(bytes);
            visit.hear(bytes);
            callback.succeed();
        }

        @Override
        public void onWebSocketClose(int code, String reason, Callback callback) {
            visit.hear(new Visit.Closed(code, reason));
            callback.succeed();
        }

        @Override
        public void onWebSocketError(Throwable cause) {
            visit.hear(cause);
        }
    }
}
