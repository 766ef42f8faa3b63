package io.tardy.examples.gateway;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.BufferedInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.net.SocketException;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Set;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;

/** A server of HTTP that does what the path says, and remembers what was asked. */
final class ScriptedBackend implements AutoCloseable {

    static final int LONG_BYTES = 200_000;
    private static final long PATIENCE_SECONDS = 30;

    private final ServerSocket listener =
            new ServerSocket(0, 100, InetAddress.getLoopbackAddress());
    private final Set<Socket> connections = ConcurrentHashMap.newKeySet();
    private final List<String> asked = new CopyOnWriteArrayList<>();
    private final BlockingQueue<String> pending = new LinkedBlockingQueue<>();
    private final BlockingQueue<String> ended = new LinkedBlockingQueue<>();
    private final BlockingQueue<Socket> gone = new LinkedBlockingQueue<>();

    ScriptedBackend() throws IOException {
        Thread.ofPlatform().daemon().name("backend").start(this::accept);
    }

    InetSocketAddress address() {
        return (InetSocketAddress) listener.getLocalSocketAddress();
    }

    /** The first lines of the requests, without the version. */
    List<String> asked() {
        return asked;
    }

    /** Waits until somebody waits for an answer that never comes. */
    void awaitPending() throws InterruptedException {
        assertThat(pending.poll(PATIENCE_SECONDS, TimeUnit.SECONDS)).isNotNull();
    }

    /** Waits until the connection of such a request has ended. */
    void awaitGivenUp() throws InterruptedException {
        assertThat(ended.poll(PATIENCE_SECONDS, TimeUnit.SECONDS)).isNotNull();
    }

    /** Says on each connection what nobody has asked for, and waits until they have ended. */
    void sayUnasked() throws IOException, InterruptedException {
        List<Socket> told = List.copyOf(connections);
        gone.clear();
        for (Socket each : told) {
            write(each.getOutputStream(), with("408 Request Timeout", "unasked"));
        }
        for (int i = 0; i < told.size(); i++) {
            assertThat(gone.poll(PATIENCE_SECONDS, TimeUnit.SECONDS)).isNotNull();
        }
    }

    int connections() {
        return connections.size();
    }

    /** The backend goes, and its address is free. */
    @Override
    public void close() throws IOException {
        listener.close();
        closeConnections();
    }

    void closeConnections() throws IOException {
        for (Socket each : connections) {
            try {
                each.shutdownInput(); // its reader gets no more, even if it waits already
            } catch (SocketException e) {
                // its own thread has closed it
            }
            each.close();
        }
    }

    private void accept() {
        try {
            for (; ; ) {
                Socket connection = listener.accept();
                connections.add(connection);
                if (listener.isClosed()) { // an accept under way may still take one
                    connection.close();
                    return;
                }
                Thread.ofPlatform().daemon().start(() -> serve(connection));
            }
        } catch (IOException e) {
            // closed
        }
    }

    private void serve(Socket connection) {
        try (connection) {
            connection.setTcpNoDelay(true);
            InputStream in = new BufferedInputStream(connection.getInputStream());
            for (String line; (line = readLine(in)) != null; ) {
                int length = 0;
                String type = "";
                for (String field; !(field = readLine(in)).isEmpty(); ) {
                    if (field.startsWith("content-length: ")) {
                        length = Integer.parseInt(field.substring(16));
                    } else if (field.startsWith("content-type: ")) {
                        type = field.substring(14);
                    }
                }
                String body = new String(in.readNBytes(length), StandardCharsets.ISO_8859_1);
                String request = line.substring(0, line.lastIndexOf(' '));
                asked.add(request);
                if (!answer(connection, in, request, type, body)) {
                    return;
                }
            }
        } catch (IOException e) {
            // The gateway has gone, or the test is over.
        } finally {
            connections.remove(connection);
            gone.add(connection);
        }
    }

