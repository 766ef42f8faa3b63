package io.tardy.websocket;

import io.netty.handler.codec.http.FullHttpRequest;
import io.netty.handler.codec.http.FullHttpResponse;

/**
 * Answers plain HTTP requests; see {@link WebSocketServer.Builder#httpHandler}.
 *
 * <p>Public for handlers that are classes of their own.
 */
@FunctionalInterface
public interface HttpHandler {

    /**
     * Answers one request. The handler runs in the frame of the connection and may wait. Requests
     * are answered in their order.
     *
     * @param request complete and valid: its target is a well-encoded path with its query, or
     *     {@code *}; its version is 1.1 or 1.0. It is released when the handler returns
     * @return the answer, which is released after it is sent. A copy of its headers gets the
     *     length, {@code Connection} and, if missing, {@code Date} (RFC 9110, section 8.6; RFC
     *     9112, sections 6 and 9). Content is not sent in answer to HEAD or with status 204, 205 or
     *     304, but a {@code Content-Length} that the handler has set for HEAD or 304 is
     * @throws Exception the client gets status 500, the connection closes, and the frame fails with
     *     the exception. An answer that is null or has a status of 1xx has the same effect
     */
    FullHttpResponse handle(FullHttpRequest request) throws Exception;
}
