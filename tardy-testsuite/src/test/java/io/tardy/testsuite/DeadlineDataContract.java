package io.tardy.testsuite;

import static io.tardy.testsuite.DeadlineContract.DAY;
import static io.tardy.testsuite.DeadlineContract.SOON;
import static io.tardy.testsuite.DeadlineContract.assertExceeded;
import static io.tardy.testsuite.TcpContract.sendForEver;
import static org.assertj.core.api.Assertions.assertThat;

import io.netty.buffer.ByteBuf;
import io.tardy.Deadline;
import io.tardy.Frame;
import io.tardy.aio.DeadlineExceededException;
import io.tardy.net.Socket;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.SplittableRandom;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.Test;

/** What was not received, sent or accepted in time is not lost. */
interface DeadlineDataContract extends ConnectedFixture {

    @Test
    default void aConnectionThatCameAfterTheDeadlineIsAcceptedByTheNextCall() throws Exception {
        inFrame(
                rt -> {
                    try (Socket listener = TransportFixture.listenAnywhere()) {
                        assertExceeded(() -> Deadline.within(SOON, () -> listener.accept()));
                        try (Socket client = TransportFixture.connectTo(listener)) {
                            Frame.delay(Duration.ofMillis(1));
                            assertExceeded(
                                    () -> Deadline.within(Duration.ZERO, () -> listener.accept()));
                            try (Socket peer = Deadline.callWithin(DAY, () -> listener.accept())) {
                                assertThat(peer.remoteAddress()).isEqualTo(client.localAddress());
                            }
                        }
                    }
                });
    }

    @Test
    default void aPeerWhoNeverLetsUsWaitCannotHoldTheBlock() throws Exception {
        whenConnected(
                (rt, listener, client, peer) -> {
                    Frame<Void> flood = rt.spawn(() -> sendForEver(peer));
                    ByteBuffer into = ByteBuffer.allocateDirect(1);
                    client.recv(into.clear());
                    assertExceeded(
                            () ->
                                    Deadline.within(
                                            SOON,
                                            () -> {
                                                for (; ; ) {
                                                    client.recv(into.clear());
                                                }
                                            }));
                    flood.cancel();
                });
    }

    @Test
    default void noByteIsLostToADeadline() throws Exception {
        long seed = Seeds.draw("noByteIsLostToADeadline");
        int total = 256 * 1024;
        AtomicInteger late = new AtomicInteger();
        whenConnected(
                (rt, listener, client, peer) -> {
                    Frame<Void> sending =
                            rt.spawn(
                                    () -> {
                                        Frame.delay(Duration.ofMillis(1)); // the reader is late
                                        sendStream(peer, seed, total, late);
                                    });
                    SplittableRandom content = new SplittableRandom(seed);
                    SplittableRandom random = new SplittableRandom(seed + 1);
                    ByteBuffer into = ByteBuffer.allocateDirect(4096);
                    long got = 0;
                    for (; ; ) {
                        try {
                            Duration tiny = Duration.ofNanos(random.nextInt(100_000));
                            into.clear().limit(random.nextInt(1, into.capacity() + 1));
                            int count = client.recv(into, tiny);
                            if (count < 0) {
                                break;
                            }
                            assertThat(count).isEqualTo(into.position());
                            check(into.flip(), content, got, seed);
                            got += count;
                        } catch (DeadlineExceededException e) {
                            assertThat(into.position()).isZero();
                            late.incrementAndGet();
                        }
                    }
                    sending.join();
                    assertThat(got).as("seed %d", seed).isEqualTo(total);
                    assertThat(late.get()).isPositive();
                });
    }

    /** Sends as much under deadlines of its own, and goes on from the buffer's position. */
    private static void sendStream(Socket socket, long seed, long total, AtomicInteger late)
            throws IOException {
        SplittableRandom content = new SplittableRandom(seed);
        SplittableRandom random = new SplittableRandom(seed + 2);
        for (long left = total; left > 0; ) {
            ByteBuffer chunk = ByteBuffer.allocate((int) Math.min(left, random.nextInt(1, 5000)));
            while (chunk.hasRemaining()) {
                chunk.put((byte) content.nextInt());
            }
            left -= chunk.flip().remaining();
            while (chunk.hasRemaining()) {
                try {
                    Deadline.within(
                            Duration.ofNanos(random.nextInt(100_000)), () -> socket.sendAll(chunk));
                } catch (DeadlineExceededException e) {
                    late.incrementAndGet();
                }
            }
            if (random.nextInt(8) == 0) {
                Frame.delay(Duration.ofNanos(random.nextInt(200_000)));
            }
        }
        socket.shutdownOutput();
    }

    private static void check(ByteBuffer data, SplittableRandom content, long at, long seed) {
        for (int i = 0; data.hasRemaining(); i++) {
            if (data.get() != (byte) content.nextInt()) {
                throw new AssertionError("wrong byte at " + (at + i) + ", seed " + seed);
            }
        }
    }

