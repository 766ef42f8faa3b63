package io.tardy.testsuite;

import static io.tardy.testsuite.TcpContract.sendForEver;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import io.tardy.Deadline;
import io.tardy.Frame;
import io.tardy.FrameFailedException;
import io.tardy.FrameStatus;
import io.tardy.Pooling;
import io.tardy.Scope;
import io.tardy.TardyRuntime;
import io.tardy.aio.CancelledException;
import io.tardy.aio.DeadlineExceededException;
import io.tardy.channel.Spsc;
import io.tardy.net.Socket;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Callable;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicBoolean;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;
import org.junit.jupiter.api.Test;

/** Blocks of calls with a deadline. */
interface DeadlineContract extends ConnectedFixture {

    Duration DAY = Duration.ofDays(1);

    Duration SOON = Duration.ofMillis(3);

    /** A call that would wait for ever. */
    @FunctionalInterface
    interface Wait {
        void call() throws Exception;
    }

    static void assertExceeded(ThrowingCallable call) {
        assertThatExceptionOfType(DeadlineExceededException.class).isThrownBy(call);
    }

    static void assertCauseIs(Class<? extends Exception> type, Frame<?> frame) {
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
        Frame<Void> endless = rt.spawn(() -> Frame.delay(DAY));
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
        waits.put("delay", () -> Frame.delay(DAY));
        waits.put("accept", () -> listener.accept().close());
        waits.put("recv into a buffer", () -> full.recv(ByteBuffer.allocateDirect(16)));
        waits.put("recv", () -> full.recv().release());
        waits.put("recvNext", () -> full.recvNext());
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
            scope.fork(() -> Frame.delay(DAY));
            scope.join();
        }
    }

    private static void cancelAndWait(Frame<Void> endless) throws IOException {
        endless.cancel();
        Frame.delay(DAY);
    }

    private static Void waitForInterrupt() throws InterruptedException {
        new CountDownLatch(1).await();
        return null;
    }

    @Test
    @NotSimulated(NotSimulated.BLOCKS)
    default void everyWaitEndsAtItsDeadlineAndNotBefore() throws Exception {
        whenConnected(
                (rt, listener, client, peer) -> {
                    for (Map.Entry<String, Wait> wait : waits(rt, listener, peer).entrySet()) {
                        int timersBefore = rt.timersActive();
                        long began = TransportFixture.nanoTime();
                        assertThatExceptionOfType(DeadlineExceededException.class)
                                .as(wait.getKey())
                                .isThrownBy(
                                        () -> Deadline.within(SOON, () -> wait.getValue().call()));
                        assertThat(TransportFixture.nanoTime() - began)
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
    @NotSimulated(NotSimulated.BLOCKS)
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
                        Frame.delay(Duration.ZERO);
                        assertThat(rt.timersActive()).isZero();
                    });
        }
    }

    @Test
    default void whatNeedsNoWaitSucceedsWhenItIsTooLate() throws Exception {
        inFrame(
                rt -> {
                    Frame<String> ended = rt.spawnCall(() -> "value");
                    ended.join();
                    Spsc<Integer> channel = new Spsc<>(4);
                    var producer = channel.producer(rt);
                    var consumer = channel.consumer(rt);
                    Deadline.within(
                            Duration.ZERO,
                            () -> {
                                assertExceeded(() -> Frame.delay(Duration.ZERO));
                                assertThat(ended.join()).isEqualTo("value");
                                assertThat(Frame.joinAny(List.of(ended))).isSameAs(ended);
                                producer.send(7);
                                assertThat(consumer.recv()).isEqualTo(7);
                                assertExceeded(consumer::recv);
                                Frame.yield();
                            });
                    Frame.delay(Duration.ZERO);
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
                    Frame<Void> other = rt.spawn(() -> Frame.delay(DAY));
                    assertExceeded(() -> Deadline.within(SOON, () -> rt.spawnAwait(() -> {})));
                    assertExceeded(
                            () -> Deadline.within(Duration.ZERO, () -> rt.spawnAwait(() -> {})));
                    other.cancel();
                    Deadline.callWithin(DAY, () -> rt.spawnAwait(() -> {})).join();
                    assertThat(rt.timersActive()).isZero();
                });
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
                            .isThrownBy(() -> Deadline.within(DAY, () -> Frame.delay(DAY)));
                    assertThat(Thread.interrupted()).isTrue();
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
    @NotSimulated(NotSimulated.BLOCKS)
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
                    Frame.delay(Duration.ofMillis(1));
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
                return Deadline.callWithin(SOON, () -> rt.offload(call));
            } catch (DeadlineExceededException e) {
                if (e.getCause() != null) {
                    throw e;
                }
            }
        }
    }
}
