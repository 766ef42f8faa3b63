package io.tardy.websocket;

/** What a frame does with its connection; see {@link WebSocketServer.Builder#connectionFrame}. */
@FunctionalInterface
public interface WebSocketBody {

    /**
     * Runs in the frame of the connection, after the handshake. When it returns, the connection is
     * closed with code 1000; when it throws, with 1011.
     */
    void run(WebSocketConnection connection) throws Exception;
}
