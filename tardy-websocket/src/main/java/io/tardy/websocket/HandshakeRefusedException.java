package io.tardy.websocket;

import io.netty.handler.codec.http.HttpResponseStatus;
import java.io.IOException;

/** A server has refused the handshake of a client, or has answered it wrongly. */
public final class HandshakeRefusedException extends IOException {

    private static final long serialVersionUID = 1L;

    private final int status;

    HandshakeRefusedException(HttpResponseStatus status) {
        super("the server refused the handshake: " + status);
        this.status = status.code();
    }

    HandshakeRefusedException(HttpResponseStatus status, Throwable cause) {
        super("the server's handshake is wrong: " + cause.getMessage(), cause);
        this.status = status.code();
    }

    /** The HTTP status of the answer; 101 if the rest of it was wrong. */
    public int status() {
        return status;
    }
}
