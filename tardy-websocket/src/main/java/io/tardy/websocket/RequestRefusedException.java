package io.tardy.websocket;

import io.netty.handler.codec.http.HttpResponseStatus;

/** The decoder failure of a request that gets this status as its answer. */
final class RequestRefusedException extends Exception {

    private static final long serialVersionUID = 1L;

    private final transient HttpResponseStatus status;

    RequestRefusedException(HttpResponseStatus status) {
        super(status.toString(), null, false, false);
        this.status = status;
    }

    HttpResponseStatus status() {
        return status;
    }
}
