package io.tardy.testsuite;

import static org.assertj.core.api.Assertions.assertThat;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufUtil;
import io.netty.buffer.Unpooled;
import io.tardy.Frame;
import io.tardy.FrameFailedException;
import io.tardy.TardyRuntime;
import io.tardy.aio.CancelledException;
import io.tardy.aio.Errno;
import io.tardy.aio.TardyIOException;
import io.tardy.net.Socket;
import java.nio.ByteBuffer;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.List;
import java.util.SplittableRandom;

/**
 * Steps on the two ends of a connection, beside a model of what is under way in each direction. No
 * step waits for another, but those that are cancelled.
 */
final class StreamSequence {

    /** Less than the smallest of the systems' buffers, so that no send waits for a receive. */
    private static final int UNDER_WAY_MAX = 40_000;

    /** Opens the two ends of a connection. */
    interface Opening {
        Socket[] open() throws Exception;
    }

    /** A step of one end, 0 or 1. */
    sealed interface Step {}

    record Send(int end, SequenceBuffer buffer, int bytes, boolean all) implements Step {}

    /** In so many parts. */
    record SendParts(int end, int bytes, int parts) implements Step {}

    record Recv(int end, SequenceBuffer buffer, int room, boolean all) implements Step {}

    record RecvPooled(int end) implements Step {}

    record RecvNext(int end) implements Step {}

    record RecvNothing(int end, SequenceBuffer buffer, int yields) implements Step {}

    record End(int end) implements Step {}

    record Close(int end) implements Step {}

    private final Socket[] ends;

    /** What was sent by an end and has not been received by the other. */
    private final List<ArrayDeque<Byte>> underWay = List.of(new ArrayDeque<>(), new ArrayDeque<>());

    private final boolean[] hasEnded = new boolean[2];
    private int stepsDone;

    private StreamSequence(Socket[] ends) {
        this.ends = ends;
    }

    static Sequences.Runner<Step> between(Opening opening) {
        return steps -> {
            Socket[] ends = opening.open();
            try {
                new StreamSequence(ends).run(steps);
            } finally {
                ends[0].close();
                ends[1].close();
            }
        };
    }

    static List<Step> make(SplittableRandom random) {
        List<Step> steps = new ArrayList<>();
        for (int left = random.nextInt(3, 20); left > 0; left--) {
            int end = random.nextInt(2);
            SequenceBuffer buffer =
                    SequenceBuffer.values()[random.nextInt(SequenceBuffer.values().length)];
            int bytes = random.nextInt(8) == 0 ? random.nextInt(30_000) : random.nextInt(300);
            boolean all = random.nextBoolean();
            steps.add(
                    switch (random.nextInt(16)) {
                        case 0, 1, 2, 3 -> new Send(end, buffer, bytes, all);
                        case 4, 5 -> new SendParts(end, bytes, random.nextInt(1, 5));
                        case 6, 7, 8, 9, 10 -> new Recv(end, buffer, bytes, all);
                        case 11 -> new RecvPooled(end);
                        case 12 -> new RecvNext(end);
                        case 13 -> new RecvNothing(end, buffer, random.nextInt(3));
                        case 14 -> new End(end);
                        default -> random.nextInt(3) == 0 ? new Close(end) : new End(end);
                    });
        }
        return steps;
    }

    private void run(List<Step> steps) throws Exception {
        for (Step step : steps) {
            stepsDone++;
            try {
                run(step);
            } catch (Exception | AssertionError e) {
                throw new AssertionError("step " + stepsDone + ", " + step, e);
            }
        }
        for (int end = 0; end < 2; end++) {
            while (!ends[end].isClosed() && !underWay.get(1 - end).isEmpty()) {
                recv(new Recv(end, SequenceBuffer.DIRECT, 8192, false));
            }
        }
    }

