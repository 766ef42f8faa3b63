package io.tardy.examples;

import java.io.BufferedInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.InetAddress;
import java.net.Socket;
import java.net.SocketTimeoutException;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.TreeMap;

/**
 * A client that sends what it is told, and knows of answers no more than where they end: as RFC
 * 9112 has it, not as the server may mean it.
 */
final class HttpPeer implements AutoCloseable {

    private static final Duration PATIENCE = Duration.ofSeconds(30);

    private final Socket socket;
    private final InputStream in;
    private final long pageBytes;

    /**
     * @param pageBytes how long the page is that is asked for most
     */
    HttpPeer(int port, long pageBytes) throws IOException {
        this.pageBytes = pageBytes;
        socket = new Socket(InetAddress.getLoopbackAddress(), port);
        socket.setTcpNoDelay(true);
        socket.setSoTimeout((int) PATIENCE.toMillis());
        in = new BufferedInputStream(socket.getInputStream());
    }

    /** How long the content is that a server sends for a GET of this. */
    static long contentBytes(int port, String target) throws IOException {
        try (HttpPeer peer = new HttpPeer(port, -1)) {
            peer.send("GET " + target + " HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n");
            String length = peer.readHead().fields.get("content-length");
            return Long.parseLong(length);
        }
    }

    /** What is seen of a server that is asked all this. */
    String seen(List<String> parts, String shown, int pieceBytes) throws IOException {
        String all = String.join("", parts);
        for (int i = 0; i < all.length(); i += pieceBytes) {
            send(all.substring(i, Math.min(i + pieceBytes, all.length())));
        }
        List<String> answers = new ArrayList<>();
        try {
            readAnswers(parts, shown, answers);
        } catch (SocketTimeoutException e) {
            answers.add("silence");
        } catch (IOException e) {
            answers.add("reset");
        }
        return String.join(", ", answers);
    }

    /** A server that has closed already is no failure: what is read tells. */
    private void send(String text) {
        try {
            socket.getOutputStream().write(text.getBytes(StandardCharsets.ISO_8859_1));
        } catch (IOException e) {
            // What was seen tells what became of it.
        }
    }

    private void readAnswers(List<String> parts, String shown, List<String> answers)
            throws IOException {
        for (int i = 0; ; ) {
            Head head = readHead();
            if (head == null) {
                answers.add("end");
                return;
            }
            if (head.status == 0) {
                answers.add("no answer but “" + head.line + "”");
                return;
            }
            if (head.status == 101) {
                in.transferTo(OutputStream.nullOutputStream());
                answers.add("101");
                answers.add("end");
                return;
            }
            if (head.status < 200) {
                answers.add(Integer.toString(head.status));
                continue;
            }
            boolean isHead = i < parts.size() && parts.get(i).startsWith("HEAD ");
            answers.add(readAnswer(head, isHead, shown));
            i++;
        }
    }

    private String readAnswer(Head head, boolean isHead, String shown) throws IOException {
        StringBuilder words = new StringBuilder().append(head.status);
        String length = head.fields.get("content-length");
        boolean isChunked = head.fields.containsKey("transfer-encoding");
        if (isHead || head.status == 204 || head.status == 304) {
            if (length != null) {
                words.append(length(" length ", length));
            }
        } else if (length != null && !isChunked) {
            long count = in.readNBytes(Integer.parseInt(length)).length;
            words.append(count == pageBytes ? " page" : "");
            words.append(count < Long.parseLong(length) ? " cut" : "");
        } else {
            words.append(isChunked ? length == null ? " chunked" : " chunked with a length" : "");
            in.transferTo(OutputStream.nullOutputStream());
        }
        if (shown != null && head.fields.containsKey(shown.toLowerCase(Locale.ROOT))) {
            words.append(' ').append(shown);
        }
        for (String option : head.fields.getOrDefault("connection", "").split(", *")) {
            words.append(option.isEmpty() ? "" : " ").append(option.toLowerCase(Locale.ROOT));
        }
        return words.toString();
    }

    private String length(String word, String length) {
        return word + (length.equals(Long.toString(pageBytes)) ? "of the page" : length);
    }

    /**
     * @param status 0 if the line is no status line
     * @param fields their names in lower case
     */
    private record Head(String line, int status, TreeMap<String, String> fields) {}

    /** Null at the end. */
    private Head readHead() throws IOException {
        String line = readLine();
        if (line == null) {
            return null;
        }
        if (!line.matches("HTTP/1\\.1 [1-5][0-9][0-9] .*")) {
            return new Head(line, 0, null);
        }
        TreeMap<String, String> fields = new TreeMap<>();
        for (String field; (field = readLine()) != null && !field.isEmpty(); ) {
            int colon = field.indexOf(':');
            fields.merge(
                    field.substring(0, colon).toLowerCase(Locale.ROOT),
                    field.substring(colon + 1).strip(),
                    (a, b) -> a + ", " + b);
        }
        return new Head(line, Integer.parseInt(line.substring(9, 12)), fields);
    }

    private String readLine() throws IOException {
        ByteArrayOutputStream line = new ByteArrayOutputStream();
        for (int next; (next = in.read()) != '\n'; ) {
            if (next < 0) {
                return line.size() == 0 ? null : line.toString(StandardCharsets.ISO_8859_1);
            }
            line.write(next);
        }
        return line.toString(StandardCharsets.ISO_8859_1).strip();
    }

    @Override
    public void close() throws IOException {
        socket.close();
    }
}
