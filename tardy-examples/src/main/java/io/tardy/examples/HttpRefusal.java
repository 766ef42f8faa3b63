package io.tardy.examples;

import io.netty.handler.codec.http.HttpHeaderNames;
import io.netty.handler.codec.http.HttpHeaderValues;
import io.netty.handler.codec.http.HttpHeaders;
import io.netty.handler.codec.http.HttpMethod;
import io.netty.handler.codec.http.HttpObject;
import io.netty.handler.codec.http.HttpRequest;
import io.netty.handler.codec.http.HttpResponseStatus;
import io.netty.handler.codec.http.HttpVersion;
import io.netty.handler.codec.http.TooLongHttpHeaderException;
import io.netty.handler.codec.http.TooLongHttpLineException;
import io.netty.util.AsciiString;
import java.util.Iterator;

/**
 * The requests that every server must refuse. Netty's codec reports those that it cannot parse. It
 * does not check that a request has a legal target, one host and a known version.
 */
public final class HttpRefusal {

    private HttpRefusal() {}

    /** The status to refuse this part of a request with, or null. */
    public static HttpResponseStatus of(HttpObject part) {
        if (part.decoderResult().isFailure()) {
            return of(part.decoderResult().cause());
        }
        return part instanceof HttpRequest request ? of(request) : null;
    }

    private static HttpResponseStatus of(Throwable undecodable) {
        return switch (undecodable) {
            case TooLongHttpLineException e -> HttpResponseStatus.REQUEST_URI_TOO_LONG;
            case TooLongHttpHeaderException e -> HttpResponseStatus.REQUEST_HEADER_FIELDS_TOO_LARGE;
            default -> HttpResponseStatus.BAD_REQUEST;
        };
    }

    private static HttpResponseStatus of(HttpRequest request) {
        HttpVersion version = request.protocolVersion();
        HttpHeaders headers = request.headers();
        if (version.majorVersion() != 1) {
            return HttpResponseStatus.HTTP_VERSION_NOT_SUPPORTED;
        }
        boolean isNew = version.minorVersion() > 0;
        if (request.method().equals(HttpMethod.CONNECT)
                || !hasOnly(headers, HttpHeaderNames.TRANSFER_ENCODING, HttpHeaderValues.CHUNKED)) {
            return HttpResponseStatus.NOT_IMPLEMENTED; // neither a proxy nor gzip
        }
        if (!isInCapitals(version)
                || !HttpTarget.isLegal(request.uri(), request.method().name())
                || !hasOneHost(headers, isNew)
                || hasHiddenBody(headers)) {
            return HttpResponseStatus.BAD_REQUEST;
        }
        return isNew && !hasOnly(headers, HttpHeaderNames.EXPECT, HttpHeaderValues.CONTINUE)
                ? HttpResponseStatus.EXPECTATION_FAILED
                : null;
    }

    /** The codec uses these constants only for names in capitals. */
    private static boolean isInCapitals(HttpVersion version) {
        return version == HttpVersion.HTTP_1_1
                || version == HttpVersion.HTTP_1_0
                || version.minorVersion() > 1;
    }

    private static boolean hasOnly(HttpHeaders headers, AsciiString name, AsciiString value) {
        return !headers.contains(name)
                || headers.getAll(name).size() == 1
                        && value.contentEqualsIgnoreCase(headers.get(name));
    }

    /** A key of an old WebSocket draft, for which the codec reads eight bytes behind the head. */
    private static boolean hasHiddenBody(HttpHeaders headers) {
        return headers.contains(HttpHeaderNames.SEC_WEBSOCKET_KEY1);
    }

    /** With two hosts, a proxy may use the other one (RFC 9112, section 3.2). */
    private static boolean hasOneHost(HttpHeaders headers, boolean isNew) {
        Iterator<? extends CharSequence> hosts =
                headers.valueCharSequenceIterator(HttpHeaderNames.HOST);
        if (!hosts.hasNext()) {
            return !isNew;
        }
        return HttpTarget.isHost(hosts.next().toString()) && !hosts.hasNext();
    }
}
