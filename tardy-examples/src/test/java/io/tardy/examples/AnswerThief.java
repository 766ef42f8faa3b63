package io.tardy.examples;

import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.util.concurrent.atomic.AtomicInteger;

/**
 * Stands before a server and passes on all bytes, but for the answers to a request with a certain
 * word in it: the server has the request, and the connection ends without the answer.
 */
final class AnswerThief implements AutoCloseable {

    private final ServerSocket listener = new ServerSocket(0, 50, InetAddress.getLoopbackAddress());
    private final int serverPort;
    private final String word;
    private final AtomicInteger left;

    AnswerThief(int serverPort, String word, int times) throws IOException {
        this.serverPort = serverPort;
        this.word = word;
        this.left = new AtomicInteger(times);
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
                Socket server = new Socket(InetAddress.getLoopbackAddress(), serverPort);
                Thread.ofVirtual().start(() -> pass(client, server, true));
                Thread.ofVirtual().start(() -> pass(server, client, false));
            }
        } catch (IOException e) {
            // closed
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
