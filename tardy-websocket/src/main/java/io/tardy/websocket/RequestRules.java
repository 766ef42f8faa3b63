package io.tardy.websocket;

import io.netty.handler.codec.http.HttpHeaderNames;
import io.netty.handler.codec.http.HttpHeaderValues;
import io.netty.handler.codec.http.HttpHeaders;
import io.netty.handler.codec.http.HttpMethod;
import io.netty.handler.codec.http.HttpRequest;
import io.netty.handler.codec.http.HttpResponseStatus;
import io.netty.handler.codec.http.HttpUtil;
import io.netty.handler.codec.http.HttpVersion;
import io.netty.handler.codec.http.TooLongHttpHeaderException;
import io.netty.handler.codec.http.TooLongHttpLineException;
import io.netty.util.NetUtil;
import java.util.List;
import java.util.Locale;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;

/**
 * The rules of HTTP/1.1 for the head of a request that Netty's decoder does not enforce (RFC 9112).
 *
 * @param bodyBytesMax the longest announced body
 * @param headersMax the most headers
 */
record RequestRules(int bodyBytesMax, int headersMax) {

    /** RFC 3986, section 3.2, without user information. Repeated groups would use up the stack. */
    private static final Pattern HOST =
            Pattern.compile(
                    "(?<name>\\[(?<v6>[0-9A-Fa-f:.]+)]"
                            + "|\\[[vV][0-9A-Fa-f]+\\.[-A-Za-z0-9._~!$&'()*+,;=:]+]"
                            + "|[-A-Za-z0-9._~!$&'()*+,;=%]*)(:[0-9]*)?");

    private static final List<String> SCHEMES = List.of("http://", "https://", "ws://", "wss://");

    /**
     * Gives the request the form that the rest of the server relies on: version 1.0 or 1.1, and a
     * path or {@code *} as its target.
     *
     * @return the status of the refusal, or null
     */
    HttpResponseStatus normalize(HttpRequest request) {
        HttpResponseStatus refused = normalizeVersion(request);
        if (refused == null && request.headers().size() > headersMax) {
            refused = HttpResponseStatus.REQUEST_HEADER_FIELDS_TOO_LARGE;
        }
        if (refused == null && !isHostValid(request)) {
            refused = HttpResponseStatus.BAD_REQUEST;
        }
        if (refused == null) {
            refused = normalizeTarget(request);
        }
        return refused == null ? refuseBody(request) : refused;
    }

    /** A later 1.x is treated as 1.1 (RFC 9110, section 2.5). */
    private static HttpResponseStatus normalizeVersion(HttpRequest request) {
        HttpVersion version = request.protocolVersion();
        if (version.majorVersion() != 1) {
            return HttpResponseStatus.HTTP_VERSION_NOT_SUPPORTED;
        }
        if (version == HttpVersion.HTTP_1_1 || version == HttpVersion.HTTP_1_0) {
            return null;
        }
        if (version.minorVersion() < 2) {
            return HttpResponseStatus.BAD_REQUEST; // "http/1.1", which Netty accepts
        }
        request.setProtocolVersion(HttpVersion.HTTP_1_1);
        return null;
    }

    private static boolean isHostValid(HttpRequest request) {
        List<String> hosts = request.headers().getAll(HttpHeaderNames.HOST);
        return switch (hosts.size()) {
            case 0 -> request.protocolVersion().equals(HttpVersion.HTTP_1_0);
            case 1 -> isHost(hosts.getFirst().strip(), true);
            default -> false;
        };
    }

    /**
     * @param mayBeEmpty true for Host (RFC 9112, section 3.2), false for a target with one of our
     *     schemes (RFC 9110, section 4.2.1)
     */
    private static boolean isHost(String host, boolean mayBeEmpty) {
        Matcher parts = HOST.matcher(host);
        if (!parts.matches() || !isWellEncoded(host)) {
            return false;
        }
        String address = parts.group("v6");
        return address == null
                ? mayBeEmpty || !parts.group("name").isEmpty()
                : NetUtil.isValidIpV6Address(address);
    }

