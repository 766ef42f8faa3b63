package io.tardy.bench;

import io.tardy.net.Socket;
import java.io.BufferedInputStream;
import java.io.EOFException;
import java.io.IOException;
import java.io.InputStream;
import java.nio.ByteBuffer;

/**
 * A client of HTTP that keeps its connection and asks again and again, in its frame, until the
 * server ends it; it sends nothing after an answer that says so.
 */
final class HttpCaller {

    private final int port;
    private final HttpTally tally;
    private HttpReply expected;

    HttpCaller(int port, HttpTally tally) {
        this.port = port;
        this.tally = tally;
    }

    void run() throws IOException {
        ByteBuffer request = ByteBuffer.wrap(HttpReply.request(port));
        try (Socket socket = Socket.tcp("127.0.0.1", port).connect();
                InputStream in = new BufferedInputStream(socket.inputStream())) {
            while (ask(socket, in, request)) {
                request.rewind();
            }
        } finally {
            tally.ended();
        }
    }

    /** Whether it may go on. */
    private boolean ask(Socket socket, InputStream in, ByteBuffer request) {
        HttpReply reply;
        try {
            socket.sendAll(request);
        } catch (IOException e) {
            tally.reset.increment(); // what it says of the cause may still be there to read, but no
            // answer
            return false;
        }
        try {
            reply = HttpReply.read(in);
        } catch (HttpReply.TruncatedException e) {
            tally.truncated.increment();
            return false;
        } catch (EOFException e) {
            tally.closed.increment();
            return false;
        } catch (IOException e) {
            tally.reset.increment();
            return false;
        }
        return take(reply);
    }

    private boolean take(HttpReply reply) {
        if (expected == null) {
            expected = new HttpReply(200, reply.checksum(), false);
        }
        if (reply.status() != expected.status() || reply.checksum() != expected.checksum()) {
            tally.wrong.increment();
        } else {
            tally.answered.increment();
        }
        if (reply.isLast()) {
            tally.last.increment();
        }
        return !reply.isLast();
    }
}
