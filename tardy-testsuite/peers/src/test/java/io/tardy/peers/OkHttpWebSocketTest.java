package io.tardy.peers;

import io.tardy.aio.AsyncType;
import java.net.URI;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import okhttp3.OkHttpClient;
import okhttp3.Request;
import okhttp3.Response;
import okhttp3.WebSocket;
import okhttp3.WebSocketListener;
import okio.ByteString;

/** OkHttp's WebSocket, which offers compression always. */
class OkHttpWebSocketTest implements WebSocketClientContract {

    @Override
    public AsyncType transport() {
        return AsyncType.EPOLL;
    }

    @Override
    public WebSocketPeer peer() {
        OkHttpClient client = new OkHttpClient.Builder().minWebSocketMessageToCompress(0).build();
        return new WebSocketPeer() {
            @Override
            public Visit connect(URI uri, boolean compression) throws Exception {
                OkVisit visit = new OkVisit();
                visit.socket =
                        client.newWebSocket(
                                new Request.Builder().url(uri.toString()).build(),
                                new Listener(visit));
                visit.answer.get(Transports.PATIENCE_SECONDS, TimeUnit.SECONDS);
                return visit;
            }

            @Override
            public void close() {
                client.dispatcher().executorService().shutdown();
                client.connectionPool().evictAll();
            }
        };
    }

    private static final class OkVisit extends Visit {

        private final CompletableFuture<Response> answer = new CompletableFuture<>();
        private WebSocket socket;

        @Override
        void send(String text) {
            socket.send(text);
        }

        @Override
        void send(byte[] bytes) {
            socket.send(ByteString.of(bytes));
        }

        @Override
        void close(int code, String reason) {
            socket.close(code, reason);
        }

        @Override
        String extensions() {
            return answer.join().header("Sec-WebSocket-Extensions", "");
        }
    }

    private static final class Listener extends WebSocketListener {

        private final OkVisit visit;

        Listener(OkVisit visit) {
            this.visit = visit;
        }

        @Override
        public void onOpen(WebSocket socket, Response response) {
            visit.answer.complete(response);
        }

        @Override
        public void onMessage(WebSocket socket, String text) {
            visit.hear(text);
        }

        @Override
        public void onMessage(WebSocket socket, ByteString bytes) {
            visit.hear(bytes.toByteArray());
        }

        @Override
        public void onClosing(WebSocket socket, int code, String reason) {
            socket.close(code, reason); // where the server goes first
        }

        @Override
        public void onClosed(WebSocket socket, int code, String reason) {
            visit.hear(new Visit.Closed(code, reason));
        }

        @Override
        public void onFailure(WebSocket socket, Throwable cause, Response response) {
            visit.answer.completeExceptionally(cause);
            visit.hear(cause);
        }
    }
}
