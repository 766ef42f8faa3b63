package io.tardy.examples;

import io.netty.handler.codec.http.HttpHeaderValidationUtil;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.Locale;
import java.util.regex.Pattern;

/**
 * What this server wants to know of the head of a request.
 *
 * @param isHead whether the answer has no body
 * @param expectsToContinue whether the client waits to be told to send the body
 * @param connection what the answer says of the connection; empty where it goes on as usual
 * @param bodyBytes how long the request's body is
 */
record HttpHead(boolean isHead, boolean expectsToContinue, String connection, long bodyBytes) {

    private static final Pattern VERSION = Pattern.compile("HTTP/[0-9]\\.[0-9]");

    private static final Pattern LENGTH = Pattern.compile("[0-9]{1,18}");

    /** Whether the connection ends with the answer. */
    boolean isLast() {
        return connection.equals("close");
    }

    /** The request is not answered as it wants. */
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
     * Takes the next head from the buffer; null, and nothing is taken, if it has not come whole.
     *
     * @throws RefusedException if it is no head of HTTP/1.x, or fills the buffer
     */
    static HttpHead take(ByteBuffer from) throws RefusedException {
        skipEmptyLines(from);
        int length = length(from);
        if (length < 0) {
            if (from.remaining() == from.capacity()) {
                throw new RefusedException(
                        hasLine(from) ? "431 Request Header Fields Too Large" : "414 URI Too Long");
            }
            return null;
        }
        byte[] bytes = new byte[length];
        from.get(bytes);
        return parse(new String(bytes, StandardCharsets.ISO_8859_1).split("\r\n"));
    }

    /** Some clients end a body with one that does not count. */
    private static void skipEmptyLines(ByteBuffer from) {
        while (from.remaining() >= 2
                && from.get(from.position()) == '\r'
                && from.get(from.position() + 1) == '\n') {
            from.position(from.position() + 2);
        }
    }

    /** With the empty line; -1 if that is not there. */
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
            throw new RefusedException("501 Not Implemented"); // here is no proxy
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

    /** What comes after HTTP/1.1, and is HTTP/1 still, is answered as if it were 1.1. */
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

    /** Of the fields those that decide where a request ends, and the connection. */
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
                see(name, value.strip());
            }
        }

        private void see(String name, String value) throws RefusedException {
            if (name.equalsIgnoreCase("host")) {
                seeHost(value);
            } else if (name.equalsIgnoreCase("connection")) {
                seeConnection(value.toLowerCase(Locale.ROOT));
            } else if (name.equalsIgnoreCase("expect")) {
                seeExpectation(value.toLowerCase(Locale.ROOT));
            } else if (name.equalsIgnoreCase("content-length")) {
                seeLength(value);
            } else if (name.equalsIgnoreCase("transfer-encoding")) {
                seeEncoding(value.toLowerCase(Locale.ROOT));
            }
        }

        /** Two are one for a proxy and another one for us. */
        private void seeHost(String value) throws RefusedException {
            hosts++;
            if (hosts > 1 || !HttpTarget.isHost(value)) {
                throw new RefusedException("400 Bad Request");
            }
        }

        private void seeConnection(String options) {
            for (String option : options.split(",")) {
                closes |= option.strip().equals("close");
                keepsAlive |= option.strip().equals("keep-alive");
            }
        }

        private void seeExpectation(String value) {
            boolean isToContinue = value.equals("100-continue");
            expectsToContinue |= isToContinue;
            expectsMore |= !isToContinue;
        }

        /** What is not in chunks in the end could end anywhere. */
        private static void seeEncoding(String codings) throws RefusedException {
            throw new RefusedException(
                    codings.endsWith("chunked") ? "501 Not Implemented" : "400 Bad Request");
        }

        /** Two that differ are an attack. */
        private void seeLength(String value) throws RefusedException {
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
