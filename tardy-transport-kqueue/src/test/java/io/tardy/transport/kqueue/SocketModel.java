package io.tardy.transport.kqueue;

import static org.assertj.core.api.Assertions.assertThat;

import io.tardy.aio.AsyncSubmission;
import io.tardy.aio.TardyIOException;
import io.tardy.transport.kqueue.SimRuntime.SimOperation;
import java.nio.ByteBuffer;
import java.util.Arrays;
import java.util.random.RandomGenerator;

/**
 * What a socket owes: a count of bytes that its peer has sent and nobody has received, of bytes
 * that it can take, and who waits. Bytes are numbered in each direction, so each is known by its
 * place.
 */
final class SocketModel {

    private final SimRuntime runtime;
    private final SimSocket socket;

    private SimOperation reader;
    private ByteBuffer into;
    private SimOperation writer;
    private ByteBuffer from;

    private int peerSent;
    private int received;
    private int sent;
    private int peerRead;
    private boolean ended;
    private boolean reset;
    private boolean closed;

    SocketModel(SimRuntime runtime, SimSocket socket) {
        this.runtime = runtime;
        this.socket = socket;
    }

    boolean isClosed() {
        return closed;
    }

    /** Does one legal thing. */
    void step(RandomGenerator random) {
        switch (random.nextInt(12)) {
            case 0, 1 -> peerSends(1 + random.nextInt(20));
            case 2, 3 -> peerReads(1 + random.nextInt(SimSocket.ROOM));
            case 4, 5, 6 -> receive(1 + random.nextInt(16), random.nextBoolean());
            case 7, 8 -> send(1 + random.nextInt(SimSocket.ROOM), random.nextBoolean());
            case 9 -> cancel(random.nextBoolean() ? reader : writer);
            case 10 -> rarely(random);
            default -> runtime.turn();
        }
        collect();
    }

    private void rarely(RandomGenerator random) {
        switch (random.nextInt(6)) {
            case 0 -> {
                ended = true;
                socket.peerEnds();
            }
            case 1 -> {
                ended = true;
                reset = true;
                socket.peerResets();
            }
            case 2 -> close();
            default -> {}
        }
    }

    private void peerSends(int count) {
        if (!ended) {
            byte[] bytes = new byte[count];
            for (int i = 0; i < count; i++) {
                bytes[i] = (byte) peerSent++;
            }
            socket.peerSends(bytes);
        }
    }

    private void peerReads(int countMax) {
        int count = Math.min(countMax, sent - peerRead);
        if (!reset && count > 0) {
            peerRead += count;
            socket.peerReads(count);
        }
    }

    private void receive(int bytesMax, boolean triesFirst) {
        if (reader == null) {
            into = ByteBuffer.allocateDirect(bytesMax);
            reader = begin(new AsyncSubmission.Recv(socket, into), triesFirst);
        }
    }

    private void send(int count, boolean triesFirst) {
        if (writer == null) {
            byte[] bytes = new byte[count];
            for (int i = 0; i < count; i++) {
                bytes[i] = (byte) (sent + i);
            }
            from = ByteBuffer.wrap(bytes);
            writer = begin(new AsyncSubmission.Send(socket, from), triesFirst);
        }
    }

    private SimOperation begin(AsyncSubmission<?, ?> submission, boolean triesFirst) {
        SimOperation tried = triesFirst ? runtime.attempt(submission) : null;
        return tried != null ? tried : runtime.start(submission);
    }

    private void cancel(SimOperation operation) {
        if (operation != null) {
            runtime.backend.cancel(operation);
            assertThat(operation.outcome()).isEqualTo("ECANCELED");
        }
    }

    void close() {
        try {
            socket.close();
        } catch (TardyIOException e) {
            throw new AssertionError(e);
        }
        closed = true;
        collect();
        assertThat(reader).isNull();
        assertThat(writer).isNull();
    }

    /** Takes what has completed, which must be what can have been. */
    void collect() {
        if (reader != null && reader.isDone()) {
            collectReceived(reader.outcome());
            reader = null;
        }
        if (writer != null && writer.isDone()) {
            collectSent(writer.outcome());
            writer = null;
        }
    }

    private void collectReceived(Object outcome) {
        switch (outcome) {
            case Integer count -> {
                assertThat(count).isBetween(1, peerSent - received);
                assertThat(into.position()).isEqualTo(count);
                for (int i = 0; i < count; i++) {
                    assertThat(into.get(i)).isEqualTo((byte) received++);
                }
            }
            case String error ->
                    assertThat(error)
                            .isIn(
                                    ended && received == peerSent ? "end" : "ECANCELED",
                                    reset && received == peerSent ? "ECONNRESET" : "ECANCELED",
                                    closed ? "EBADF" : "ECANCELED",
                                    "ECANCELED");
            default -> throw new AssertionError("received " + outcome);
        }
    }

    private void collectSent(Object outcome) {
        switch (outcome) {
            case Integer count -> {
                assertThat(count).isEqualTo(from.position()).isPositive();
                byte[] all = socket.sent.toByteArray();
                assertThat(Arrays.copyOfRange(all, sent, all.length))
                        .isEqualTo(Arrays.copyOf(from.array(), count));
                sent += count;
                assertThat(sent - peerRead).isBetween(0, SimSocket.ROOM);
            }
            case String error ->
                    assertThat(error)
                            .isIn(
                                    reset ? "EPIPE" : "ECANCELED",
                                    reset ? "ECONNRESET" : "ECANCELED",
                                    closed ? "EBADF" : "ECANCELED",
                                    "ECANCELED");
            default -> throw new AssertionError("sent " + outcome);
        }
    }

    /** Once every event has been told, who waits has reason to. */
    void requireNothingToDo() {
        collect();
        assertThat(reader != null && (received < peerSent || ended))
                .as("a reader waits for what is there")
                .isFalse();
        assertThat(writer != null && (sent - peerRead < SimSocket.ROOM || reset))
                .as("a writer waits for what is there")
                .isFalse();
    }
}
