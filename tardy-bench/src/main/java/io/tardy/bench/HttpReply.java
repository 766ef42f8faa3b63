package io.tardy.bench;

import java.io.EOFException;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.util.Locale;
import java.util.zip.CRC32C;

/**
 * An answer of HTTP, read to its end.
 *
 * @param checksum of its body
 * @param isLast the server has said that it closes
 */
record HttpReply(int status, long checksum, boolean isLast) {

    private static final int HEAD_BYTES_MAX = 16 * 1024;

    /** Of an answer that had begun. */
    static final class TruncatedException extends IOException {

        private static final long serialVersionUID = 1L;

        TruncatedException(String message, Throwable cause) {
            super(message, cause);
        }
    }

    /**
     * @throws TruncatedException if the connection ends within it
     * @throws EOFException if the connection ends before it
     * @throws IOException if the connection breaks before it
     */
    static HttpReply read(InputStream in) throws IOException {
        int begin = in.read();
        if (begin < 0) {
            throw new EOFException();
        }
        try {
            return readRest(begin, in);
        } catch (IOException e) {
            throw new TruncatedException("within an answer: " + e, e);
        }
    }

    private static HttpReply readRest(int begin, InputStream in) throws IOException {
        StringBuilder head = new StringBuilder().append((char) begin);
        while (head.indexOf("\r\n\r\n") < 0) {
            int next = in.read();
            if (next < 0 || head.length() == HEAD_BYTES_MAX) {
                throw new EOFException("the head ends with " + head);
            }
            head.append((char) next);
        }
        String contentLength = header(head, "content-length");
        if (contentLength == null) {
            throw new IOException("no length: " + head);
        }
        int length = Integer.parseInt(contentLength);
        byte[] body = in.readNBytes(length);
        if (body.length < length) {
            throw new EOFException("the body has " + body.length + " of " + length + " bytes");
        }
        CRC32C checksum = new CRC32C();
        checksum.update(body);
        return new HttpReply(
                Integer.parseInt(head.substring(9, 12)),
                checksum.getValue(),
                "close".equals(header(head, "connection")));
    }

    /** In lower case, or null. */
    private static String header(StringBuilder head, String name) {
        return head.toString()
                .toLowerCase(Locale.ROOT)
                .lines()
                .filter(line -> line.startsWith(name + ":"))
                .map(line -> line.substring(name.length() + 1).strip())
                .findFirst()
                .orElse(null);
    }

    static byte[] request(int port) {
        return ("GET / HTTP/1.1\r\nHost: 127.0.0.1:" + port + "\r\n\r\n")
                .getBytes(StandardCharsets.US_ASCII);
    }
}
