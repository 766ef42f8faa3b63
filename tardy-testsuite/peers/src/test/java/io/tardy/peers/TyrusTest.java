package io.tardy.peers;

import io.tardy.aio.AsyncType;
import jakarta.websocket.ClientEndpointConfig;
import jakarta.websocket.CloseReason;
import jakarta.websocket.Endpoint;
import jakarta.websocket.EndpointConfig;
import jakarta.websocket.Extension;
import jakarta.websocket.MessageHandler;
import jakarta.websocket.Session;
import java.net.URI;
import java.nio.ByteBuffer;
import java.util.List;
import java.util.stream.Collectors;
import org.glassfish.tyrus.client.ClientManager;
import org.glassfish.tyrus.ext.extension.deflate.PerMessageDeflateExtension;

/** Tyrus, the client of Jakarta's specification. */
class TyrusTest implements WebSocketClientContract {

    private static final int MESSAGE_BYTES_MAX = 4 * 1024 * 1024;

    @Override
    public AsyncType transport() {
        return AsyncType.EPOLL;
    }

    @Override
    public boolean hearsAfterItsClose() {
        return false;
    }

    @Override
    public WebSocketPeer peer() {
        ClientManager client = ClientManager.createClient();
        client.setDefaultMaxTextMessageBufferSize(MESSAGE_BYTES_MAX);
        client.setDefaultMaxBinaryMessageBufferSize(MESSAGE_BYTES_MAX);
        return new WebSocketPeer() {
            @Override
            public Visit connect(URI uri, boolean compression) throws Exception {
                List<Extension> offers =
                        compression ? List.of(new PerMessageDeflateExtension()) : List.of();
                TyrusVisit visit = new TyrusVisit();
                visit.session =
                        client.connectToServer(
                                new Listener(visit),
                                ClientEndpointConfig.Builder.create().extensions(offers).build(),
                                uri);
                return visit;
            }

            @Override
            public void close() {
                client.shutdown();
            }
        };
    }

    private static final class TyrusVisit extends Visit {

        private Session session;

        @Override
        void send(String text) throws Exception {
            session.getBasicRemote().sendText(text);
        }

        @Override
        void send(byte[] bytes) throws Exception {
            session.getBasicRemote().sendBinary(ByteBuffer.wrap(bytes));
        }

        @Override
        void close(int code, String reason) throws Exception {
            session.close(new CloseReason(CloseReason.CloseCodes.getCloseCode(code), reason));
        }

        @Override
        String extensions() {
            return session.getNegotiatedExtensions().stream()
                    .map(Extension::getName)
                    .collect(Collectors.joining(","));
        }
    }

    private static final class Listener extends Endpoint {

        private final Visit visit;

        Listener(Visit visit) {
            this.visit = visit;
        }

        @Override
        public void onOpen(Session session, EndpointConfig config) {
            session.addMessageHandler(
                    new MessageHandler.Whole<String>() {
                        @Override
                        public void onMessage(String text) {
                            visit.hear(text);
                        }
                    });
            session.addMessageHandler(
                    new MessageHandler.Whole<byte[]>() {
                        @Override
                        public void onMessage(byte[] bytes) {
                            visit.hear(bytes);
                        }
                    });
        }

        @Override
        public void onClose(Session session, CloseReason reason) {
            visit.hear(new Visit.Closed(reason.getCloseCode().getCode(), reason.getReasonPhrase()));
        }

        @Override
        public void onError(Session session, Throwable cause) {
            visit.hear(cause);
        }
    }
}
