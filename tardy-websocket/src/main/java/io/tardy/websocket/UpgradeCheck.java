package io.tardy.websocket;

import io.netty.handler.codec.http.HttpHeaderNames;
import io.netty.handler.codec.http.HttpHeaderValues;
import io.netty.handler.codec.http.HttpHeaders;
import io.netty.handler.codec.http.HttpMethod;
import io.netty.handler.codec.http.HttpRequest;
import io.netty.handler.codec.http.HttpResponseStatus;
import io.netty.handler.codec.http.HttpVersion;
import io.netty.handler.codec.http.QueryStringDecoder;
import java.util.Base64;
import java.util.List;
import java.util.Objects;
import java.util.function.BiFunction;
import java.util.function.Predicate;

/**
 * A server's requirements for a handshake (RFC 6455, section 4.2.1).
 *
 * @param path null for any
 * @param origin decides whether an origin may connect; gets null if the client names none
 * @param check runs last; returns 101 to accept, or a status and sets the headers of the refusal
 */
record UpgradeCheck(
        String path,
        Predicate<String> origin,
        BiFunction<HttpRequest, HttpHeaders, HttpResponseStatus> check) {

    private static final int KEY_BYTES = 16;

    /**
     * Returns true if the request asks for WebSocket at all, valid or not. A server ignores Upgrade
     * in HTTP/1.0 (RFC 9110, section 7.8).
     */
    static boolean isUpgrade(HttpRequest request) {
        return !request.protocolVersion().equals(HttpVersion.HTTP_1_0)
                && request.headers()
                        .containsValue(HttpHeaderNames.UPGRADE, HttpHeaderValues.WEBSOCKET, true);
    }

    /** Returns true if this path serves WebSocket. */
    boolean isPath(HttpRequest request) {
        return path == null || path.equals(new QueryStringDecoder(request.uri()).path());
    }

    /**
     * Returns 101 or the status of the refusal.
     *
     * @param refusal receives the headers of a refusal
     */
    HttpResponseStatus statusOf(HttpRequest request, HttpHeaders refusal) {
        HttpHeaders headers = request.headers();
        if (!isPath(request)) {
            return HttpResponseStatus.NOT_FOUND;
        }
        if (!request.method().equals(HttpMethod.GET)) {
            return HttpResponseStatus.METHOD_NOT_ALLOWED;
        }
        if (!isWellFormed(request)) {
            return HttpResponseStatus.BAD_REQUEST;
        }
        if (!"13".equals(headers.get(HttpHeaderNames.SEC_WEBSOCKET_VERSION).trim())) {
            return HttpResponseStatus.UPGRADE_REQUIRED;
        }
        if (!origin.test(headers.get(HttpHeaderNames.ORIGIN))) {
            return HttpResponseStatus.FORBIDDEN;
        }
        return Objects.requireNonNull(check.apply(request, refusal), "check has returned null");
    }

    private static boolean isWellFormed(HttpRequest request) {
        HttpHeaders headers = request.headers();
        return headers.getAll(HttpHeaderNames.HOST).size() == 1
                && headers.containsValue(HttpHeaderNames.CONNECTION, HttpHeaderValues.UPGRADE, true)
                && headers.getAll(HttpHeaderNames.SEC_WEBSOCKET_VERSION).size() == 1
                && isKey(headers.getAll(HttpHeaderNames.SEC_WEBSOCKET_KEY))
                && isExtensions(headers.getAll(HttpHeaderNames.SEC_WEBSOCKET_EXTENSIONS));
    }

    private static boolean isExtensions(List<String> lines) {
        try {
            ExtensionHeader.parse(lines);
            return true;
        } catch (IllegalArgumentException e) {
            return false;
        }
    }

    private static boolean isKey(List<String> keys) {
        try {
            return keys.size() == 1
                    && Base64.getDecoder().decode(keys.getFirst().trim()).length == KEY_BYTES;
        } catch (IllegalArgumentException e) {
            return false;
        }
    }
}