    private void run(Step step) throws Exception {
        switch (step) {
            case Send send -> send(send);
            case SendParts sendParts -> sendParts(sendParts);
            case Recv recv -> recv(recv);
            case RecvPooled recvPooled -> recvPooled(recvPooled);
            case RecvNext recvNext -> recvNext(recvNext);
            case RecvNothing recvNothing -> recvNothing(recvNothing);
            case End end -> end(end);
            case Close close -> close(close);
        }
    }

    /** Of no two steps the same. */
    private byte[] bytes(int count) {
        byte[] bytes = new byte[count];
        new SplittableRandom(stepsDone).nextBytes(bytes);
        return bytes;
    }

    /** Whether a send of an end is one that the model can tell the outcome of. */
    private boolean mayFit(int end, int bytes) {
        return underWay.get(end).size() + bytes <= UNDER_WAY_MAX && !ends[1 - end].isClosed();
    }

    private interface Sending {
        int send() throws Exception;
    }

    /** The count of bytes that went, or -1 if the end may not send any more, and was told so. */
    private int sent(int end, int bytes, Sending sending) throws Exception {
        try {
            int count = sending.send();
            boolean isForbidden = (ends[end].isClosed() || hasEnded[end]) && bytes > 0;
            assertThat(isForbidden).isFalse();
            return count;
        } catch (TardyIOException e) {
            Errno expected = ends[end].isClosed() ? Errno.EBADF : Errno.EPIPE;
            assertThat(Errno.of(e.errno())).isEqualTo(expected);
            assertThat(ends[end].isClosed() || hasEnded[end]).isTrue();
            return -1;
        }
    }

    private void nowUnderWay(int end, byte[] content, int count) {
        for (int i = 0; i < count; i++) {
            underWay.get(end).add(content[i]);
        }
    }

    private void send(Send step) throws Exception {
        if (!mayFit(step.end(), step.bytes())) {
            return;
        }
        byte[] content = bytes(step.bytes());
        ByteBuffer from = step.buffer().of(content);
        int begin = from.position();
        int count =
                sent(
                        step.end(),
                        step.bytes(),
                        () -> {
                            if (step.all()) {
                                ends[step.end()].sendAll(from);
                                return step.bytes();
                            }
                            return ends[step.end()].send(from);
                        });
        if (count >= 0) {
            assertThat(count).isBetween(Math.min(1, step.bytes()), step.bytes());
            assertThat(from.position() - begin).isEqualTo(count);
            nowUnderWay(step.end(), content, count);
        } else {
            assertThat(from.position()).isEqualTo(begin);
        }
    }

    private void sendParts(SendParts step) throws Exception {
        if (!mayFit(step.end(), step.bytes())) {
            return;
        }
        byte[] content = bytes(step.bytes());
        ByteBuf[] parts = new ByteBuf[step.parts()];
        for (int i = 0; i < parts.length; i++) {
            int from = content.length * i / parts.length;
            int to = content.length * (i + 1) / parts.length;
            parts[i] =
                    i % 2 == 0
                            ? Unpooled.wrappedBuffer(content, from, to - from)
                            : Unpooled.directBuffer(to - from + 1)
                                    .writeBytes(content, from, to - from);
        }
        ByteBuf all = Unpooled.wrappedBuffer(parts);
        int count =
                sent(
                        step.end(),
                        step.bytes(),
                        () -> {
                            ends[step.end()].sendAll(all);
                            return step.bytes();
                        });
        assertThat(all.refCnt()).isEqualTo(all == Unpooled.EMPTY_BUFFER ? 1 : 0);
        if (count >= 0) {
            nowUnderWay(step.end(), content, count);
        }
    }

    /** Whether the end would wait if it received now. */
    private boolean wouldWait(int end) {
        return !ends[end].isClosed() && underWay.get(1 - end).isEmpty() && !hasEnded[1 - end];
    }