    /** Returns false if the connection is to be closed. */
    private boolean answer(
            Socket connection, InputStream in, String request, String type, String body)
            throws IOException {
        OutputStream out = connection.getOutputStream();
        String path = request.substring(request.indexOf(' ') + 1);
        switch (path.replaceFirst("\\?.*", "")) {
            case "/long" -> write(out, with("200 OK", "x".repeat(LONG_BYTES)));
            case "/head" -> write(out, "HTTP/1.1 200 OK\r\nContent-Length: 1234\r\n\r\n");
            case "/204" -> write(out, "HTTP/1.1 204 No Content\r\n\r\n");
            case "/304" -> write(out, "HTTP/1.1 304 Not Modified\r\nContent-Length: 99\r\n\r\n");
            case "/404" -> write(out, with("404 Not Found", "none"));
            case "/chunked" -> writeChunks(out);
            case "/bytes" -> {
                for (char c : with("200 OK", "byte by byte").toCharArray()) {
                    write(out, String.valueOf(c));
                }
            }
            case "/until-end" -> {
                write(out, "HTTP/1.1 200 OK\r\n\r\nuntil the end");
                return false;
            }
            case "/old" -> {
                write(out, "HTTP/1.0 200 OK\r\nContent-Length: 3\r\n\r\nold");
                return false;
            }
            case "/close" -> {
                write(out, "HTTP/1.1 200 OK\r\nConnection: close\r\nContent-Length: 4\r\n\r\nlast");
                return false;
            }
            case "/half" -> {
                write(out, with("200 OK", "half"));
                connection.shutdownOutput();
                in.transferTo(OutputStream.nullOutputStream());
                return false;
            }
            case "/interim" ->
                    write(
                            out,
                            "HTTP/1.1 103 Early Hints\r\nLink: x\r\n\r\n"
                                    + with("200 OK", "at last"));
            case "/unasked" -> write(out, with("200 OK", "asked") + with("200 OK", "unasked"));
            case "/huge" ->
                    write(
                            out,
                            "HTTP/1.1 200 OK\r\nContent-Length: 99999999\r\n\r\n" + "x".repeat(9));
            case "/garbage" -> write(out, "lorem ipsum dolor sit amet\r\n");
            case "/no-chunks" ->
                    write(out, "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\nx\r\nx\r\n");
            case "/no-length" -> write(out, "HTTP/1.1 200 OK\r\nContent-Length: many\r\n\r\nx");
            case "/cut" -> {
                write(out, "HTTP/1.1 200 OK\r\nContent-Length: 100\r\n\r\nxxx");
                return false;
            }
            case "/cut-head" -> {
                write(out, "HTTP/1.1 200 OK\r\nContent-Le");
                return false;
            }
            case "/cut-chunks" -> {
                write(out, "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n9\r\nxxx");
                return false;
            }
            case "/hang-up" -> {
                return false;
            }
            case "/hang-up-once" -> {
                if (asked.indexOf(request) == asked.lastIndexOf(request)) {
                    return false;
                }
                write(out, with("200 OK", "again"));
            }
            case "/never" -> {
                pending.add(path);
                int end = -1;
                try {
                    end = in.read();
                } catch (IOException e) {
                    // the end of the connection, too
                }
                assertThat(end).isEqualTo(-1);
                ended.add(path);
                return false;
            }
            default -> write(out, with("200 OK", request + " " + type + " " + body));
        }
        return true;
    }

    private static void writeChunks(OutputStream out) throws IOException {
        write(
                out,
                "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\nContent-Type: text/x\r\n\r\n"
                        + "4;ext=1\r\nfour\r\n");
        write(out, "A\r\n and ten b");
        write(out, "\r\n0\r\nTrailer: x\r\n\r\n");
    }

    private static String with(String status, String content) {
        return "HTTP/1.1 "
                + status
                + "\r\nContent-Type: text/plain\r\nX-Other: y\r\nContent-Length: "
                + content.length()
                + "\r\n\r\n"
                + content;
    }

    private static void write(OutputStream out, String text) throws IOException {
        out.write(text.getBytes(StandardCharsets.ISO_8859_1));
    }

    /** In lower case up to the colon. */
    private static String readLine(InputStream in) throws IOException {
        StringBuilder line = new StringBuilder();
        for (int next; (next = in.read()) != '\n'; ) {
            if (next < 0) {
                return null;
            }
            line.append((char) next);
        }
        return line.toString().strip();
    }
}
