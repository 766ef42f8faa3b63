package io.tardy.examples;

import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.regex.Pattern;

/**
 * The parts of a request's head that these servers need.
 *
 * @param target as it was sent, and legal
 * @param contentType empty if there is none
 * @param bodyBytes the length of the request's body
 * @param expectsToContinue whether the client waits for status 100 before it sends the body
 * @param connection the Connection header of the answer; empty if the version's default holds
 */
public record HttpHead(
        String method,
        String target,
        String contentType,
        long bodyBytes,
        boolean expectsToContinue,
        String connection) {

    private static final Pattern VERSION = Pattern.compile("HTTP/[0-9]\\.[0-9]");

    /** Whether the answer has no body. */
    public boolean isHead() {
        return method.equals("HEAD");
    }

    /** The same request, with whose answer the connection ends. */
    public HttpHead last() {
        return new HttpHead(method, target, contentType, bodyBytes, expectsToContinue, "close");
    }

    /** The connection ends with the answer. */
    public boolean isLast() {
        return connection.equals("close");
    }

    /** The request is refused with a status. */
    public static final class RefusedException extends Exception {

        /** What most requests are refused with. */
        static final RefusedException BAD_REQUEST = new RefusedException("400 Bad Request");

        private static final long serialVersionUID = 1L;

        /** Has no stack trace: it is an answer, and no failure of ours. */
        public RefusedException(String status) {
            super(status, null, false, false);
        }

        /** With its number and its words. */
        public String status() {
            return getMessage();
        }
    }

    /** {@link #take(ByteBuffer, int)}, of a head that may be as long as the buffer. */
    public static HttpHead take(ByteBuffer from) throws RefusedException {
        return take(from, from.capacity());
    }

    /**
     * Takes the next head from the buffer. Returns null and takes nothing if it is incomplete.
     *
     * @param bytesMax how long a head may be
     * @throws RefusedException if it is not a head of HTTP/1.x, or is too long
     */
    public static HttpHead take(ByteBuffer from, int bytesMax) throws RefusedException {
        skipEmptyLines(from);
        int end = end(from, from.position(), from.limit());
        boolean isTooLong =
                end < 0 ? from.remaining() >= bytesMax : end - from.position() > bytesMax;
        if (isTooLong) {
            throw new RefusedException(
                    hasLine(from) ? "431 Request Header Fields Too Large" : "414 URI Too Long");
        } else if (end < 0) {
            return null;
        }
        byte[] bytes = new byte[end - from.position()];
        from.get(bytes);
        return parse(new String(bytes, StandardCharsets.ISO_8859_1));
    }

    /** Some clients send an empty line behind a body. */
    private static void skipEmptyLines(ByteBuffer from) {
        while (from.remaining() >= 2
                && from.get(from.position()) == '\r'
                && from.get(from.position() + 1) == '\n') {
            from.position(from.position() + 2);
        }
    }

    /** Where the head ends that begins here, with its empty line; -1 if it has not arrived. */
    public static int end(ByteBuffer in, int begin, int limit) {
        for (int i = begin + 3; i < limit; i++) {
            if (in.get(i) == '\n'
                    && in.get(i - 1) == '\r'
                    && in.get(i - 2) == '\n'
                    && in.get(i - 3) == '\r') {
                return i + 1;
            }
        }
        return -1;
    }

    private static boolean hasLine(ByteBuffer from) {
        for (int i = from.position(); i < from.limit(); i++) {
            if (from.get(i) == '\n') {
                return true;
            }
        }
        return false;
    }

    private static HttpHead parse(String head) throws RefusedException {
        int lineEnd = head.indexOf("\r\n");
        int methodEnd = HttpFields.tokenEnd(head, 0);
        int targetEnd = head.indexOf(' ', methodEnd + 1);
        if (methodEnd == 0 || head.charAt(methodEnd) != ' ' || targetEnd < 0) {
            throw RefusedException.BAD_REQUEST;
        }
        if (targetEnd > lineEnd) {
            throw RefusedException.BAD_REQUEST;
        }
        String method = head.startsWith("GET ") ? "GET" : head.substring(0, methodEnd);
        boolean isNew = isNew(head, targetEnd + 1, lineEnd);
        if (method.equals("CONNECT")) {
            throw new RefusedException("501 Not Implemented"); // not a proxy
        }
        String target = head.substring(methodEnd + 1, targetEnd);
        HttpFields fields = new HttpFields(head, lineEnd + 2);
        requireNoCoding(fields.codings());
        if (!HttpTarget.isLegal(target, method) || isNew && fields.hosts() == 0) {
            throw RefusedException.BAD_REQUEST;
        }
        if (isNew && fields.expectsMore()) {
            throw new RefusedException("417 Expectation Failed");
        }
        return new HttpHead(
                method,
                target,
                fields.contentType(),
                Math.max(fields.length(), 0),
                isNew && fields.expectsToContinue(),
                fields.areLast(isNew) ? "close" : isNew ? "" : "keep-alive");
    }

    /** A later HTTP/1.x is answered like 1.1. */
    private static boolean isNew(String head, int begin, int end) throws RefusedException {
        if (head.startsWith("HTTP/1.1\r\n", begin)) {
            return true;
        }
        String version = head.substring(begin, end);
        if (!VERSION.matcher(version).matches()) {
            throw RefusedException.BAD_REQUEST;
        }
        if (!version.startsWith("HTTP/1.")) {
            throw new RefusedException("505 HTTP Version Not Supported");
        }
        return !version.equals("HTTP/1.0");
    }

    /** Without chunked as the last coding, the end of the body is unknown. */
    private static void requireNoCoding(String codings) throws RefusedException {
        if (!codings.isEmpty()) {
            throw codings.regionMatches(true, codings.length() - 7, "chunked", 0, 7)
                    ? new RefusedException("501 Not Implemented")
                    : RefusedException.BAD_REQUEST;
        }
    }
}
