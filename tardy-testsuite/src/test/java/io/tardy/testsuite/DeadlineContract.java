package io.tardy.testsuite;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.assertj.core.api.Assertions.assertThatIllegalStateException;

import io.netty.buffer.ByteBuf;
import io.tardy.Deadline;
import io.tardy.Frame;
import io.tardy.FrameFailedException;
import io.tardy.FrameStatus;
import io.tardy.Pooling;
import io.tardy.Scope;
import io.tardy.TardyRuntime;
import io.tardy.Timer;
import io.tardy.aio.AsyncOp;
import io.tardy.aio.AsyncSubmission;
import io.tardy.aio.CancelledException;
import io.tardy.aio.DeadlineExceededException;
import io.tardy.aio.Errno;
import io.tardy.aio.Resulted;
import io.tardy.aio.TardyIOException;
import io.tardy.aio.TimerError;
import io.tardy.channel.Spsc;
import io.tardy.net.Socket;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.SplittableRandom;
import java.util.concurrent.Callable;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;
import org.junit.jupiter.api.Test;

/** Blocks of calls with a deadline. */
interface DeadlineContract extends TransportFixture {

    Duration DAY = Duration.ofDays(1);
    Duration SOON = Duration.ofMillis(3);

    /** A call that would wait for ever. */
    @FunctionalInterface
    interface Wait {
        void call() throws Exception;
    }

    private static void assertExceeded(ThrowingCallable call) {
        assertThatExceptionOfType(DeadlineExceededException.class).isThrownBy(call);
    }

    private static void assertCauseIs(Class<? extends Exception> type, Frame<?> frame) {
        assertThatExceptionOfType(FrameFailedException.class)
                .isThrownBy(frame::join)
                .withCauseInstanceOf(type);
    }

    /**
     * Every way to wait, none of which ends by itself.
     *
     * @param full connected to whom neither receives nor sends
     */
    private static Map<String, Wait> waits(TardyRuntime rt, Socket listener, Socket full)
            throws IOException {
        Frame<Void> endless = rt.spawn(() -> Timer.delay(DAY));
        Spsc<Integer> empty = new Spsc<>(4);
        Spsc<Integer>.Consumer emptyEnd = empty.consumer(rt);
        Spsc<Integer> filled = new Spsc<>(4);
        Spsc<Integer>.Producer filledEnd = filled.producer(rt);
        for (int i = 0; i < filled.capacity(); i++) {
            filledEnd.send(i);
        }
        ByteBuffer message = ByteBuffer.allocateDirect(65536);
        assertExceeded(() -> Deadline.within(SOON, () -> sendForEver(full)));

        Map<String, Wait> waits = new LinkedHashMap<>();
        waits.put("delay", () -> Timer.delay(DAY));
        waits.put("accept", () -> listener.accept().close());
        waits.put("recv into a buffer", () -> full.recv(ByteBuffer.allocateDirect(16)));
        waits.put("recv", () -> full.recv().release());
        waits.put("recvAll", () -> full.recvAll(ByteBuffer.allocate(16)));
        // A full socket may yet take a little more: the system finds room in its own time.
        waits.put(
                "send",
                () -> {
                    for (; ; ) {
                        full.send(message.clear());
                    }
                });
        waits.put(
                "sendAll",
                () -> {
                    for (; ; ) {
                        full.sendAll(message.clear());
                    }
                });
        waits.put("triggerAwait", () -> rt.scheduler().triggerAwait());
        waits.put("join", endless::join);
        waits.put("joinAny", () -> Frame.joinAny(List.of(endless, endless)));
        waits.put("channel recv", emptyEnd::recv);
        waits.put("channel send", () -> filledEnd.send(0));
        waits.put("offload", () -> rt.offload(() -> waitForInterrupt()));
        waits.put("scope join", () -> joinEndlessScope());
        waits.put("end of the test", () -> cancelAndWait(endless));
        return waits;
    }

    private static void joinEndlessScope() throws IOException {
        try (Scope scope = Scope.open()) {
            scope.fork(() -> Timer.delay(DAY));
            scope.join();
        }
    }

    private static void cancelAndWait(Frame<Void> endless) throws IOException {
        endless.cancel();
        Timer.delay(DAY);
    }

    private static Void waitForInterrupt() throws InterruptedException {
        new CountDownLatch(1).await();
        return null;
    }

