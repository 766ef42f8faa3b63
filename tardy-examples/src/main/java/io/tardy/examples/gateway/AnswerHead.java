package io.tardy.examples.gateway;

import io.tardy.examples.HttpFields;
import io.tardy.examples.HttpHead;

/**
 * The head of a backend's answer (RFC 9112, sections 4 and 6.3).
 *
 * @param reason the status with its words: {@code 200 OK}
 * @param contentType empty if there is none
 * @param length the Content-Length; -1 if there is none
 * @param isChunked whether the body comes in chunks
 * @param isLast whether the backend closes the connection
 */
record AnswerHead(
        int status,
        String reason,
        String contentType,
        long length,
        boolean isChunked,
        boolean isLast) {

    static final String VERSION = "HTTP/1.";

    static AnswerHead parse(String head) throws BackendException {
        try {
            return parse(head, HttpFields.lineEnd(head, 0));
        } catch (HttpHead.RefusedException e) {
            throw BackendException.bad("illegal fields");
        }
    }

    private static AnswerHead parse(String head, int lineEnd)
            throws BackendException, HttpHead.RefusedException {
        if (lineEnd < 12 || !head.startsWith(VERSION) || head.charAt(8) != ' ') {
            throw BackendException.bad("no status line");
        }
        HttpFields fields = new HttpFields(head, lineEnd + 2);
        boolean isChunked = fields.codings().equalsIgnoreCase("chunked");
        if (!fields.codings().isEmpty() && (!isChunked || fields.length() >= 0)) {
            throw BackendException.bad("where the body ends is unclear");
        }
        return new AnswerHead(
                status(head),
                head.substring(9, lineEnd),
                fields.contentType(),
                fields.length(),
                isChunked,
                fields.areLast(head.charAt(7) != '0'));
    }

    private static int status(String head) throws BackendException {
        int status = 0;
        for (int i = 9; i < 12; i++) {
            int digit = head.charAt(i) - '0';
            if (digit < 0 || digit > 9) {
                throw BackendException.bad("no status");
            }
            status = status * 10 + digit;
        }
        if (status < 100 || status == 101 || head.charAt(12) != ' ' && head.charAt(12) != '\r') {
            throw BackendException.bad("no status that was asked for");
        }
        return status;
    }

    /** Another answer follows to the same request. */
    boolean isInterim() {
        return status < 200;
    }

    /** Whether there is none whatever the fields say. */
    boolean hasNoBody(String method) {
        return status == 204 || status == 304 || method.equals("HEAD");
    }

    /** Whether the body ends where the connection does. */
    boolean isUntilEnd() {
        return !isChunked && length < 0;
    }

    /** The length that a client is told; -1 for none. */
    long lengthOf(String method, long contentBytes) {
        if (status == 204) {
            return -1; // RFC 9110, section 8.6
        }
        return hasNoBody(method) ? length : contentBytes;
    }
}
