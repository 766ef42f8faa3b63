package io.tardy.examples;

import io.tardy.Deadline;
import io.tardy.aio.DeadlineExceededException;
import io.tardy.aio.RecvError;
import io.tardy.aio.TardyIOException;
import io.tardy.net.Socket;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.time.Duration;

/**
 * One connection of {@link Http}: answers what has come, in order, and waits for more, but not for
 * ever. A head that drips in is given up with 408, a peer that is silent without a word.
 */
final class HttpConnection {

    private static final int HEAD_BYTES_MAX = 8 * 1024;

    /** For a head, from its first byte or the answer before it to its last byte. */
    private static final Duration HEAD_TIMEOUT = Duration.ofSeconds(5);

    /** For more of a body, for another request, and for an answer to be taken. */
    private static final Duration IDLE_TIMEOUT = Duration.ofSeconds(60);

    private static final Duration LINGER = Duration.ofSeconds(2);
    private static final String BODY = "Hello, World!";

    private final Socket peer;
    private final ByteBuffer in = ByteBuffer.allocateDirect(HEAD_BYTES_MAX).limit(0);
    private final ByteBuffer out = ByteBuffer.allocateDirect(HEAD_BYTES_MAX);
    private HttpHead asked; // and not answered: its body has not come whole
    private long bodyBytesLeft;
    private long headDueNanos;

    HttpConnection(Socket peer) {
        this.peer = peer;
    }

    void serve() throws IOException {
        boolean goesOn = true;
        while (goesOn && receive()) {
            goesOn = answerAll();
            send(); // the answers to all requests that came together go together
        }
        if (!goesOn) {
            linger();
        }
    }

    /** False at the peer's end, and if nothing came in time. */
    private boolean receive() throws IOException {
        boolean isInHead = in.hasRemaining();
        Duration left =
                isInHead ? Duration.ofNanos(headDueNanos - System.nanoTime()) : IDLE_TIMEOUT;
        boolean isOpen;
        try {
            isOpen = peer.recv(in.compact(), left) >= 0;
        } catch (DeadlineExceededException e) {
            if (isInHead) {
                refuse("408 Request Timeout");
            }
            return false;
        }
        in.flip();
        if (!isInHead) {
            expectHead();
        }
        return isOpen;
    }

    private void expectHead() {
        headDueNanos = System.nanoTime() + HEAD_TIMEOUT.toNanos();
    }

    private void refuse(String status) throws IOException {
        answer(status, "close", "", false);
        send();
        linger();
    }

    /** Answers the whole requests that are there; false after the last of the connection. */
    private boolean answerAll() throws IOException {
        try {
            while (takeHead() && skipBody()) {
                HttpHead head = asked;
                asked = null;
                answer("200 OK", head.connection(), BODY, head.isHead());
                if (head.isLast()) {
                    return false;
                }
                expectHead();
            }
            return true;
        } catch (HttpHead.RefusedException e) {
            answer(e.status(), "close", "", false);
            return false;
        }
    }

    /** False if there is more to come of it. */
    private boolean takeHead() throws IOException, HttpHead.RefusedException {
        if (asked == null) {
            asked = HttpHead.take(in);
            if (asked != null) {
                bodyBytesLeft = asked.bodyBytes();
                if (asked.expectsToContinue()) {
                    put("HTTP/1.1 100 Continue\r\n\r\n");
                }
            }
        }
        return asked != null;
    }

    /** Nobody reads the bodies of requests here. False if there is more to come of it. */
    private boolean skipBody() {
        int count = (int) Math.min(bodyBytesLeft, in.remaining());
        in.position(in.position() + count);
        bodyBytesLeft -= count;
        return bodyBytesLeft == 0;
    }

    private void answer(String status, String connection, String body, boolean isHead)
            throws IOException {
        put(
                "HTTP/1.1 "
                        + status
                        + "\r\ncontent-type: text/plain\r\ncontent-length: "
                        + body.length()
                        + (connection.isEmpty() ? "" : "\r\nconnection: " + connection)
                        + "\r\n\r\n"
                        + (isHead ? "" : body));
    }

    private void put(String text) throws IOException {
        byte[] bytes = text.getBytes(StandardCharsets.US_ASCII);
        if (out.remaining() < bytes.length) {
            send();
        }
        out.put(bytes);
    }

    private void send() throws IOException {
        Deadline.within(IDLE_TIMEOUT, () -> peer.sendAll(out.flip()));
        out.clear();
    }

    /** Closing with data unread would reset the connection, and the peer would lose the answer. */
    private void linger() throws IOException {
        peer.shutdownOutput();
        long end = System.nanoTime() + LINGER.toNanos();
        try {
            int count = 0;
            while (count >= 0) {
                count = peer.recv(in.clear(), Duration.ofNanos(end - System.nanoTime()));
            }
        } catch (DeadlineExceededException e) {
            // he will not end
        } catch (TardyIOException e) {
            if (e.error() != RecvError.CONNECTION_RESET_BY_PEER) { // he is gone: all is said
                throw e;
            }
        }
    }
}
