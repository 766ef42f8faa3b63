package io.tardy.testsuite;

import static org.assertj.core.api.Assertions.assertThat;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufUtil;
import io.tardy.aio.Datagram;
import io.tardy.net.Socket;
import java.nio.ByteBuffer;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.SplittableRandom;

/** Steps on two datagram sockets, beside a model of the datagrams under way to each. */
final class DatagramSequence {

    /** So few, and so much, that no system drops any. */
    private static final int UNDER_WAY_MAX = 5;

    private static final int BYTES_MAX = 9000;

    /** Opens two bound sockets. */
    interface Opening {
        Socket[] open() throws Exception;
    }

    /** A step of one end, 0 or 1. */
    sealed interface Step {}

    record SendTo(int end, SequenceBuffer buffer, int bytes) implements Step {}

    record RecvFrom(int end, SequenceBuffer buffer, int room) implements Step {}

    record Recv(int end, SequenceBuffer buffer, int room) implements Step {}

    record RecvPooled(int end) implements Step {}

    private final Socket[] ends;
    private final List<ArrayDeque<byte[]>> underWay =
            List.of(new ArrayDeque<>(), new ArrayDeque<>());
    private int stepsDone;

    private DatagramSequence(Socket[] ends) {
        this.ends = ends;
    }

    static Sequences.Runner<Step> between(Opening opening) {
        return steps -> {
            Socket[] ends = opening.open();
            try {
                DatagramSequence sequence = new DatagramSequence(ends);
                for (Step step : steps) {
                    sequence.stepsDone++;
                    sequence.run(step);
                }
            } finally {
                ends[0].close();
                ends[1].close();
            }
        };
    }

    static List<Step> make(SplittableRandom random) {
        List<Step> steps = new ArrayList<>();
        for (int left = random.nextInt(3, 16); left > 0; left--) {
            int end = random.nextInt(2);
            SequenceBuffer buffer =
                    SequenceBuffer.values()[random.nextInt(SequenceBuffer.values().length)];
            int bytes = random.nextInt(4) == 0 ? random.nextInt(BYTES_MAX) : random.nextInt(200);
            steps.add(
                    switch (random.nextInt(8)) {
                        case 0, 1, 2, 3 -> new SendTo(end, buffer, bytes);
                        case 4, 5 -> new RecvFrom(end, buffer, bytes);
                        case 6 -> new Recv(end, buffer, bytes);
                        default -> new RecvPooled(end);
                    });
        }
        return steps;
    }

    private void run(Step step) throws Exception {
        switch (step) {
            case SendTo sendTo -> sendTo(sendTo);
            case RecvFrom recvFrom -> recvFrom(recvFrom);
            case Recv recv -> recv(recv);
            case RecvPooled recvPooled -> recvPooled(recvPooled);
        }
    }

    private void sendTo(SendTo step) throws Exception {
        ArrayDeque<byte[]> queue = underWay.get(1 - step.end());
        if (queue.size() >= UNDER_WAY_MAX) {
            return;
        }
        byte[] content = new byte[step.bytes()];
        new SplittableRandom(stepsDone).nextBytes(content);
        ByteBuffer from = step.buffer().of(content);
        ends[step.end()].sendTo(from, ends[1 - step.end()].localAddress());
        assertThat(from.hasRemaining()).isFalse();
        queue.add(content);
    }

    private void recvFrom(RecvFrom step) throws Exception {
        byte[] expected = underWay.get(step.end()).poll();
        if (expected == null) {
            return;
        }
        ByteBuffer into = step.buffer().room(step.room());
        int from = into.position();
        Datagram datagram = ends[step.end()].recvFrom(into);
        assertThat(datagram)
                .isEqualTo(
                        new Datagram(
                                ends[1 - step.end()].localAddress(),
                                expected.length,
                                expected.length > step.room()));
        assertBegins(SequenceBuffer.filled(into, from), expected, step.room());
    }

    private static void assertBegins(byte[] got, byte[] expected, int room) {
        assertThat(got).isEqualTo(Arrays.copyOf(expected, Math.min(room, expected.length)));
    }

    private void recv(Recv step) throws Exception {
        byte[] expected = underWay.get(step.end()).poll();
        if (expected == null) {
            return;
        }
        ByteBuffer into = step.buffer().room(step.room());
        int from = into.position();
        assertThat(ends[step.end()].recv(into)).isEqualTo(Math.min(step.room(), expected.length));
        assertBegins(SequenceBuffer.filled(into, from), expected, step.room());
    }

    private void recvPooled(RecvPooled step) throws Exception {
        byte[] expected = underWay.get(step.end()).poll();
        if (expected == null) {
            return;
        }
        ByteBuf received = ends[step.end()].recv();
        try {
            assertThat(ByteBufUtil.getBytes(received)).isEqualTo(expected);
        } finally {
            received.release();
        }
    }
}
