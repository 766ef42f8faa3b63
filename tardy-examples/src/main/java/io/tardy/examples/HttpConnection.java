package io.tardy.examples;

import io.tardy.Deadline;
import io.tardy.aio.DeadlineExceededException;
import io.tardy.net.Socket;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.time.Duration;

/**
 * One connection of {@link Http}. It answers the requests that have arrived, in order, and waits
 * for more until a timeout. A head that arrives too slowly gets 408; a silent peer is just
 * disconnected.
 */
final class HttpConnection {

    private static final int HEAD_BYTES_MAX = 8 * 1024;

    /** For a whole head, from its first byte or from the answer before it. */
    private static final Duration HEAD_TIMEOUT = Duration.ofSeconds(5);

    /** For more of a body, for the next request, and for the peer to read an answer. */
    private static final Duration IDLE_TIMEOUT = Duration.ofSeconds(60);

    private static final String BODY = "Hello, World!";

    private final Socket peer;
    private final ByteBuffer in = ByteBuffer.allocateDirect(HEAD_BYTES_MAX).limit(0);
    private final ByteBuffer out = ByteBuffer.allocateDirect(HEAD_BYTES_MAX);
    private HttpHead asked; // not answered yet: its body has not arrived completely
    private long bodyBytesLeft;
    private long headDueNanos;

    HttpConnection(Socket peer) {
        this.peer = peer;
    }

    void serve() throws IOException {
        boolean isKeptAlive = true;
        while (isKeptAlive && receive()) {
            isKeptAlive = answerAll();
            send(); // requests that arrive together are answered together
        }
        if (!isKeptAlive) {
            HttpEnd.await(peer, in);
        }
    }

    /** Returns false at the peer's end, and if nothing arrives in time. */
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
        HttpEnd.await(peer, in);
    }

    /** Answers all complete requests. Returns false after the last one of the connection. */
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

    /** Returns false if it is incomplete. */
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

    /** Skips the body, which this server does not use. Returns false if it is incomplete. */
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
}
