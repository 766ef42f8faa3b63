package io.tardy.websocket;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import io.netty.handler.codec.DateFormatter;
import io.netty.handler.codec.http.DefaultFullHttpResponse;
import io.netty.handler.codec.http.DefaultHttpHeaders;
import io.netty.handler.codec.http.EmptyHttpHeaders;
import io.netty.handler.codec.http.FullHttpResponse;
import io.netty.handler.codec.http.HttpHeaderNames;
import io.netty.handler.codec.http.HttpHeaderValues;
import io.netty.handler.codec.http.HttpHeaders;
import io.netty.handler.codec.http.HttpMethod;
import io.netty.handler.codec.http.HttpRequest;
import io.netty.handler.codec.http.HttpResponseStatus;
import io.netty.handler.codec.http.HttpStatusClass;
import io.netty.handler.codec.http.HttpVersion;
import java.util.ArrayList;
import java.util.Date;
import java.util.List;

/**
 * Gives every answer its final form: where it ends, and whether the connection ends with it. The
 * handler chooses the answer; the request and the status decide what of it is sent (RFC 9110,
 * section 8.6; RFC 9112, section 6).
 */
final class AnswerForm {

    private AnswerForm() {}

    /**
     * Returns an answer that can be sent. It takes over the content of the given one or releases
     * it.
     *
     * @param request null if it has not arrived as a whole
     * @throws IllegalArgumentException if the status is not final; nothing is released then
     */
    static FullHttpResponse of(HttpRequest request, FullHttpResponse answer, boolean keepAlive) {
        HttpResponseStatus status = answer.status();
        if (status.codeClass() == HttpStatusClass.INFORMATIONAL) {
            throw new IllegalArgumentException(
                    status + " is not a final answer: use a status of 200 or more");
        }
        boolean isHead = request != null && request.method().equals(HttpMethod.HEAD);
        HttpHeaders headers = new DefaultHttpHeaders().set(answer.headers());
        setLength(headers, status.code(), isHead, answer.content().readableBytes());
        setConnection(headers, request, keepAlive);
        if (!headers.contains(HttpHeaderNames.DATE)) {
            headers.set(HttpHeaderNames.DATE, DateFormatter.format(new Date()));
        }
        ByteBuf content = answer.content();
        if (isHead || isWithoutContent(status.code())) {
            answer.release();
            content = Unpooled.EMPTY_BUFFER;
        }
        return new DefaultFullHttpResponse(
                HttpVersion.HTTP_1_1, status, content, headers, EmptyHttpHeaders.INSTANCE);
    }

    private static boolean isWithoutContent(int status) {
        return status == 204 || status == 205 || status == 304;
    }

    /** The handler's Content-Length counts only if the content is not sent. */
    private static void setLength(HttpHeaders headers, int status, boolean isHead, int bytes) {
        headers.remove(HttpHeaderNames.TRANSFER_ENCODING);
        switch (status) {
            case 204 -> headers.remove(HttpHeaderNames.CONTENT_LENGTH);
            case 205 -> headers.set(HttpHeaderNames.CONTENT_LENGTH, 0);
            case 304 -> {
                if ("0".equals(headers.get(HttpHeaderNames.CONTENT_LENGTH))) {
                    headers.remove(HttpHeaderNames.CONTENT_LENGTH);
                }
            }
            default -> {
                boolean isTold = isHead && headers.contains(HttpHeaderNames.CONTENT_LENGTH);
                boolean isKnown = !isHead || bytes > 0;
                if (!isTold && isKnown) {
                    headers.set(HttpHeaderNames.CONTENT_LENGTH, bytes);
                }
            }
        }
    }

    /** Connection must list Upgrade, a hop-by-hop header (RFC 9110, section 7.8). */
    private static void setConnection(HttpHeaders headers, HttpRequest request, boolean keepAlive) {
        List<CharSequence> options = new ArrayList<>();
        if (!keepAlive) {
            options.add(HttpHeaderValues.CLOSE);
        } else if (request.protocolVersion().equals(HttpVersion.HTTP_1_0)) {
            options.add(HttpHeaderValues.KEEP_ALIVE);
        }
        if (headers.contains(HttpHeaderNames.UPGRADE)) {
            options.add(HttpHeaderValues.UPGRADE);
        }
        if (options.isEmpty()) {
            headers.remove(HttpHeaderNames.CONNECTION);
        } else {
            headers.set(HttpHeaderNames.CONNECTION, String.join(", ", options));
        }
    }
}