    private static void sendForEver(Socket socket) throws IOException {
        ByteBuffer chunk = ByteBuffer.allocateDirect(65536);
        for (; ; ) {
            socket.sendAll(chunk.clear());
        }
    }

    /** Two connected sockets and their listener, closed afterwards. */
    @FunctionalInterface
    interface Connected {
        void use(TardyRuntime rt, Socket listener, Socket client, Socket peer) throws Exception;
    }

    default void whenConnected(Connected body) throws Exception {
        inFrame(
                rt -> {
                    try (Socket listener = TransportFixture.listenAnywhere();
                            Socket client = TransportFixture.connectTo(listener);
                            Socket peer = listener.accept()) {
                        body.use(rt, listener, client, peer);
                    }
                });
    }

    @Test
    default void everyWaitEndsAtItsDeadlineAndNotBefore() throws Exception {
        whenConnected(
                (rt, listener, client, peer) -> {
                    for (Map.Entry<String, Wait> wait : waits(rt, listener, peer).entrySet()) {
                        int timersBefore = rt.timersActive();
                        long began = System.nanoTime();
                        assertThatExceptionOfType(DeadlineExceededException.class)
                                .as(wait.getKey())
                                .isThrownBy(
                                        () -> Deadline.within(SOON, () -> wait.getValue().call()));
                        assertThat(System.nanoTime() - began)
                                .as(wait.getKey())
                                .isGreaterThanOrEqualTo(SOON.toNanos());
                        assertThat(rt.timersActive())
                                .as(wait.getKey())
                                .isLessThanOrEqualTo(timersBefore);
                    }
                    assertThat(rt.timersActive()).isZero();
                    assertThat(rt.tasks()).isEqualTo(1);
                });
    }

    @Test
    default void aDeadlineThatHasPassedFailsEveryWaitAtOnce() throws Exception {
        for (Duration passed : List.of(Duration.ZERO, Duration.ofNanos(-1), DAY.negated())) {
            whenConnected(
                    (rt, listener, client, peer) -> {
                        Map<String, Wait> waits = waits(rt, listener, peer);
                        for (Map.Entry<String, Wait> wait : waits.entrySet()) {
                            assertThatExceptionOfType(DeadlineExceededException.class)
                                    .as(wait.getKey())
                                    .isThrownBy(
                                            () ->
                                                    Deadline.within(
                                                            passed, () -> wait.getValue().call()));
                        }
                        Frame.yield(); // the endless frame takes notice of its cancellation
                        Timer.delay(Duration.ZERO);
                        assertThat(rt.timersActive()).isZero();
                    });
        }
    }

    @Test
    default void whatNeedsNoWaitSucceedsWhenItIsTooLate() throws Exception {
        inFrame(
                rt -> {
                    Frame<String> ended = rt.spawn(() -> "value");
                    ended.join();
                    Spsc<Integer> channel = new Spsc<>(4);
                    var producer = channel.producer(rt);
                    var consumer = channel.consumer(rt);
                    Deadline.within(
                            Duration.ZERO,
                            () -> {
                                assertExceeded(() -> Timer.delay(Duration.ZERO));
                                assertThat(ended.join()).isEqualTo("value");
                                assertThat(Frame.joinAny(List.of(ended))).isSameAs(ended);
                                producer.send(7);
                                assertThat(consumer.recv()).isEqualTo(7);
                                assertExceeded(consumer::recv);
                                Frame.yield();
                            });
                    Timer.delay(Duration.ZERO);
                });
    }

    @Test
    default void connectingToWhomDoesNotAnswerEndsAtItsDeadline() throws Exception {
        inFrame(
                rt -> {
                    List<Socket> sockets = new ArrayList<>();
                    try (Socket listener = Socket.tcp("127.0.0.1", 0).bind().listen(1)) {
                        int port = TransportFixture.port(listener);
                        // Nobody accepts: the first few find room in the backlog.
                        assertExceeded(
                                () -> {
                                    for (int i = 0; i < 200; i++) {
                                        Socket socket = Socket.tcp("127.0.0.1", port);
                                        sockets.add(socket);
                                        socket.connect(Duration.ofMillis(20));
                                    }
                                });
                        assertThat(rt.timersActive()).isZero();
                    } finally {
                        for (Socket socket : sockets) {
                            socket.close();
                        }
                    }
                });
    }

