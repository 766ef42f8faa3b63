package io.tardy.websocket;

/**
 * A session; see {@link WebSocketServer.Builder#connectionFrame}.
 *
 * <p>Public for sessions that are classes of their own.
 */
@FunctionalInterface
public interface WebSocketBody {

    /**
     * Runs in the frame of the connection after the handshake. The connection closes with code 1000
     * when this returns, and with 1011 when it throws.
     */
    void run(WebSocketConnection connection) throws Exception;
}
