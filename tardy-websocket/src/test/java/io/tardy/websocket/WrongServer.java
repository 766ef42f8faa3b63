package io.tardy.websocket;

import java.io.BufferedReader;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStreamReader;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.Base64;
import java.util.function.Function;

/** A server that answers a handshake with given bytes, and then reads to the end. */
final class WrongServer implements AutoCloseable {

    private static final String GUID = "258EAFA5-E914-47DA-95CA-C5AB0DC85B11";

    private final ServerSocket listener = new ServerSocket(0, 1, InetAddress.getLoopbackAddress());
    private final Function<String, byte[]> answer;
    private final boolean endsItself;
    private final ByteArrayOutputStream received = new ByteArrayOutputStream();
    private final Thread thread;

    /** Completes the handshake, and sends bytes together with its answer. */
    WrongServer(byte[] bytes) throws IOException {
        this(bytes, false);
    }

    /**
     * @param endsItself whether it ends its direction after the bytes
     */
    WrongServer(byte[] bytes, boolean endsItself) throws IOException {
        this(accept -> RawPeer.concat(upgraded(accept), bytes), endsItself);
    }

    /**
     * @param answer maps the correct {@code Sec-WebSocket-Accept} to an answer; null ends the
     *     connection
     */
    WrongServer(Function<String, byte[]> answer) throws IOException {
        this(answer, false);
    }

    private WrongServer(Function<String, byte[]> answer, boolean endsItself) throws IOException {
        this.answer = answer;
        this.endsItself = endsItself;
        this.thread = Thread.startVirtualThread(this::serve);
    }

    URI uri() {
        return URI.create("ws://127.0.0.1:" + listener.getLocalPort() + "/");
    }

    private void serve() {
        try (Socket socket = listener.accept()) {
            socket.setSoTimeout((int) ServerFixture.PATIENCE.toMillis());
            BufferedReader in =
                    new BufferedReader(
                            new InputStreamReader(
                                    socket.getInputStream(), StandardCharsets.ISO_8859_1));
            String key = "";
            for (String line; !(line = in.readLine()).isEmpty(); ) {
                if (line.toLowerCase().startsWith("sec-websocket-key:")) {
                    key = line.substring(line.indexOf(':') + 1).trim();
                }
            }
            byte[] bytes = answer.apply(accept(key));
            if (bytes == null) {
                return;
            }
            socket.getOutputStream().write(bytes);
            if (endsItself) {
                socket.shutdownOutput();
            }
            for (int next; (next = in.read()) >= 0; ) {
                received.write(next);
            }
        } catch (IOException e) {
            // The test checks what arrived.
        }
    }

    /** The head of an answer that accepts, with optional further header lines. */
    static byte[] upgraded(String accept, String... headers) {
        return RawPeer.http(
                "HTTP/1.1 101 Switching Protocols",
                "Upgrade: websocket",
                "Connection: Upgrade",
                "Sec-WebSocket-Accept: " + accept,
                String.join("\r\n", headers));
    }

    /** Waits for the client's end, and returns everything behind its request. */
    byte[] received() throws InterruptedException {
        thread.join();
        return received.toByteArray();
    }

    private static String accept(String key) {
        try {
            byte[] digest =
                    MessageDigest.getInstance("SHA-1")
                            .digest((key + GUID).getBytes(StandardCharsets.US_ASCII));
            return Base64.getEncoder().encodeToString(digest);
        } catch (NoSuchAlgorithmException e) {
            throw new AssertionError(e);
        }
    }

    @Override
    public void close() throws Exception {
        listener.close();
        thread.join();
    }
}
