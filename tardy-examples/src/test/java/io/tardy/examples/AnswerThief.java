package io.tardy.examples;

import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.net.ConnectException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.util.concurrent.atomic.AtomicInteger;

/**
 * Stands before a server and passes on all bytes, but for the answers to a request with a certain
 * word in it: the server has the request, and the connection ends without the answer. With one that
 * resets, the client's system says so.
 */
final class AnswerThief implements AutoCloseable {

    private final ServerSocket listener = new ServerSocket(0, 50, InetAddress.getLoopbackAddress());
    private final int serverPort;
    private final String word;
    private final AtomicInteger left;
    private final boolean resets;

    AnswerThief(int serverPort, String word, int times) throws IOException {
        this(serverPort, word, times, false);
    }

    AnswerThief(int serverPort, String word, int times, boolean resets) throws IOException {
        this.serverPort = serverPort;
        this.word = word;
        this.left = new AtomicInteger(times);
        this.resets = resets;
        Thread.ofVirtual().start(this::accept);
    }

    int port() {
        return listener.getLocalPort();
    }

    /** How many answers are still to be stolen. */
    int left() {
        return left.get();
    }

    private void accept() {
        try {
            while (true) {
                Socket client = listener.accept();
                Socket server = connect(client);
                if (server == null) {
                    continue;
                }
                Thread.ofVirtual().start(() -> pass(client, server, true));
                Thread.ofVirtual().start(() -> pass(server, client, false));
            }
        } catch (IOException e) {
            // closed
        }
    }

    /** Null if there is no server now. */
    private Socket connect(Socket client) throws IOException {
        try {
            return new Socket(InetAddress.getLoopbackAddress(), serverPort);
        } catch (ConnectException e) {
            client.close();
            return null;
        }
    }

    private void pass(Socket from, Socket to, boolean areRequests) {
        byte[] bytes = new byte[1 << 16];
        try (from;
                to) {
            InputStream in = from.getInputStream();
            OutputStream out = to.getOutputStream();
            for (int count; (count = in.read(bytes)) >= 0; ) {
                String said = new String(bytes, 0, count, StandardCharsets.ISO_8859_1);
                if (areRequests
                        && said.contains(word)
                        && left.getAndUpdate(n -> Math.max(0, n - 1)) > 0) {
                    if (resets) {
                        from.setSoLinger(true, 0); // its end is a reset
                        return;
                    }
                    from.shutdownOutput(); // no answer comes through from here on
                    out.write(bytes, 0, count);
                    to.shutdownOutput();
                    return;
                }
                out.write(bytes, 0, count);
            }
        } catch (IOException e) {
            // One end has gone; so does the other.
        }
    }

    @Override
    public void close() {
        try {
            listener.close();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
