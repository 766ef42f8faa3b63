package io.tardy.examples.gateway;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import io.netty.handler.codec.http.DefaultFullHttpRequest;
import io.netty.handler.codec.http.DefaultFullHttpResponse;
import io.netty.handler.codec.http.DefaultHttpHeadersFactory;
import io.netty.handler.codec.http.EmptyHttpHeaders;
import io.netty.handler.codec.http.FullHttpRequest;
import io.netty.handler.codec.http.FullHttpResponse;
import io.netty.handler.codec.http.HttpHeaderNames;
import io.netty.handler.codec.http.HttpHeaders;
import io.netty.handler.codec.http.HttpHeadersFactory;
import io.netty.handler.codec.http.HttpMethod;
import io.netty.handler.codec.http.HttpRequest;
import io.netty.handler.codec.http.HttpResponse;
import io.netty.handler.codec.http.HttpResponseStatus;
import io.netty.handler.codec.http.HttpUtil;
import io.netty.handler.codec.http.HttpVersion;
import io.tardy.examples.Health;
import io.tardy.examples.HttpTarget;

/**
 * What the gateways on Netty's codecs send. Of a head they pass on the first line and the
 * Content-Type: a service decides about each other field.
 */
final class Messages {

    /** What is not constant has been checked by the codec that has read it. */
    private static final HttpHeadersFactory HEADERS =
            DefaultHttpHeadersFactory.headersFactory().withValidation(false);

    private Messages() {}

    /**
     * @param body released with the request
     */
    static FullHttpRequest toBackend(String host, HttpRequest asked, ByteBuf body) {
        HttpHeaders headers = HEADERS.newHeaders().set(HttpHeaderNames.HOST, host);
        passType(asked.headers(), headers);
        HttpMethod method = asked.method();
        if (body.isReadable() || method != HttpMethod.GET && method != HttpMethod.HEAD) {
            headers.set(HttpHeaderNames.CONTENT_LENGTH, body.readableBytes());
        }
        String path = asked.uri().equals("*") ? "*" : HttpTarget.path(asked.uri());
        return new DefaultFullHttpRequest(
                HttpVersion.HTTP_1_1, method, path, body, headers, EmptyHttpHeaders.INSTANCE);
    }

    /**
     * @param method of the request
     * @param content released with the answer
     */
    static FullHttpResponse toClient(HttpMethod method, HttpResponse answer, ByteBuf content) {
        HttpHeaders headers = HEADERS.newHeaders();
        passType(answer.headers(), headers);
        boolean isBare = isBare(method, answer);
        String length = answer.headers().get(HttpHeaderNames.CONTENT_LENGTH);
        if (isBare && length != null) {
            headers.set(HttpHeaderNames.CONTENT_LENGTH, length);
        } else if (!isBare && answer.status().code() != 204) {
            headers.set(HttpHeaderNames.CONTENT_LENGTH, content.readableBytes());
        }
        return response(answer.status(), content, headers);
    }

    /** Its Content-Length is not that of a content. */
    private static boolean isBare(HttpMethod method, HttpResponse answer) {
        return method == HttpMethod.HEAD || answer.status().code() == 304;
    }

    /** How long its content will be, as far as the head tells. */
    static long lengthOf(HttpMethod method, HttpResponse answer) {
        return isBare(method, answer) ? 0 : HttpUtil.getContentLength(answer, 0L);
    }

    /** An answer of the gateway's own. */
    static FullHttpResponse toClient(Health.Answer told) {
        return toClient(HttpResponseStatus.valueOf(told.code()));
    }

    /** An answer without content. */
    static FullHttpResponse toClient(HttpResponseStatus status) {
        HttpHeaders headers = HEADERS.newHeaders().setInt(HttpHeaderNames.CONTENT_LENGTH, 0);
        return response(status, Unpooled.EMPTY_BUFFER, headers);
    }

    private static FullHttpResponse response(
            HttpResponseStatus status, ByteBuf content, HttpHeaders headers) {
        return new DefaultFullHttpResponse(
                HttpVersion.HTTP_1_1, status, content, headers, EmptyHttpHeaders.INSTANCE);
    }

    private static void passType(HttpHeaders from, HttpHeaders to) {
        String type = from.get(HttpHeaderNames.CONTENT_TYPE);
        if (type != null) {
            to.set(HttpHeaderNames.CONTENT_TYPE, type);
        }
    }
}
