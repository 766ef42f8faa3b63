package io.tardy.examples.gateway;

import java.io.BufferedInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.net.InetAddress;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.util.Locale;
import java.util.Map;
import java.util.TreeMap;

/** A client of HTTP that sends exactly what it is told. */
final class RawClient implements AutoCloseable {

    private static final int PATIENCE_MS = 30_000;

    private final Socket socket;
    private final InputStream in;

    /** An answer; the names of its fields are in lower case. */
    record Answer(int status, Map<String, String> fields, String content) {

        @Override
        public String toString() {
            return status + " " + content;
        }
    }

    RawClient(int port) throws IOException {
        socket = new Socket(InetAddress.getLoopbackAddress(), port);
        socket.setSoTimeout(PATIENCE_MS);
        socket.setTcpNoDelay(true);
        in = new BufferedInputStream(socket.getInputStream());
    }

    static String get(String path) {
        return "GET " + path + " HTTP/1.1\r\nHost: gateway\r\n\r\n";
    }

    static String post(String path, String body) {
        return "POST "
                + path
                + " HTTP/1.1\r\nHost: gateway\r\nContent-Type: text/y\r\nContent-Length: "
                + body.length()
                + "\r\n\r\n"
                + body;
    }

    Answer ask(String request) throws IOException {
        send(request);
        return answer(request.startsWith("HEAD "));
    }

    void send(String text) throws IOException {
        socket.getOutputStream().write(text.getBytes(StandardCharsets.ISO_8859_1));
    }

    Answer answer(boolean isHead) throws IOException {
        String line = readLine();
        Map<String, String> fields = new TreeMap<>();
        for (String field; !(field = readLine()).isEmpty(); ) {
            int colon = field.indexOf(':');
            fields.put(
                    field.substring(0, colon).toLowerCase(Locale.ROOT),
                    field.substring(colon + 1).strip());
        }
        int status = Integer.parseInt(line.substring(9, 12));
        boolean isBare = isHead || status < 200 || status == 204 || status == 304;
        int length = isBare ? 0 : Integer.parseInt(fields.get("content-length"));
        byte[] content = in.readNBytes(length);
        return new Answer(status, fields, new String(content, StandardCharsets.ISO_8859_1));
    }

    boolean hasMore() throws IOException {
        return in.available() > 0;
    }

    /** Ends its direction only. */
    void end() throws IOException {
        socket.shutdownOutput();
    }

    /** Waits for the end of the connection. */
    boolean isAtEnd() throws IOException {
        return in.read() < 0;
    }

    /** Closes with a reset. */
    void reset() throws IOException {
        socket.setSoLinger(true, 0);
        socket.close();
    }

    @Override
    public void close() throws IOException {
        socket.close();
    }

    private String readLine() throws IOException {
        StringBuilder line = new StringBuilder();
        for (int next; (next = in.read()) != '\n'; ) {
            if (next < 0) {
                throw new IOException("the connection ends after: " + line);
            }
            line.append((char) next);
        }
        return line.toString().strip();
    }
}
