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
 * What no server may answer as it was asked for. Netty's codec tells what it cannot read; that a
 * request has a legal target, one host and a known version it leaves to others.
 */
final class HttpRefusal {

    private HttpRefusal() {}

    /** The status to refuse this part of a request with; null to go on. */
    static HttpResponseStatus of(HttpObject part) {
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
            return HttpResponseStatus.NOT_IMPLEMENTED; // here is no proxy, and no gzip
        }
        if (!isInCapitals(version)
                || !HttpTarget.isLegal(request.uri(), request.method().name())
                || !isOfOneHost(headers, isNew)
                || hasHiddenBody(headers)) {
            return HttpResponseStatus.BAD_REQUEST;
        }
        return isNew && !hasOnly(headers, HttpHeaderNames.EXPECT, HttpHeaderValues.CONTINUE)
                ? HttpResponseStatus.EXPECTATION_FAILED
                : null;
    }

    /** For others the codec makes another object. */
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

    /** An old WebSocket's key: where two are, the codec takes eight bytes behind the head. */
    private static boolean hasHiddenBody(HttpHeaders headers) {
        return headers.contains(HttpHeaderNames.SEC_WEBSOCKET_KEY1);
    }

    /** Two hosts are one for a proxy and another one for us (RFC 9112, section 3.2). */
    private static boolean isOfOneHost(HttpHeaders headers, boolean isNew) {
        Iterator<? extends CharSequence> hosts =
                headers.valueCharSequenceIterator(HttpHeaderNames.HOST);
        if (!hosts.hasNext()) {
            return !isNew;
        }
        return HttpTarget.isHost(hosts.next().toString()) && !hosts.hasNext();
    }
}