    @Test
    default void aFullPoolOfTasksIsAwaitedUntilTheDeadline() throws Exception {
        inFrame(
                tardy().pooling(Pooling.STATIC).tasksInitial(2),
                rt -> {
                    Frame<Void> other = rt.spawn(() -> Timer.delay(DAY));
                    assertExceeded(() -> Deadline.within(SOON, () -> rt.spawnAwait(() -> {})));
                    assertExceeded(
                            () -> Deadline.within(Duration.ZERO, () -> rt.spawnAwait(() -> {})));
                    other.cancel();
                    Deadline.within(DAY, () -> rt.spawnAwait(() -> {})).join();
                    assertThat(rt.timersActive()).isZero();
                });
    }

    @Test
    default void theNearerDeadlineCountsAndAfterTheInnerBlockTheOuterAgain() throws Exception {
        inFrame(
                rt -> {
                    long began = System.nanoTime();
                    assertExceeded(
                            () ->
                                    Deadline.within(
                                            Duration.ofMillis(10),
                                            () -> {
                                                assertExceeded(
                                                        () ->
                                                                Deadline.within(
                                                                        Duration.ofMillis(1),
                                                                        () -> Timer.delay(DAY)));
                                                Timer.delay(Duration.ZERO); // the outer has time
                                                rt.scheduler().triggerAwait();
                                            }));
                    assertThat(System.nanoTime() - began).isGreaterThanOrEqualTo(10_000_000);
                    assertThat(rt.timersActive()).isZero();
                });
    }

    @Test
    default void anInnerBlockCannotExtendTheOuter() throws Exception {
        inFrame(
                rt -> {
                    assertExceeded(
                            () ->
                                    Deadline.within(
                                            SOON,
                                            () -> Deadline.within(DAY, () -> Timer.delay(DAY))));
                    assertThat(rt.timersActive()).isZero();

                    // Both pass while the frame is in the inner one: the outer is known to be late.
                    Deadline.within(
                            Duration.ofMillis(2),
                            () -> {
                                long began = System.nanoTime();
                                Deadline.within(
                                        Duration.ofMillis(1),
                                        () -> {
                                            while (System.nanoTime() - began < 2_000_000) {
                                                Frame.yield();
                                            }
                                            Frame.yield(); // a whole turn of the loop
                                            assertExceeded(() -> Timer.delay(DAY));
                                        });
                                assertExceeded(() -> Timer.delay(Duration.ZERO));
                            });
                    Timer.delay(Duration.ZERO);
                    assertThat(rt.timersActive()).isZero();
                });
    }

    @Test
    default void aBlockHasOneTimerAndItsEndRemovesIt() throws Exception {
        inFrame(
                rt -> {
                    int value =
                            Deadline.within(
                                    DAY,
                                    () -> {
                                        assertThat(rt.timersActive()).isEqualTo(1);
                                        for (int i = 0; i < 1000; i++) {
                                            Deadline.within(
                                                    Duration.ofDays(2),
                                                    () ->
                                                            assertThat(rt.timersActive())
                                                                    .isEqualTo(1));
                                            Frame.yield();
                                        }
                                        return 42;
                                    });
                    assertThat(value).isEqualTo(42);
                    assertThat(rt.timersActive()).isZero();
                    assertThatExceptionOfType(InterruptedException.class)
                            .isThrownBy(
                                    () ->
                                            Deadline.within(
                                                    DAY,
                                                    () -> {
                                                        throw new InterruptedException("body's");
                                                    }))
                            .withMessage("body's");
                    assertThat(rt.timersActive()).isZero();
                    Deadline.within(Duration.ofSeconds(Long.MAX_VALUE), () -> Timer.delay(SOON));
                    assertThat(rt.timersActive()).isZero();
                });
    }

    @Test
    default void outsideOfAFrameThereIsNothingToGiveUp() throws Exception {
        assertThatIllegalStateException()
                .isThrownBy(() -> Deadline.within(DAY, () -> {}))
                .withMessageContaining("rt.spawn");
        assertThatIllegalStateException()
                .isThrownBy(() -> Scope.open(DAY))
                .withMessageContaining("rt.spawn");
    }

