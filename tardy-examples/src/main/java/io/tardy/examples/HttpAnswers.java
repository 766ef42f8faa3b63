package io.tardy.examples;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import io.netty.channel.Channel;
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
import io.tardy.net.TrustedProxies;
import java.net.InetAddress;

/**
 * The answers of the HTTP examples on one connection: a greeting for each request, once it has
 * arrived completely. So a body is never taken for a request.
 */
public final class HttpAnswers {

    private static final ByteBuf HELLO =
            Unpooled.unreleasableBuffer(
                            Unpooled.directBuffer()
                                    .writeBytes("Hello, World!".getBytes(CharsetUtil.UTF_8)))
                    .asReadOnly();

    /** Our headers are constants and need no check for line ends. */
    private static final HttpHeadersFactory HEADERS =
            DefaultHttpHeadersFactory.headersFactory().withValidation(false);

    private static final AsciiString HELLO_LENGTH =
            AsciiString.cached(Integer.toString(HELLO.readableBytes()));

    private static final AsciiString NO_LENGTH = AsciiString.cached("0");

    /** RFC 9112, section 3, recommends this; Netty's default is half of it. */
    private static final int LINE_BYTES_MAX = 8 * 1024;

    /**
     * The most requests that are decoded and not answered. All requests of one read are decoded
     * before a frame runs, which may be more than Netty's default of 128.
     */
    private static final int REQUESTS_MAX = 64 * 1024;

    /** Tells a client who it is. */
    private static final String CLIENT_PATH = "/client";

    private record Text(HttpResponseStatus status, String text) {}

    private final Health health;
    private final TrustedProxies forwarders;
    private final Channel channel;
    private AsciiString connection;
    private Text told;
    private boolean isAsked;
    private boolean hasAnswered;
    private boolean isClosing;

    /**
     * @param forwarders whose X-Forwarded-For is believed
     */
    HttpAnswers(Health health, TrustedProxies forwarders, Channel channel) {
        this.health = health;
        this.forwarders = forwarders;
        this.channel = channel;
    }

    /** Netty's codec, with limits that fit. */
    public static HttpServerCodec codec() {
        return new HttpServerCodec(
                new HttpDecoderConfig().setMaxInitialLineLength(LINE_BYTES_MAX), REQUESTS_MAX);
    }

    /** The answer that is due after this message of the codec, or null. */
    FullHttpResponse to(Object message) {
        if (isClosing) {
            return null;
        }
        HttpResponseStatus refusal = HttpRefusal.of((HttpObject) message);
        if (refusal != null) {
            connection = HttpHeaderValues.CLOSE;
            return answer(refusal, Unpooled.EMPTY_BUFFER, NO_LENGTH);
        }
        if (message instanceof HttpRequest request) {
            isAsked = true;
            connection = connection(request, health);
            told = told(request);
            return request.headers().contains(HttpHeaderNames.EXPECT)
                    ? answerExpectation(request)
                    : null;
        }
        if (!(message instanceof LastHttpContent)) {
            return null;
        }
        isAsked = false;
        hasAnswered = true;
        if (health.isLeaving()) {
            connection = HttpHeaderValues.CLOSE;
        }
        if (told == null) {
            return answer(HttpResponseStatus.OK, HELLO.duplicate(), HELLO_LENGTH);
        }
        ByteBuf body = Unpooled.copiedBuffer(told.text(), CharsetUtil.US_ASCII);
        return answer(told.status(), body, AsciiString.of(Integer.toString(body.readableBytes())));
    }

    /** What this request is answered with in place of the greeting, or null. */
    private Text told(HttpRequest request) {
        Health.Answer asked = health.answerTo(request.uri());
        if (asked != null) {
            return new Text(HttpResponseStatus.valueOf(asked.code()), asked.text());
        } else if (!request.uri().equals(CLIENT_PATH)) {
            return null;
        }
        InetAddress client = HttpClientAddress.of(channel, request, forwarders);
        String name = client == null ? "unknown" : client.getHostAddress();
        return new Text(HttpResponseStatus.OK, name + "\n");
    }

    /** Whether the client has had its answers, so that it may ask again, or not. */
    boolean isIdle() {
        return hasAnswered && !isAsked;
    }

    /** The connection has had its last answer. */
    boolean isClosing() {
        return isClosing;
    }

    /** The Connection header of an answer; null if the version's default holds. */
    public static AsciiString connection(HttpRequest request, Health health) {
        if (!HttpUtil.isKeepAlive(request) || health.isLeaving()) {
            return HttpHeaderValues.CLOSE;
        }
        return request.protocolVersion() == HttpVersion.HTTP_1_0
                ? HttpHeaderValues.KEEP_ALIVE
                : null;
    }

    /** Other expectations were refused before. */
    private static FullHttpResponse answerExpectation(HttpRequest request) {
        if (!HttpUtil.is100ContinueExpected(request)) {
            return null; // HTTP/1.0 has no expectations
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
            isClosing = connection == HttpHeaderValues.CLOSE;
        }
        return new DefaultFullHttpResponse(
                HttpVersion.HTTP_1_1, status, body, headers, EmptyHttpHeaders.INSTANCE);
    }
}
