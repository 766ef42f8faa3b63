package io.tardy.examples.gateway;

import io.netty.handler.codec.http.HttpMethod;
import io.netty.handler.codec.http.HttpResponseStatus;
import io.tardy.aio.DeadlineExceededException;
import java.io.IOException;
import java.util.Set;

/** The backend gave no answer that can be passed on. */
final class BackendException extends IOException {

    private static final long serialVersionUID = 1L;

    /** What may be done twice (RFC 9110, section 9.2.2). */
    private static final Set<String> IDEMPOTENT =
            Set.of("GET", "HEAD", "OPTIONS", "PUT", "DELETE", "TRACE");

    private final transient HttpResponseStatus status;

    BackendException(HttpResponseStatus status, String message) {
        super(message);
        this.status = status;
    }

    /** It broke a rule of HTTP, or ended in the middle of an answer. */
    static BackendException bad(String message) {
        return new BackendException(HttpResponseStatus.BAD_GATEWAY, message);
    }

    /** What a client is told of a failure. */
    static HttpResponseStatus statusOf(Throwable failure) {
        return switch (failure) {
            case BackendException e -> e.status;
            case DeadlineExceededException e -> HttpResponseStatus.GATEWAY_TIMEOUT;
            default -> HttpResponseStatus.BAD_GATEWAY;
        };
    }

    /** Whether a request may be sent again although the backend may have got it already. */
    static boolean mayAskTwice(HttpMethod method) {
        return mayAskTwice(method.name());
    }

    static boolean mayAskTwice(String method) {
        return IDEMPOTENT.contains(method);
    }
}
