package io.tardy.websocket;

import io.netty.handler.codec.http.HttpResponseStatus;
import java.io.IOException;

/** A server has refused a client's handshake, or has answered it in a way that is not valid. */
public final class HandshakeRefusedException extends IOException {

    private static final long serialVersionUID = 1L;

    private final int status;

    HandshakeRefusedException(HttpResponseStatus status) {
        super("the server refused the handshake: " + status);
        this.status = status.code();
    }

    HandshakeRefusedException(HttpResponseStatus status, Throwable cause) {
        super("the server's answer to the handshake is not valid: " + cause.getMessage(), cause);
        this.status = status.code();
    }

    /** The HTTP status of the answer; 101 if the server agreed but the rest is not valid. */
    public int status() {
        return status;
    }
}
