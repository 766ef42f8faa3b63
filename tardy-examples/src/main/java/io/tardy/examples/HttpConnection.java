package io.tardy.examples;

import static java.nio.charset.StandardCharsets.US_ASCII;

import io.tardy.Deadline;
import io.tardy.Frame;
import io.tardy.aio.DeadlineExceededException;
import io.tardy.net.Socket;
import java.io.IOException;
import java.nio.ByteBuffer;
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
    private final Health health;
    private StringBuilder answers = new StringBuilder();
    private ByteBuffer data; // received last; its memory is ours until the next receive
    private ByteBuffer in; // what is to be read of it, perhaps behind the part of a head
    private boolean hasAnswered; // so that the next request may come, or not
    private HttpHead asked; // not answered yet: its body has not arrived completely
    private long bodyBytesLeft;
    private long headDueNanos;

    HttpConnection(Socket peer, Health health) {
        this.peer = peer;
        this.health = health;
    }

    void serve() throws IOException {
        boolean isKeptAlive = true;
        while (isKeptAlive && receive()) {
            isKeptAlive = answerAll();
            send(); // requests that arrive together are answered together
        }
        if (!isKeptAlive) {
            HttpEnd.await(peer);
        }
    }

    /** Returns false at the peer's end, if nothing arrives in time, and in a drain. */
    private boolean receive() throws IOException {
        ByteBuffer begun = begun();
        Duration left =
                begun == null ? IDLE_TIMEOUT : Duration.ofNanos(headDueNanos - System.nanoTime());
        data = null;
        try {
            data =
                    begun == null && hasAnswered
                            ? Frame.idle(null, () -> peer.recvNext(left))
                            : peer.recvNext(left);
        } catch (DeadlineExceededException e) {
            if (begun != null) {
                refuse("408 Request Timeout");
            }
            return false;
        }
        if (data == null) {
            return false;
        }
        in = begun == null ? data : joined(begun, data);
        if (begun == null) {
            expectHead();
        }
        return true;
    }

    /** Keeps the part of a head, if that is all there is, for its memory goes back. */
    private ByteBuffer begun() {
        if (in == null || !in.hasRemaining()) {
            return null;
        }
        return in == data ? joined(in, ByteBuffer.allocate(0)) : in;
    }

    private static ByteBuffer joined(ByteBuffer first, ByteBuffer second) {
        return ByteBuffer.allocate(first.remaining() + second.remaining())
                .put(first)
                .put(second)
                .flip();
    }

    private void expectHead() {
        headDueNanos = System.nanoTime() + HEAD_TIMEOUT.toNanos();
    }

    private void refuse(String status) throws IOException {
        answer(status, "close", "", false);
        send();
        HttpEnd.await(peer);
    }

    /** Answers all complete requests. Returns false after the last one of the connection. */
    private boolean answerAll() throws IOException {
        try {
            while (takeHead() && skipBody()) {
                HttpHead head = asked;
                asked = null;
                boolean isLast = head.isLast() || isDrained();
                Health.Answer told = health.answerTo(head.target());
                answer(
                        told == null ? "200 OK" : told.status(),
                        isLast ? "close" : head.connection(),
                        told == null ? BODY : told.text(),
                        head.isHead());
                if (isLast) {
                    return false;
                }
                hasAnswered = true;
                expectHead();
            }
            return true;
        } catch (HttpHead.RefusedException e) {
            answer(e.status(), "close", "", false);
            return false;
        }
    }

    /** Whether the server ends, and has answered all that this peer has sent. */
    private boolean isDrained() {
        return health.isLeaving() && !in.hasRemaining();
    }

    /** Returns false if it is incomplete. */
    private boolean takeHead() throws IOException, HttpHead.RefusedException {
        if (asked == null) {
            asked = HttpHead.take(in, HEAD_BYTES_MAX);
            if (asked != null) {
                bodyBytesLeft = asked.bodyBytes();
                if (asked.expectsToContinue()) {
                    answers.append("HTTP/1.1 100 Continue\r\n\r\n");
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
        answers.append("HTTP/1.1 ")
                .append(status)
                .append("\r\ncontent-type: text/plain\r\ncontent-length: ")
                .append(body.length())
                .append(connection.isEmpty() ? "" : "\r\nconnection: ")
                .append(connection)
                .append("\r\n\r\n")
                .append(isHead ? "" : body);
    }

    private void send() throws IOException {
        if (!answers.isEmpty()) {
            ByteBuffer out = ByteBuffer.wrap(answers.toString().getBytes(US_ASCII));
            answers = new StringBuilder(); // one that has grown does not stay so
            Deadline.within(IDLE_TIMEOUT, () -> send(out));
        }
    }

    /** In the memory that was received into, unless what is there has not been read. */
    private void send(ByteBuffer out) throws IOException {
        if (data == null || in.hasRemaining()) {
            peer.sendAll(out);
            return;
        }
        while (out.hasRemaining()) {
            int count = Math.min(out.remaining(), data.capacity());
            peer.sendAll(data.clear().put(0, out, out.position(), count).limit(count));
            out.position(out.position() + count);
        }
        data.limit(0);
    }
}