    private static HttpResponseStatus normalizeTarget(HttpRequest request) {
        if (request.method().equals(HttpMethod.CONNECT)) {
            return HttpResponseStatus.NOT_IMPLEMENTED; // not a proxy
        }
        String target = request.uri();
        boolean isValid =
                target.startsWith("/")
                        || (target.equals("*")
                                ? request.method().equals(HttpMethod.OPTIONS)
                                : normalizeAbsolute(request, target));
        return isValid && isWellEncoded(request.uri()) ? null : HttpResponseStatus.BAD_REQUEST;
    }

    /** The host of an absolute target replaces Host (RFC 9112, section 3.2.2). */
    private static boolean normalizeAbsolute(HttpRequest request, String target) {
        String lowered = target.toLowerCase(Locale.ROOT);
        for (String scheme : SCHEMES) {
            if (lowered.startsWith(scheme)) {
                int end = scheme.length();
                while (end < target.length() && "/?#".indexOf(target.charAt(end)) < 0) {
                    end++;
                }
                String host = target.substring(scheme.length(), end);
                String rest = target.substring(end);
                request.headers().set(HttpHeaderNames.HOST, host);
                request.setUri(rest.startsWith("/") ? rest : "/" + rest);
                return isHost(host, false);
            }
        }
        return false;
    }

    /** Visible characters, valid escapes, and no fragment (RFC 9112, section 3.2; RFC 3986). */
    private static boolean isWellEncoded(String target) {
        for (int i = 0; i < target.length(); i++) {
            char c = target.charAt(i);
            boolean isVisible = c > ' ' && c < 127;
            if (!isVisible
                    || c == '#'
                    || c == '%' && !(isHex(target, i + 1) && isHex(target, i + 2))) {
                return false;
            }
        }
        return true;
    }

    private static boolean isHex(String text, int index) {
        return index < text.length() && Character.digit(text.charAt(index), 16) >= 0;
    }

    private HttpResponseStatus refuseBody(HttpRequest request) {
        HttpHeaders headers = request.headers();
        List<String> encodings = headers.getAll(HttpHeaderNames.TRANSFER_ENCODING);
        if (!encodings.isEmpty()) {
            if (headers.contains(HttpHeaderNames.CONTENT_LENGTH)) {
                return HttpResponseStatus.BAD_REQUEST; // another server might believe the other one
            }
            if (!isChunkedAlone(encodings)) {
                return HttpResponseStatus.NOT_IMPLEMENTED;
            }
        }
        if (headers.contains(HttpHeaderNames.SEC_WEBSOCKET_KEY1)) {
            return HttpResponseStatus.BAD_REQUEST; // Netty reads eight bytes of body for it
        }
        if (!expectations(request).allMatch(HttpHeaderValues.CONTINUE::contentEqualsIgnoreCase)) {
            return HttpResponseStatus.EXPECTATION_FAILED;
        }
        return HttpUtil.getContentLength(request, 0L) > bodyBytesMax
                ? HttpResponseStatus.REQUEST_ENTITY_TOO_LARGE
                : null;
    }

    /** Returns true if the peer waits for 100 before it sends the body of this valid request. */
    static boolean expectsContinue(HttpRequest request) {
        return expectations(request).findAny().isPresent();
    }

    /** All lines form one list; HTTP/1.0 has no expectations (RFC 9110, section 10.1.1). */
    private static Stream<String> expectations(HttpRequest request) {
        return request.protocolVersion().equals(HttpVersion.HTTP_1_0)
                ? Stream.empty()
                : request.headers().getAll(HttpHeaderNames.EXPECT).stream()
                        .flatMap(line -> Stream.of(line.split(",")))
                        .map(String::strip)
                        .filter(expectation -> !expectation.isEmpty());
    }

    private static boolean isChunkedAlone(List<String> encodings) {
        return encodings.size() == 1
                && HttpHeaderValues.CHUNKED.contentEqualsIgnoreCase(encodings.getFirst().strip());
    }

    /** The status for a request that was refused, malformed or too long. */
    static HttpResponseStatus statusOf(Throwable undecodable) {
        return switch (undecodable) {
            case RequestRefusedException refused -> refused.status();
            case TooLongHttpLineException tooLong -> HttpResponseStatus.REQUEST_URI_TOO_LONG;
            case TooLongHttpHeaderException tooLong ->
                    HttpResponseStatus.REQUEST_HEADER_FIELDS_TOO_LARGE;
            default -> HttpResponseStatus.BAD_REQUEST;
        };
    }
}
