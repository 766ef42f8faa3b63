package io.tardy.websocket;

import io.netty.handler.codec.http.FullHttpRequest;
import io.netty.handler.codec.http.FullHttpResponse;

/** Answers what is plain HTTP; see {@link WebSocketServer.Builder#httpHandler}. */
@FunctionalInterface
public interface HttpHandler {

    /**
     * Runs in the frame of the connection, and may wait. Requests are answered in their order.
     *
     * @param request whole, and right: its target is a path with its query, well encoded, or {@code
     *     *}; its version 1.1 or 1.0; released when this has returned
     * @return the answer, which is released once it was sent. Its length, {@code Connection} and,
     *     if it has none, {@code Date} are set in a copy of its headers (RFC 9110, section 8.6, RFC
     *     9112, sections 6 and 9). Content does not go out in answer to HEAD, and with status 204,
     *     205 and 304; a {@code Content-Length} that is set for HEAD or 304 does.
     * @throws Exception answered with status 500, and the connection is closed; the frame fails
     *     with it. So does an answer that is null or of status 1xx.
     */
    FullHttpResponse handle(FullHttpRequest request) throws Exception;
}