    @Test
    default void theOutcomeSaysThatItWasForADeadline() throws Exception {
        inFrame(
                rt ->
                        Deadline.within(
                                SOON,
                                () -> {
                                    for (int i = 0; i < 2; i++) { // given up, then refused
                                        assertThat(
                                                        TardyRuntime.ioAwait(
                                                                new AsyncSubmission.Timer(
                                                                        Long.MAX_VALUE)))
                                                .isEqualTo(
                                                        new Resulted.Err<Void, TimerError>(
                                                                AsyncOp.TIMER,
                                                                TimerError.CANCELED,
                                                                Errno.ETIME.number()));
                                    }
                                    assertThatExceptionOfType(TardyIOException.class)
                                            .isThrownBy(() -> Timer.delay(DAY))
                                            .withMessage(
                                                    "timer failed: CANCELED (ETIME, errno %d)",
                                                    Errno.ETIME.number());
                                }));
    }

    @Test
    default void cancellingBeatsTheDeadline() throws Exception {
        whenConnected(
                (rt, listener, client, peer) -> {
                    for (Map.Entry<String, Wait> wait : waits(rt, listener, peer).entrySet()) {
                        for (Duration duration : List.of(Duration.ZERO, DAY)) {
                            Frame<Void> cancelled =
                                    rt.spawn(
                                            wait.getKey(),
                                            () ->
                                                    Deadline.within(
                                                            duration,
                                                            () -> wait.getValue().call()));
                            cancelled.cancel();
                            assertCauseIs(CancelledException.class, cancelled);
                            assertThat(cancelled.status()).isEqualTo(FrameStatus.CANCELLED);
                        }
                    }
                    Thread.currentThread().interrupt();
                    assertThatExceptionOfType(CancelledException.class)
                            .isThrownBy(() -> Deadline.within(DAY, () -> Timer.delay(DAY)));
                    assertThat(Thread.interrupted()).isTrue();
                    assertThat(rt.timersActive()).isZero();
                });
    }

    @Test
    default void aCancelledFrameInABlockLeavesNoTimer() throws Exception {
        inFrame(
                rt -> {
                    Frame<Void> waiting =
                            rt.spawn(() -> Deadline.within(DAY, () -> Timer.delay(DAY)));
                    Timer.delay(Duration.ofMillis(1));
                    assertThat(rt.timersActive()).isEqualTo(2);
                    waiting.cancel();
                    assertCauseIs(CancelledException.class, waiting);
                    assertThat(rt.timersActive()).isZero();
                });
    }

    @Test
    default void closingWorksWhenItIsTooLate() throws Exception {
        whenConnected(
                (rt, listener, client, peer) -> {
                    Deadline.within(
                            Duration.ZERO,
                            () -> {
                                assertExceeded(() -> client.recv());
                                client.close();
                            });
                    assertThat(peer.recv()).isNull();
                    assertExceeded(
                            () ->
                                    Deadline.within(
                                            SOON,
                                            () -> {
                                                try (listener) {
                                                    listener.accept().close();
                                                }
                                            }));
                    assertThat(listener.isClosed()).isTrue();
                });
    }

    @Test
    default void aConnectionThatCameAfterTheDeadlineIsAcceptedByTheNextCall() throws Exception {
        inFrame(
                rt -> {
                    try (Socket listener = TransportFixture.listenAnywhere()) {
                        assertExceeded(() -> Deadline.within(SOON, () -> listener.accept()));
                        try (Socket client = TransportFixture.connectTo(listener)) {
                            Timer.delay(Duration.ofMillis(1));
                            assertExceeded(
                                    () -> Deadline.within(Duration.ZERO, () -> listener.accept()));
                            try (Socket peer = Deadline.within(DAY, () -> listener.accept())) {
                                assertThat(peer.remoteAddress()).isEqualTo(client.localAddress());
                            }
                        }
                    }
                });
    }

