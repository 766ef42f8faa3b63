package io.tardy.examples;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import io.netty.handler.codec.http.DefaultFullHttpResponse;
import io.netty.handler.codec.http.DefaultHttpHeadersFactory;
import io.netty.handler.codec.http.EmptyHttpHeaders;
import io.netty.handler.codec.http.FullHttpResponse;
import io.netty.handler.codec.http.HttpDecoderConfig;
import io.netty.handler.codec.http.HttpHeaderNames;
import io.netty.handler.codec.http.HttpHeaderValues;
import io.netty.handler.codec.http.HttpHeaders;
import io.netty.handler.codec.http.HttpHeadersFactory;
import io.netty.handler.codec.http.HttpObject;
import io.netty.handler.codec.http.HttpRequest;
import io.netty.handler.codec.http.HttpResponseStatus;
import io.netty.handler.codec.http.HttpServerCodec;
import io.netty.handler.codec.http.HttpUtil;
import io.netty.handler.codec.http.HttpVersion;
import io.netty.handler.codec.http.LastHttpContent;
import io.netty.util.AsciiString;
import io.netty.util.CharsetUtil;

/**
 * What the HTTP examples answer on one connection: a greeting for each request, once all of it has
 * come. So nothing of a body is ever taken for a request, and nobody waits for ever to send his.
 */
final class HttpAnswers {

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

    /** As RFC 9112, section 3, recommends; the default is half of it. */
    private static final int LINE_BYTES_MAX = 8 * 1024;

    /**
     * Read and not answered. More than one read has: all of it is decoded before a frame runs. The
     * default is 128.
     */
    private static final int REQUESTS_MAX = 64 * 1024;

    private AsciiString connection;
    private boolean isOver;

    /** Netty's codec, with bounds that fit. */
    static HttpServerCodec codec() {
        return new HttpServerCodec(
                new HttpDecoderConfig().setMaxInitialLineLength(LINE_BYTES_MAX), REQUESTS_MAX);
    }

    /** The answer that is due when this has come from the codec; null if none is. */
    FullHttpResponse to(Object message) {
        if (isOver) {
            return null;
        }
        HttpResponseStatus refusal = HttpRefusal.of((HttpObject) message);
        if (refusal != null) {
            connection = HttpHeaderValues.CLOSE;
            return answer(refusal, Unpooled.EMPTY_BUFFER, NO_LENGTH);
        }
        if (message instanceof HttpRequest request) {
            connection = connection(request);
            return request.headers().contains(HttpHeaderNames.EXPECT) ? goOn(request) : null;
        }
        return message instanceof LastHttpContent
                ? answer(HttpResponseStatus.OK, HELLO.duplicate(), HELLO_LENGTH)
                : null;
    }

    /** Whether that was the last answer of the connection. */
    boolean isOver() {
        return isOver;
    }

    /** What an answer has to say of the connection: how it differs from what is usual, or null. */
    static AsciiString connection(HttpRequest request) {
        if (!HttpUtil.isKeepAlive(request)) {
            return HttpHeaderValues.CLOSE;
        }
        return request.protocolVersion() == HttpVersion.HTTP_1_0
                ? HttpHeaderValues.KEEP_ALIVE
                : null;
    }

    /** What else might be expected was refused. */
    private static FullHttpResponse goOn(HttpRequest request) {
        if (!HttpUtil.is100ContinueExpected(request)) {
            return null; // it is of HTTP/1.0, which knows no such thing
        }
        return new DefaultFullHttpResponse(
                HttpVersion.HTTP_1_1, HttpResponseStatus.CONTINUE, Unpooled.EMPTY_BUFFER);
    }

    private FullHttpResponse answer(HttpResponseStatus status, ByteBuf body, AsciiString length) {
        HttpHeaders headers =
                HEADERS.newHeaders()
                        .set(HttpHeaderNames.CONTENT_TYPE, HttpHeaderValues.TEXT_PLAIN)
                        .set(HttpHeaderNames.CONTENT_LENGTH, length);
        if (connection != null) {
            headers.set(HttpHeaderNames.CONNECTION, connection);
            isOver = connection == HttpHeaderValues.CLOSE;
        }
        return new DefaultFullHttpResponse(
                HttpVersion.HTTP_1_1, status, body, headers, EmptyHttpHeaders.INSTANCE);
    }
}