    private void recv(Recv step) throws Exception {
        ArrayDeque<Byte> there = underWay.get(1 - step.end());
        boolean canBeFull = there.size() >= step.room() || hasEnded[1 - step.end()];
        if (wouldWait(step.end()) && step.room() > 0 || step.all() && !canBeFull) {
            return;
        }
        ByteBuffer into = step.buffer().room(step.room());
        int from = into.position();
        int count;
        try {
            count = step.all() ? ends[step.end()].recvAll(into) : ends[step.end()].recv(into);
        } catch (TardyIOException e) {
            assertThat(Errno.of(e.errno())).isEqualTo(Errno.EBADF);
            assertThat(ends[step.end()].isClosed()).isTrue();
            return;
        }
        byte[] got = SequenceBuffer.filled(into, from);
        assertThat(ends[step.end()].isClosed() && step.room() > 0).isFalse();
        if (step.room() == 0) {
            assertThat(count).isZero();
        } else if (there.isEmpty()) {
            assertThat(count).isEqualTo(-1);
        } else if (step.all()) {
            assertThat(count).isEqualTo(Math.min(step.room(), there.size()));
        } else {
            assertThat(count).isBetween(1, Math.min(step.room(), there.size()));
        }
        received(step.end(), got);
    }

    private void received(int end, byte[] got) {
        for (int i = 0; i < got.length; i++) {
            assertThat(got[i])
                    .as("byte %d of %d", i, got.length)
                    .isEqualTo(underWay.get(1 - end).poll());
        }
    }

    private void recvPooled(RecvPooled step) throws Exception {
        if (wouldWait(step.end())) {
            return;
        }
        ByteBuf received;
        try {
            received = ends[step.end()].recv();
        } catch (TardyIOException e) {
            assertThat(Errno.of(e.errno())).isEqualTo(Errno.EBADF);
            assertThat(ends[step.end()].isClosed()).isTrue();
            return;
        }
        if (received == null) {
            assertThat(underWay.get(1 - step.end())).isEmpty();
            assertThat(hasEnded[1 - step.end()]).isTrue();
            return;
        }
        try {
            assertThat(received.readableBytes()).isPositive();
            received(step.end(), ByteBufUtil.getBytes(received));
        } finally {
            received.release();
        }
    }

    private void recvNext(RecvNext step) throws Exception {
        if (wouldWait(step.end())) {
            return;
        }
        ByteBuffer received;
        try {
            received = ends[step.end()].recvNext();
        } catch (TardyIOException e) {
            assertThat(Errno.of(e.errno())).isEqualTo(Errno.EBADF);
            assertThat(ends[step.end()].isClosed()).isTrue();
            return;
        }
        if (received == null) {
            assertThat(underWay.get(1 - step.end())).isEmpty();
            assertThat(hasEnded[1 - step.end()]).isTrue();
            return;
        }
        byte[] bytes = new byte[received.remaining()];
        received.get(bytes);
        assertThat(bytes).isNotEmpty();
        received(step.end(), bytes);
    }

    /** A receive that would wait, and is cancelled: it takes nothing. */
    private void recvNothing(RecvNothing step) throws Exception {
        if (!wouldWait(step.end())) {
            return;
        }
        ByteBuffer into = step.buffer().room(10);
        int from = into.position();
        Frame<Integer> frame = TardyRuntime.current().spawnCall(() -> ends[step.end()].recv(into));
        for (int i = 0; i < step.yields(); i++) {
            Frame.yield();
        }
        frame.cancel();
        try {
            assertThat(frame.join()).as("nothing was sent").isNull();
        } catch (FrameFailedException e) {
            assertThat(e.getCause()).isInstanceOf(CancelledException.class);
        }
        assertThat(SequenceBuffer.filled(into, from)).isEmpty();
    }

    private void end(End step) throws Exception {
        if (!ends[step.end()].isClosed()) {
            ends[step.end()].shutdownOutput();
            hasEnded[step.end()] = true;
        }
    }

    /** One that has not received all would reset the connection. */
    private void close(Close step) throws Exception {
        while (!ends[step.end()].isClosed() && !underWay.get(1 - step.end()).isEmpty()) {
            recv(new Recv(step.end(), SequenceBuffer.HEAP, 10_000, false));
        }
        ends[step.end()].close();
        hasEnded[step.end()] = true;
    }
}
