package io.tardy.examples;

import io.netty.handler.codec.http.HttpHeaderValidationUtil;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.Locale;
import java.util.regex.Pattern;

/**
 * The parts of a request's head that this server needs.
 *
 * @param isHead whether the method is HEAD
 * @param expectsToContinue whether the client waits for status 100 before it sends the body
 * @param connection the Connection header of the answer; empty if the version's default holds
 * @param bodyBytes the length of the request's body
 */
record HttpHead(boolean isHead, boolean expectsToContinue, String connection, long bodyBytes) {

    private static final Pattern VERSION = Pattern.compile("HTTP/[0-9]\\.[0-9]");

    private static final Pattern LENGTH = Pattern.compile("[0-9]{1,18}");

    /** The connection ends with the answer. */
    boolean isLast() {
        return connection.equals("close");
    }

    /** The request is refused with a status. */
    static final class RefusedException extends Exception {

        private static final long serialVersionUID = 1L;

        RefusedException(String status) {
            super(status, null, false, false);
        }

        String status() {
            return getMessage();
        }
    }

    /**
     * Takes the next head from the buffer. Returns null and takes nothing if it is incomplete.
     *
     * @param bytesMax the length from which on a head is too long
     * @throws RefusedException if it is not a head of HTTP/1.x, or is too long
     */
    static HttpHead take(ByteBuffer from, int bytesMax) throws RefusedException {
        skipEmptyLines(from);
        int length = length(from);
        if ((length < 0 ? from.remaining() : length) >= bytesMax) {
            throw new RefusedException(
                    hasLine(from) ? "431 Request Header Fields Too Large" : "414 URI Too Long");
        } else if (length < 0) {
            return null;
        }
        byte[] bytes = new byte[length];
        from.get(bytes);
        return parse(new String(bytes, StandardCharsets.ISO_8859_1).split("\r\n"));
    }

    /** Some clients send an empty line behind a body. */
    private static void skipEmptyLines(ByteBuffer from) {
        while (from.remaining() >= 2
                && from.get(from.position()) == '\r'
                && from.get(from.position() + 1) == '\n') {
            from.position(from.position() + 2);
        }
    }

    /** The length with the empty line; -1 if that has not arrived. */
    private static int length(ByteBuffer from) {
        for (int i = from.position() + 3; i < from.limit(); i++) {
            if (from.get(i) == '\n'
                    && from.get(i - 1) == '\r'
                    && from.get(i - 2) == '\n'
                    && from.get(i - 3) == '\r') {
                return i + 1 - from.position();
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

    private static HttpHead parse(String[] lines) throws RefusedException {
        String[] request = lines[0].split(" ", -1);
        if (request.length != 3 || !isToken(request[0])) {
            throw new RefusedException("400 Bad Request");
        }
        String method = request[0];
        String version = request[2];
        boolean isNew = version.equals("HTTP/1.1");
        if (!isNew && !version.equals("HTTP/1.0")) {
            requireNewer(version);
            isNew = true;
        }
        if (method.equals("CONNECT")) {
            throw new RefusedException("501 Not Implemented"); // not a proxy
        }
        Fields fields = new Fields(lines);
        if (!HttpTarget.isLegal(request[1], method) || isNew && fields.hosts == 0) {
            throw new RefusedException("400 Bad Request");
        }
        if (isNew && fields.expectsMore) {
            throw new RefusedException("417 Expectation Failed");
        }
        return new HttpHead(
                method.equals("HEAD"),
                isNew && fields.expectsToContinue,
                fields.connection(isNew),
                Math.max(fields.bodyBytes, 0));
    }

    /** A later HTTP/1.x is answered like 1.1. */
    private static void requireNewer(String version) throws RefusedException {
        if (!VERSION.matcher(version).matches()) {
            throw new RefusedException("400 Bad Request");
        }
        if (!version.startsWith("HTTP/1.")) {
            throw new RefusedException("505 HTTP Version Not Supported");
        }
    }

    private static boolean isToken(String text) {
        return !text.isEmpty() && HttpHeaderValidationUtil.validateToken(text) < 0;
    }

    private static boolean hasControl(String text) {
        for (int i = 0; i < text.length(); i++) {
            char c = text.charAt(i);
            if (c < ' ' && c != '\t' || c == 0x7f) {
                return true;
            }
        }
        return false;
    }

    /** The fields that decide where a request ends, and whether the connection does. */
    private static final class Fields {

        private int hosts;
        private long bodyBytes = -1;
        private boolean expectsToContinue;
        private boolean expectsMore;
        private boolean closes;
        private boolean keepsAlive;

        Fields(String[] lines) throws RefusedException {
            for (int i = 1; i < lines.length; i++) {
                int colon = lines[i].indexOf(':');
                String name = lines[i].substring(0, Math.max(colon, 0));
                String value = lines[i].substring(colon + 1);
                if (!isToken(name) || hasControl(value)) {
                    throw new RefusedException("400 Bad Request");
                }
                readField(name, value.strip());
            }
        }

        private void readField(String name, String value) throws RefusedException {
            if (name.equalsIgnoreCase("host")) {
                readHost(value);
            } else if (name.equalsIgnoreCase("connection")) {
                readConnection(value.toLowerCase(Locale.ROOT));
            } else if (name.equalsIgnoreCase("expect")) {
                readExpectation(value.toLowerCase(Locale.ROOT));
            } else if (name.equalsIgnoreCase("content-length")) {
                readLength(value);
            } else if (name.equalsIgnoreCase("transfer-encoding")) {
                readEncoding(value.toLowerCase(Locale.ROOT));
            }
        }

        /** With two hosts, a proxy may use the other one. */
        private void readHost(String value) throws RefusedException {
            hosts++;
            if (hosts > 1 || !HttpTarget.isHost(value)) {
                throw new RefusedException("400 Bad Request");
            }
        }

        private void readConnection(String options) {
            for (String option : options.split(",")) {
                closes |= option.strip().equals("close");
                keepsAlive |= option.strip().equals("keep-alive");
            }
        }

        private void readExpectation(String value) {
            boolean isToContinue = value.equals("100-continue");
            expectsToContinue |= isToContinue;
            expectsMore |= !isToContinue;
        }

        /** Without chunked as the last coding, the end of the body is unknown. */
        private static void readEncoding(String codings) throws RefusedException {
            throw new RefusedException(
                    codings.endsWith("chunked") ? "501 Not Implemented" : "400 Bad Request");
        }

        /** Two different lengths are an attack. */
        private void readLength(String value) throws RefusedException {
            if (!LENGTH.matcher(value).matches()
                    || bodyBytes >= 0 && bodyBytes != Long.parseLong(value)) {
                throw new RefusedException("400 Bad Request");
            }
            bodyBytes = Long.parseLong(value);
        }

        String connection(boolean isNew) {
            if (closes || !isNew && !keepsAlive) {
                return "close";
            }
            return isNew ? "" : "keep-alive";
        }
    }
}