    @Test
    default void aSendThatWasGivenUpTellsWhatWasSent() throws Exception {
        long seed = Seeds.draw("aSendThatWasGivenUpTellsWhatWasSent");
        byte[] stream = new byte[24 * 1024 * 1024]; // more than the system takes at once
        new SplittableRandom(seed).nextBytes(stream);
        AtomicInteger late = new AtomicInteger();
        AtomicBoolean allSent = new AtomicBoolean();
        whenConnected(
                (rt, listener, client, peer) -> {
                    Frame<byte[]> receiving =
                            rt.spawnCall(
                                    () -> {
                                        while (late.get() < 3 && !allSent.get()) {
                                            Frame.delay(Duration.ofMillis(1));
                                        }
                                        return receiveAll(client, stream.length);
                                    });
                    ByteBuffer from = ByteBuffer.allocateDirect(stream.length).put(stream).flip();
                    while (from.hasRemaining()) {
                        try {
                            Deadline.within(Duration.ofNanos(200_000), () -> peer.sendAll(from));
                        } catch (DeadlineExceededException e) {
                            late.incrementAndGet();
                        }
                    }
                    allSent.set(true);
                    assertThat(receiving.join()).as("seed %d", seed).isEqualTo(stream);
                });
    }

    private static byte[] receiveAll(Socket socket, int length) throws IOException {
        ByteBuffer into = ByteBuffer.allocateDirect(length);
        assertThat(socket.recvAll(into)).isEqualTo(length);
        byte[] received = new byte[length];
        into.flip().get(received);
        return received;
    }

    @Test
    default void tenThousandOperationsAreGivenUpWhileDataArrives() throws Exception {
        long seed = Seeds.draw("tenThousandOperationsAreGivenUpWhileDataArrives");
        int connections = 40;
        int lateEach = 250;
        AtomicLong late = new AtomicLong();
        AtomicLong sent = new AtomicLong();
        AtomicLong got = new AtomicLong();
        inFrame(
                rt -> {
                    try (Socket listener = TransportFixture.listenAnywhere()) {
                        List<Frame<Void>> frames = new ArrayList<>();
                        for (int i = 0; i < connections; i++) {
                            Socket client = TransportFixture.connectTo(listener);
                            Socket peer = listener.accept();
                            long mine = seed + i;
                            AtomicInteger lateHere = new AtomicInteger();
                            frames.add(
                                    rt.spawn(
                                            () -> {
                                                sendPaced(peer, mine, lateHere, lateEach, sent);
                                                late.addAndGet(lateHere.get());
                                            }));
                            frames.add(
                                    rt.spawn(
                                            () -> receiveImpatiently(client, mine, lateHere, got)));
                        }
                        for (Frame<Void> frame : frames) {
                            frame.join();
                        }
                    }
                    assertThat(rt.timersActive()).isZero();
                });
        assertThat(late.get()).isGreaterThanOrEqualTo((long) connections * lateEach);
        assertThat(got.get()).as("seed %d", seed).isPositive().isEqualTo(sent.get());
    }

    /** Sends again some time after the receiver was late again, so that it is, however fast. */
    private static void sendPaced(
            Socket socket, long seed, AtomicInteger late, int lateMin, AtomicLong sent)
            throws IOException {
        try (socket) {
            SplittableRandom content = new SplittableRandom(seed);
            SplittableRandom random = new SplittableRandom(~seed);
            for (int seen = 0; seen < lateMin; seen = late.get()) {
                byte[] chunk = new byte[random.nextInt(1, 400)];
                for (int i = 0; i < chunk.length; i++) {
                    chunk[i] = (byte) content.nextInt();
                }
                socket.sendAll(ByteBuffer.wrap(chunk));
                sent.addAndGet(chunk.length);
                while (late.get() == seen) {
                    Frame.delay(Duration.ofNanos(random.nextInt(50_000)));
                }
            }
        }
    }

    private static void receiveImpatiently(
            Socket socket, long seed, AtomicInteger late, AtomicLong got) throws IOException {
        try (socket) {
            SplittableRandom content = new SplittableRandom(seed);
            SplittableRandom random = new SplittableRandom(seed * 31);
            for (long at = 0; ; ) {
                ByteBuf data;
                try {
                    Duration tiny = Duration.ofNanos(random.nextInt(1, 50_000));
                    data = Deadline.callWithin(tiny, () -> socket.recv());
                } catch (DeadlineExceededException e) {
                    late.incrementAndGet();
                    continue;
                }
                if (data == null) {
                    return;
                }
                int count = data.readableBytes();
                check(data.nioBuffer(), content, at, seed);
                data.release();
                at += count;
                got.addAndGet(count);
            }
        }
    }
}
