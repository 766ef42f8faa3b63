package io.tardy.websocket;

import io.netty.handler.codec.http.HttpResponseStatus;

/** A request that is answered with this status and nothing else; its cause of not being decoded. */
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
