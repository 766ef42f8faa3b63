package io.tardy.examples;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import io.netty.handler.codec.http.DefaultFullHttpResponse;
import io.netty.handler.codec.http.FullHttpResponse;
import io.netty.handler.codec.http.HttpHeaderNames;
import io.netty.handler.codec.http.HttpHeaderValues;
import io.netty.handler.codec.http.HttpRequest;
import io.netty.handler.codec.http.HttpResponseStatus;
import io.netty.handler.codec.http.HttpUtil;
import io.netty.handler.codec.http.HttpVersion;
import io.netty.util.CharsetUtil;

/** What the HTTP examples answer. */
final class HttpAnswer {

    private static final ByteBuf HELLO =
            Unpooled.unreleasableBuffer(
                            Unpooled.directBuffer()
                                    .writeBytes("Hello, World!".getBytes(CharsetUtil.UTF_8)))
                    .asReadOnly();

    private HttpAnswer() {}

    /** A greeting, or why there is none. */
    static FullHttpResponse to(HttpRequest request) {
        if (request.decoderResult().isFailure()) {
            return answer(HttpResponseStatus.BAD_REQUEST, Unpooled.EMPTY_BUFFER);
        }
        return answer(HttpResponseStatus.OK, HELLO.duplicate());
    }

    private static FullHttpResponse answer(HttpResponseStatus status, ByteBuf body) {
        FullHttpResponse response = new DefaultFullHttpResponse(HttpVersion.HTTP_1_1, status, body);
        response.headers()
                .set(HttpHeaderNames.CONTENT_TYPE, HttpHeaderValues.TEXT_PLAIN)
                .setInt(HttpHeaderNames.CONTENT_LENGTH, body.readableBytes());
        return response;
    }

    /** Whether the connection ends with the answer. */
    static boolean isLast(HttpRequest request) {
        return request.decoderResult().isFailure() || !HttpUtil.isKeepAlive(request);
    }
}
