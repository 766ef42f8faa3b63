package io.tardy.examples;

import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.Locale;

/**
 * What this server wants to know of the head of a request.
 *
 * @param isHead whether the answer has no body
 * @param isLast whether the connection ends with the answer
 * @param bodyBytes how long the request's body is
 */
record HttpHead(boolean isHead, boolean isLast, long bodyBytes) {

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
                throw new RefusedException("431 Request Header Fields Too Large");
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

    private static HttpHead parse(String[] lines) throws RefusedException {
        String[] request = lines[0].split(" ", -1);
        if (request.length != 3 || request[0].isEmpty() || request[1].isEmpty()) {
            throw new RefusedException("400 Bad Request");
        }
        boolean isNew = request[2].equals("HTTP/1.1");
        if (!isNew && !request[2].equals("HTTP/1.0")) {
            throw new RefusedException(
                    request[2].startsWith("HTTP/")
                            ? "505 HTTP Version Not Supported"
                            : "400 Bad Request");
        }
        Fields fields = new Fields(lines);
        if (isNew && fields.hosts != 1) {
            throw new RefusedException("400 Bad Request");
        }
        boolean isLast = isNew ? fields.closes : !fields.keepsAlive || fields.closes;
        return new HttpHead(request[0].equals("HEAD"), isLast, Math.max(fields.bodyBytes, 0));
    }

    /** Of the fields those that decide where a request ends, and the connection. */
    private static final class Fields {

        private int hosts;
        private long bodyBytes = -1;
        private boolean closes;
        private boolean keepsAlive;

        Fields(String[] lines) throws RefusedException {
            for (int i = 1; i < lines.length; i++) {
                int colon = lines[i].indexOf(':');
                if (colon <= 0 || lines[i].charAt(0) <= ' ' || lines[i].charAt(colon - 1) <= ' ') {
                    throw new RefusedException("400 Bad Request");
                }
                see(lines[i], colon);
            }
        }

        private void see(String line, int colon) throws RefusedException {
            if (isNamed(line, colon, "host")) {
                hosts++;
            } else if (isNamed(line, colon, "connection")) {
                String options = line.substring(colon + 1).toLowerCase(Locale.ROOT);
                closes |= options.contains("close");
                keepsAlive |= options.contains("keep-alive");
            } else if (isNamed(line, colon, "content-length")) {
                seeLength(line.substring(colon + 1).strip());
            } else if (isNamed(line, colon, "transfer-encoding")) {
                throw new RefusedException("501 Not Implemented");
            }
        }

        private static boolean isNamed(String line, int colon, String name) {
            return colon == name.length() && line.regionMatches(true, 0, name, 0, colon);
        }

        /** Two that differ are an attack. */
        private void seeLength(String value) throws RefusedException {
            boolean isNumber =
                    !value.isEmpty()
                            && value.length() <= 18
                            && value.chars().allMatch(c -> c >= '0' && c <= '9');
            if (!isNumber || bodyBytes >= 0 && bodyBytes != Long.parseLong(value)) {
                throw new RefusedException("400 Bad Request");
            }
            bodyBytes = Long.parseLong(value);
        }
    }
}
