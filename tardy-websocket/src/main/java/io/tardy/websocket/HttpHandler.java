package io.tardy.websocket;

import io.netty.handler.codec.http.FullHttpRequest;
import io.netty.handler.codec.http.FullHttpResponse;

/** Answers what is plain HTTP; see {@link WebSocketServer.Builder#httpHandler}. */
@FunctionalInterface
public interface HttpHandler {

    /**
     * Runs in the frame of the connection, and may wait.
     *
     * @param request released when this has returned
     * @return the answer, which is released once it was sent; its length and {@code Connection}
     *     header are set
     * @throws Exception answered with status 500, and the connection is closed; the frame fails
     *     with it
     */
    FullHttpResponse handle(FullHttpRequest request) throws Exception;
}
