package io.tardy.examples.gateway;

import io.tardy.Deadline;
import io.tardy.Frame;
import io.tardy.aio.DeadlineExceededException;
import io.tardy.aio.TardyIOException;
import io.tardy.examples.Health;
import io.tardy.examples.HttpHead;
import io.tardy.examples.HttpHead.RefusedException;
import io.tardy.net.Socket;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.time.Duration;

/** What a client sends, in the order in which it is asked for. */
final class ClientInput {

    /** For more of a body, and for the next request. */
    static final Duration IDLE_TIMEOUT = Duration.ofSeconds(60);

    private static final int HEAD_BYTES_MAX = 8 * 1024;

    /** For a whole head, from when its beginning was seen. */
    private static final Duration HEAD_TIMEOUT = Duration.ofSeconds(5);

    private final Socket client;
    private final Health health;
    private boolean hasAsked; // so that the next request may come, or not
    private final ByteBuffer in = ByteBuffer.allocateDirect(HEAD_BYTES_MAX).limit(0);

    ClientInput(Socket client, Health health) {
        this.client = client;
        this.health = health;
    }

    /** Everything that comes from the client comes here. Returns -1 at its end. */
    int receive() throws TardyIOException {
        in.compact();
        try {
            return client.recv(in);
        } finally {
            in.flip();
        }
    }

    /** Whether more cannot be received before something is taken. */
    boolean isFull() {
        return in.remaining() == in.capacity();
    }

    /** The next request; null at the client's end, and in a drain. */
    HttpHead next() throws IOException, RefusedException {
        HttpHead request = receiveNext();
        if (request == null) {
            return null;
        }
        hasAsked = true;
        boolean isDrained = health.isLeaving() && !in.hasRemaining();
        return isDrained ? request.last() : request;
    }

    private HttpHead receiveNext() throws IOException, RefusedException {
        HttpHead request = HttpHead.take(in, HEAD_BYTES_MAX);
        if (request == null && !in.hasRemaining()) {
            int received =
                    hasAsked
                            ? Frame.idle(-1, this::receiveInTime)
                            : receiveInTime(); // it has connected in order to ask
            if (received < 0) {
                return null;
            }
            request = HttpHead.take(in, HEAD_BYTES_MAX);
        }
        return request != null ? request : rest();
    }

    private int receiveInTime() throws IOException {
        return Deadline.callWithin(IDLE_TIMEOUT, this::receive);
    }

    private HttpHead rest() throws IOException, RefusedException {
        try {
            return Deadline.callWithin(HEAD_TIMEOUT, this::receiveHead);
        } catch (DeadlineExceededException e) {
            throw new RefusedException("408 Request Timeout");
        }
    }

    private HttpHead receiveHead() throws IOException, RefusedException {
        HttpHead request = null;
        while (request == null && receive() >= 0) {
            request = HttpHead.take(in, HEAD_BYTES_MAX);
        }
        return request;
    }

    /** Passes a body on. Returns false if the client ends before it does. */
    boolean passBody(long bytes, Exchange to) throws IOException {
        for (long left = bytes; left > 0; ) {
            if (!in.hasRemaining() && receiveInTime() < 0) {
                return false;
            }
            int count = (int) Math.min(left, in.remaining());
            to.put(in.slice(in.position(), count));
            in.position(in.position() + count);
            left -= count;
        }
        return true;
    }
}