    @Test
    default void aTriggerIsNotLostToADeadline() throws Exception {
        inFrame(
                rt -> {
                    long task = rt.scheduler().currentTask();
                    rt.trigger(task);
                    assertExceeded(
                            () ->
                                    Deadline.within(
                                            Duration.ZERO, () -> rt.scheduler().triggerAwait()));
                    rt.scheduler().triggerAwait();

                    assertExceeded(
                            () -> Deadline.within(SOON, () -> rt.scheduler().triggerAwait()));
                    rt.spawn(() -> rt.trigger(task));
                    Deadline.within(DAY, () -> rt.scheduler().triggerAwait());
                    assertExceeded(
                            () -> Deadline.within(SOON, () -> rt.scheduler().triggerAwait()));
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
    default void joinUnderManyDeadlinesEndsWithTheValue() throws Exception {
        inFrame(
                rt -> {
                    AtomicInteger late = new AtomicInteger();
                    Frame<String> slow =
                            rt.spawn(
                                    () -> {
                                        while (late.get() < 100) {
                                            Timer.delay(Duration.ofNanos(100_000));
                                        }
                                        return "value";
                                    });
                    String value = null;
                    while (value == null) {
                        try {
                            value = Deadline.within(Duration.ofNanos(20_000), () -> slow.join());
                        } catch (DeadlineExceededException e) {
                            late.incrementAndGet();
                        }
                    }
                    assertThat(value).isEqualTo("value");
                    assertThat(late.get()).isGreaterThanOrEqualTo(100);
                });
    }

    @Test
    default void anOffloadedCallIsInterruptedAndItsEndAwaited() throws Exception {
        AtomicBoolean ended = new AtomicBoolean();
        inFrame(
                tardy().offloadThreadsMax(1),
                rt -> {
                    assertThatExceptionOfType(DeadlineExceededException.class)
                            .isThrownBy(() -> offloadBriefly(rt, () -> waitForInterrupt()))
                            .withCauseInstanceOf(InterruptedException.class);
                    String value =
                            offloadBriefly(
                                    rt,
                                    () -> {
                                        try {
                                            waitForInterrupt();
                                        } catch (InterruptedException e) {
                                            ended.set(true);
                                        }
                                        return "all the same";
                                    });
                    assertThat(value).isEqualTo("all the same");
                    assertThat(ended).isTrue();

                    CountDownLatch busy = new CountDownLatch(1);
                    Frame<Void> only =
                            rt.spawn(
                                    () ->
                                            rt.offload(
                                                    () -> {
                                                        busy.await();
                                                        return null;
                                                    }));
                    Timer.delay(Duration.ofMillis(1));
                    AtomicBoolean began = new AtomicBoolean();
                    assertThatExceptionOfType(DeadlineExceededException.class)
                            .isThrownBy(
                                    () ->
                                            Deadline.within(
                                                    SOON,
                                                    () -> rt.offload(() -> began.getAndSet(true))))
                            .withNoCause();
                    busy.countDown();
                    only.join();
                    assertThat(began).isFalse();
                    assertThatExceptionOfType(IOException.class)
                            .isThrownBy(
                                    () ->
                                            Deadline.within(
                                                    DAY,
                                                    () ->
                                                            rt.offload(
                                                                    () -> {
                                                                        throw new IOException(
                                                                                "its own");
                                                                    })))
                            .withMessage("its own");
                });
    }

    /** Again and again, until a thread of the pool has begun with it before it is too late. */
    private static <T> T offloadBriefly(TardyRuntime rt, Callable<T> call) throws Exception {
        for (; ; ) {
            try {
                return Deadline.within(SOON, () -> rt.offload(call));
            } catch (DeadlineExceededException e) {
                if (e.getCause() != null) {
                    throw e;
                }
            }
        }
    }

    @Test
    default void thousandsOfDeadlinesPassAtOnce() throws Exception {
        AtomicInteger late = new AtomicInteger();
        inFrame(
                rt -> {
                    List<Frame<Void>> frames = new ArrayList<>();
                    for (int i = 0; i < 6000; i++) {
                        int kind = i % 3;
                        frames.add(
                                rt.spawn(
                                        () -> {
                                            try {
                                                Deadline.within(SOON, () -> waitFor(rt, kind));
                                            } catch (DeadlineExceededException e) {
                                                late.incrementAndGet();
                                            }
                                        }));
                    }
                    for (Frame<Void> frame : frames) {
                        frame.join();
                    }
                    assertThat(rt.timersActive()).isZero();
                });
        assertThat(late).hasValue(6000);
    }

    private static void waitFor(TardyRuntime rt, int kind) throws IOException {
        switch (kind) {
            case 0 -> Timer.delay(DAY);
            case 1 -> rt.scheduler().triggerAwait();
            default -> new Spsc<Integer>(4).consumer(rt).recv();
        }
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
                                        Timer.delay(Duration.ofMillis(1)); // the reader is late
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
                Timer.delay(Duration.ofNanos(random.nextInt(200_000)));
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
                            rt.spawn(
                                    () -> {
                                        while (late.get() < 3 && !allSent.get()) {
                                            Timer.delay(Duration.ofMillis(1));
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
                    Timer.delay(Duration.ofNanos(random.nextInt(50_000)));
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
                    data = Deadline.within(tiny, () -> socket.recv());
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
