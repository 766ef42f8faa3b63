package io.tardy.examples;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import io.netty.handler.codec.http.DefaultFullHttpResponse;
import io.netty.handler.codec.http.DefaultHttpHeadersFactory;
import io.netty.handler.codec.http.EmptyHttpHeaders;
import io.netty.handler.codec.http.FullHttpResponse;
import io.netty.handler.codec.http.HttpHeaderNames;
import io.netty.handler.codec.http.HttpHeaderValues;
import io.netty.handler.codec.http.HttpHeaders;
import io.netty.handler.codec.http.HttpHeadersFactory;
import io.netty.handler.codec.http.HttpRequest;
import io.netty.handler.codec.http.HttpResponseStatus;
import io.netty.handler.codec.http.HttpUtil;
import io.netty.handler.codec.http.HttpVersion;
import io.netty.util.AsciiString;
import io.netty.util.CharsetUtil;

/** What the HTTP examples answer. */
final class HttpAnswer {

    private static final ByteBuf HELLO =
            Unpooled.unreleasableBuffer(
                            Unpooled.directBuffer()
                                    .writeBytes("Hello, World!".getBytes(CharsetUtil.UTF_8)))
                    .asReadOnly();

    /** Ours are constants: nobody has to look for line ends in them. */
    private static final HttpHeadersFactory HEADERS =
            DefaultHttpHeadersFactory.headersFactory().withValidation(false);

    private static final AsciiString HELLO_LENGTH =
            AsciiString.cached(Integer.toString(HELLO.readableBytes()));

    private static final AsciiString NO_LENGTH = AsciiString.cached("0");

    private HttpAnswer() {}

    /** A greeting, or why there is none. */
    static FullHttpResponse to(HttpRequest request) {
        if (request.decoderResult().isFailure()) {
            return answer(HttpResponseStatus.BAD_REQUEST, Unpooled.EMPTY_BUFFER, NO_LENGTH);
        }
        return answer(HttpResponseStatus.OK, HELLO.duplicate(), HELLO_LENGTH);
    }

    private static FullHttpResponse answer(
            HttpResponseStatus status, ByteBuf body, AsciiString length) {
        HttpHeaders headers =
                HEADERS.newHeaders()
                        .set(HttpHeaderNames.CONTENT_TYPE, HttpHeaderValues.TEXT_PLAIN)
                        .set(HttpHeaderNames.CONTENT_LENGTH, length);
        return new DefaultFullHttpResponse(
                HttpVersion.HTTP_1_1, status, body, headers, EmptyHttpHeaders.INSTANCE);
    }

    /** Whether the connection ends with the answer. */
    static boolean isLast(HttpRequest request) {
        return request.decoderResult().isFailure() || !HttpUtil.isKeepAlive(request);
    }
}
