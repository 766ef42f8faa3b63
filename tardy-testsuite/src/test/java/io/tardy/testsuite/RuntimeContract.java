package io.tardy.testsuite;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.assertj.core.api.Assertions.assertThatIllegalStateException;

import io.tardy.Frame;
import io.tardy.FrameFailedException;
import io.tardy.FrameStatus;
import io.tardy.Pooling;
import io.tardy.Tardy;
import io.tardy.TardyEntry;
import io.tardy.TardyRuntime;
import io.tardy.TaskPoolFullException;
import io.tardy.TaskState;
import io.tardy.Timer;
import io.tardy.aio.AsyncOp;
import io.tardy.aio.CancelledException;
import io.tardy.net.Socket;
import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.NoSuchElementException;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicReference;
import org.junit.jupiter.api.Test;

/** Entries, runtimes, tasks and frames. */
interface RuntimeContract extends TransportFixture {

    @Test
    default void entryCallsTheFunctionOnceOnEachRuntimesThread() {
        Queue<String> calls = new ConcurrentLinkedQueue<>();
        try (Tardy tardy = tardy(2).threadName("tardy-x").build()) {
            tardy.entry(
                    calls,
                    (rt, queue) -> {
                        assertThat(TardyRuntime.current()).isSameAs(rt);
                        queue.add(rt.id() + " on " + Thread.currentThread().getName());
                    });
        }
        assertThat(calls).containsExactlyInAnyOrder("0 on tardy-x-0", "1 on tardy-x-1");
    }

    @Test
    default void aFailingEntryFunctionIsRethrownAndTheOthersAreSuppressed() {
        try (Tardy tardy = tardy(2).build()) {
            assertThatExceptionOfType(IOException.class)
                    .isThrownBy(
                            () ->
                                    tardy.entry(
                                            "x",
                                            (rt, x) -> {
                                                throw new IOException("runtime " + rt.id());
                                            }))
                    .withMessage("runtime 0")
                    .satisfies(
                            e ->
                                    assertThat(e.getSuppressed())
                                            .singleElement()
                                            .extracting(Throwable::getMessage)
                                            .isEqualTo("runtime 1"));
        }
    }

    @Test
    default void aFailingEntryFunctionStopsItsRuntimeAndNoOther() {
        Queue<String> ends = new ConcurrentLinkedQueue<>();
        CountDownLatch cancelled = new CountDownLatch(1);
        try (Tardy tardy = tardy(2).build()) {
            assertThatIllegalStateException()
                    .isThrownBy(
                            () ->
                                    tardy.entry(
                                            ends,
                                            (rt, queue) -> {
                                                if (rt.id() == 0) {
                                                    rt.spawn(() -> waitForCancel(cancelled));
                                                    throw new IllegalStateException("no");
                                                }
                                                rt.spawn(
                                                        () -> {
                                                            cancelled.await();
                                                            queue.add("the other went on");
                                                        });
                                            }));
        }
        assertThat(ends).containsExactly("the other went on");
    }

    private static void waitForCancel(CountDownLatch cancelled) throws IOException {
        try {
            Timer.delay(Duration.ofDays(1));
        } finally {
            cancelled.countDown();
        }
    }

    @Test
    default void aRuntimeEndsWhenItsLastTaskHasEnded() {
        AtomicInteger ended = new AtomicInteger();
        AtomicReference<TardyRuntime> runtime = new AtomicReference<>();
        try (Tardy tardy = tardy().build()) {
            tardy.entry(
                    runtime,
                    (rt, holder) -> {
                        holder.set(rt);
                        for (int i = 0; i < 100; i++) {
                            rt.spawn(
                                    () -> {
                                        Timer.delay(Duration.ofMillis(1));
                                        ended.incrementAndGet();
                                    });
                        }
                    });
        }
        assertThat(ended).hasValue(100);
        assertThat(runtime.get().isRunning()).isFalse();
        assertThat(runtime.get().tasks()).isZero();
        assertThatExceptionOfType(RejectedExecutionException.class)
                .isThrownBy(() -> runtime.get().spawn(() -> {}))
                .withMessageContaining("has ended");
        runtime.get().wake();
        runtime.get().stop();
        runtime.get().trigger(0);
    }

    @Test
    default void anEntryInNewThreadIsAwaitedAndStopped() throws Exception {
        try (Tardy tardy = tardy(2).build()) {
            CountDownLatch waiting = new CountDownLatch(2);
            TardyEntry<RuntimeException> entry =
                    tardy.entryInNewThread(
                            waiting,
                            (rt, latch) ->
                                    rt.spawn(
                                            () -> {
                                                latch.countDown();
                                                Timer.delay(Duration.ofDays(1));
                                            }));
            waiting.await();
            assertThat(entry.await(Duration.ofMillis(1))).isFalse();
            assertThat(entry.runtimes()).allMatch(TardyRuntime::isRunning);
            assertThatIllegalStateException()
                    .isThrownBy(() -> tardy.entryInNewThread("x", (rt, x) -> {}))
                    .withMessageContaining("runs already");
            entry.stop();
            entry.await();
            assertThat(entry.runtimes()).noneMatch(TardyRuntime::isRunning);
        }
    }

    @Test
    default void closeStopsWhatRuns() throws Exception {
        Tardy tardy = tardy().build();
        AtomicReference<Throwable> seen = new AtomicReference<>();
        CountDownLatch waiting = new CountDownLatch(1);
        tardy.entryInNewThread(
                waiting,
                (rt, latch) ->
                        rt.spawn(
                                () -> {
                                    latch.countDown();
                                    try {
                                        Timer.delay(Duration.ofDays(1));
                                    } catch (CancelledException e) {
                                        seen.set(e);
                                    }
                                }));
        waiting.await();
        tardy.close();
        assertThat(seen.get()).isInstanceOf(CancelledException.class);
        assertThatIllegalStateException().isThrownBy(() -> tardy.entry("x", (rt, x) -> {}));
    }

    @Test
    default void aFrameThatIgnoresItsCancellationIsLeftBehindAfterTheStopTimeout() {
        AtomicBoolean abandoned = new AtomicBoolean();
        AtomicReference<Frame<Void>> stubborn = new AtomicReference<>();
        try (Tardy tardy = tardy().stopTimeout(Duration.ofMillis(50)).build()) {
            tardy.entry(
                    stubborn,
                    (rt, holder) -> {
                        holder.set(rt.spawn("stubborn", () -> ignoreCancellation(abandoned)));
                        rt.stop();
                    });
            assertThatExceptionOfType(FrameFailedException.class)
                    .isThrownBy(() -> stubborn.get().join())
                    .withCauseInstanceOf(RejectedExecutionException.class);
        } finally {
            abandoned.set(true);
        }
    }

    private static void ignoreCancellation(AtomicBoolean abandoned) {
        while (!abandoned.get()) {
            try {
                Frame.yield();
            } catch (CancelledException e) {
                assertThat(e.operation()).isEqualTo("yield");
            }
        }
    }

    @Test
    default void joinReturnsTheValueToAFrameOfThisAndOfAnotherRuntimeAndToAThread()
            throws Exception {
        AtomicReference<Frame<String>> made = new AtomicReference<>();
        CountDownLatch spawned = new CountDownLatch(1);
        Queue<String> values = new ConcurrentLinkedQueue<>();
        inFrame(
                tardy(2),
                rt -> {
                    if (rt.id() == 0) {
                        made.set(
                                rt.spawn(
                                        () -> {
                                            Timer.delay(Duration.ofMillis(5));
                                            return "value";
                                        }));
                        spawned.countDown();
                    } else {
                        spawned.await();
                    }
                    values.add(made.get().join());
                });
        values.add(made.get().join());
        assertThat(values).containsExactly("value", "value", "value");
        assertThat(made.get().status()).isEqualTo(FrameStatus.SUCCEEDED);
    }

    @Test
    default void aFrameThatThrowsFailsAlone() throws Exception {
        Queue<String> uncaught = new ConcurrentLinkedQueue<>();
        inFrame(
                tardy().uncaughtFrame((frame, e) -> uncaught.add(frame.name() + ": " + e)),
                rt -> {
                    Frame<Void> failing =
                            rt.spawn(
                                    "failing",
                                    () -> {
                                        throw new IOException("broken");
                                    });
                    Frame<Integer> other =
                            rt.spawn(
                                    () -> {
                                        Timer.delay(Duration.ofMillis(2));
                                        return 1;
                                    });
                    assertThat(other.join()).isEqualTo(1);
                    assertThat(failing.status()).isEqualTo(FrameStatus.FAILED);
                    assertThatExceptionOfType(FrameFailedException.class)
                            .isThrownBy(failing::join)
                            .withCauseInstanceOf(IOException.class)
                            .withMessageContaining("failing");
                    assertThat(rt.framesFailed()).isEqualTo(1);
                });
        assertThat(uncaught).containsExactly("failing: java.io.IOException: broken");
    }

    @Test
    default void aHandlerThatThrowsDoesNotHurtTheRuntime() throws Exception {
        inFrame(
                tardy().uncaughtFrame(
                                (frame, e) -> {
                                    throw new IllegalArgumentException("handler");
                                }),
                rt -> {
                    rt.spawn(
                            () -> {
                                throw new IOException("broken");
                            });
                    Timer.delay(Duration.ofMillis(2));
                    assertThat(rt.tasks()).isEqualTo(1);
                });
    }

    @Test
    default void aDeepRecursionFailsItsFrameOnly() throws Exception {
        inFrame(
                rt -> {
                    Frame<Integer> deep = rt.spawn(() -> recurse(0));
                    assertThatExceptionOfType(FrameFailedException.class)
                            .isThrownBy(deep::join)
                            .withCauseInstanceOf(StackOverflowError.class);
                    assertThat(rt.spawn(() -> "alive").join()).isEqualTo("alive");
                });
    }

    @SuppressWarnings("InfiniteRecursion")
    private static int recurse(int depth) {
        return recurse(depth + 1) + 1;
    }

    @Test
    default void everyWaitOfAFrameCanBeCancelled() throws Exception {
        inFrame(
                rt -> {
                    try (Socket listener = TransportFixture.listenAnywhere();
                            Socket client = TransportFixture.connectTo(listener);
                            Socket peer = listener.accept()) {
                        List<Frame<?>> frames =
                                List.of(
                                        rt.spawn(() -> Timer.delay(Duration.ofDays(1))),
                                        rt.spawn(() -> listener.accept().close()),
                                        rt.spawn(() -> client.recv().release()),
                                        rt.spawn(() -> rt.scheduler().triggerAwait()),
                                        rt.spawn(() -> yieldForEver()),
                                        rt.spawn(() -> peer.recv().release()));
                        Timer.delay(Duration.ofMillis(5));
                        frames.forEach(Frame::cancel);
                        for (Frame<?> frame : frames) {
                            assertThatExceptionOfType(FrameFailedException.class)
                                    .isThrownBy(frame::join)
                                    .withCauseInstanceOf(CancelledException.class);
                            assertThat(frame.status()).isEqualTo(FrameStatus.CANCELLED);
                        }
                        assertThat(rt.framesFailed()).isZero();
                    }
                });
    }

    private static void yieldForEver() throws CancelledException {
        for (; ; ) {
            Frame.yield();
        }
    }

    @Test
    default void aCancelledFrameStillClosesWhatItHolds() throws Exception {
        inFrame(
                rt -> {
                    try (Socket listener = TransportFixture.listenAnywhere()) {
                        AtomicBoolean closed = new AtomicBoolean();
                        Frame<Void> holder =
                                rt.spawn(
                                        () -> {
                                            Socket peer = listener.accept();
                                            try (peer) {
                                                peer.recv().release();
                                            }
                                        });
                        Socket client = TransportFixture.connectTo(listener);
                        Timer.delay(Duration.ofMillis(5));
                        holder.cancel();
                        try (client) {
                            closed.set(client.recv() == null);
                        }
                        assertThat(closed).isTrue();
                    }
                });
    }

    @Test
    default void aFrameThatIsCancelledBeforeItBeginsStillRunsAndSeesItAtItsFirstWait()
            throws Exception {
        AtomicBoolean began = new AtomicBoolean();
        inFrame(
                rt -> {
                    Frame<Void> frame =
                            rt.spawn(
                                    () -> {
                                        began.set(true);
                                        Timer.delay(Duration.ZERO);
                                    });
                    frame.cancel();
                    assertThatExceptionOfType(FrameFailedException.class)
                            .isThrownBy(frame::join)
                            .withCauseInstanceOf(CancelledException.class);
                });
        assertThat(began).isTrue();
    }

    @Test
    default void aFrameThatIsCancelledBeforeItHasATaskIsCancelledAllTheSame() throws Exception {
        inFrame(
                rt -> {
                    AtomicReference<Frame<Void>> spawned = new AtomicReference<>();
                    Thread.ofPlatform()
                            .start(
                                    () ->
                                            spawned.set(
                                                    rt.spawn(
                                                            () ->
                                                                    Timer.delay(
                                                                            Duration.ofDays(1)))));
                    // Without giving way: the runtime cannot begin with the frame meanwhile.
                    while (spawned.get() == null) {
                        Thread.onSpinWait();
                    }
                    spawned.get().cancel();
                    assertThatExceptionOfType(FrameFailedException.class)
                            .isThrownBy(() -> spawned.get().join())
                            .withCauseInstanceOf(CancelledException.class);
                });
    }

    @Test
    default void anInterruptedFrameIsCancelledForThatWaitOnly() throws Exception {
        inFrame(
                rt -> {
                    Thread.currentThread().interrupt();
                    assertThatExceptionOfType(CancelledException.class)
                            .isThrownBy(() -> Timer.delay(Duration.ofDays(1)));
                    assertThat(Thread.interrupted()).isTrue();
                    Timer.delay(Duration.ZERO);

                    Thread waiting = Thread.currentThread();
                    rt.spawn(waiting::interrupt);
                    assertThatExceptionOfType(CancelledException.class)
                            .isThrownBy(() -> Timer.delay(Duration.ofDays(1)));
                    assertThat(Thread.interrupted()).isTrue();
                    assertThat(rt.timersActive()).isZero();
                });
    }

    @Test
    default void waitingOutsideOfAFrameSaysWhatToDo() throws Exception {
        assertThatIllegalStateException()
                .isThrownBy(() -> Timer.delay(Duration.ofMillis(1)))
                .withMessageContaining("rt.spawn");
        assertThatIllegalStateException()
                .isThrownBy(Frame::yield)
                .withMessageContaining("rt.spawn");
        try (Tardy tardy = tardy().build()) {
            tardy.entry(
                    "x",
                    (rt, x) -> {
                        Frame<Void> frame = rt.spawn(() -> {});
                        assertThatIllegalStateException()
                                .isThrownBy(() -> Timer.delay(Duration.ofMillis(1)))
                                .withMessageContaining("rt.spawn");
                        assertThatIllegalStateException().isThrownBy(frame::join);
                    });
        }
    }

    @Test
    default void aStaticPoolRefusesWhatIsTooMuchAndSpawnAwaitWaits() throws Exception {
        inFrame(
                tardy().pooling(Pooling.STATIC).tasksInitial(3),
                rt -> {
                    Frame<Void> first = rt.spawn(() -> rt.scheduler().triggerAwait());
                    Frame<Void> second = rt.spawn(() -> rt.scheduler().triggerAwait());
                    assertThatExceptionOfType(TaskPoolFullException.class)
                            .isThrownBy(() -> rt.spawn(() -> {}))
                            .withMessageContaining("tasksInitial");
                    assertThat(rt.tasks()).isEqualTo(3);
                    first.cancel();
                    Frame<Void> third = rt.spawnAwait(() -> {});
                    third.join();
                    second.cancel();
                });
    }

    @Test
    default void spawnsFromOtherThreadsRunOnTheRuntime() throws Exception {
        try (Tardy tardy = tardy().build()) {
            CountDownLatch done = new CountDownLatch(1);
            TardyEntry<RuntimeException> entry =
                    tardy.entryInNewThread(
                            "x", (rt, x) -> rt.spawn(() -> rt.scheduler().triggerAwait()));
            TardyRuntime runtime = entry.runtimes().get(0);
            List<Frame<String>> frames = new ArrayList<>();
            for (int i = 0; i < 1000; i++) {
                frames.add(runtime.spawn(() -> TardyRuntime.current().toString()));
            }
            for (Frame<String> frame : frames) {
                assertThat(frame.join()).isEqualTo(runtime.toString());
            }
            done.countDown();
            entry.stop();
            entry.await();
        }
    }

    @Test
    default void aTriggerBeforeTheWaitIsNotLostAndSeveralCountAsOne() throws Exception {
        inFrame(
                rt -> {
                    long task = rt.scheduler().currentTask();
                    rt.trigger(task);
                    rt.trigger(task);
                    rt.scheduler().triggerAwait();
                    rt.spawn(() -> rt.trigger(task));
                    rt.scheduler().triggerAwait();
                });
    }

    @Test
    default void triggersFromOtherThreadsAreNotLost() throws Exception {
        int rounds = 10_000;
        AtomicInteger turn = new AtomicInteger();
        inFrame(
                rt -> {
                    long task = rt.scheduler().currentTask();
                    Thread other =
                            Thread.ofPlatform()
                                    .start(
                                            () -> {
                                                for (int i = 0; i < rounds; i++) {
                                                    while (turn.get() != i) {
                                                        Thread.onSpinWait();
                                                    }
                                                    rt.trigger(task);
                                                }
                                            });
                    for (int i = 0; i < rounds; i++) {
                        rt.scheduler().triggerAwait();
                        turn.incrementAndGet();
                    }
                    other.join();
                });
        assertThat(turn).hasValue(rounds);
    }

    @Test
    default void aStaleIndexNeverWakesTheTaskThatHasItsSlotNow() throws Exception {
        inFrame(
                tardy().pooling(Pooling.STATIC).tasksInitial(2),
                rt -> {
                    long stale = rt.spawn(() -> rt.scheduler().currentTask()).join();
                    AtomicBoolean woken = new AtomicBoolean();
                    Frame<Long> next =
                            rt.spawn(
                                    () -> {
                                        long index = rt.scheduler().currentTask();
                                        rt.scheduler().triggerAwait();
                                        woken.set(true);
                                        return index;
                                    });
                    Timer.delay(Duration.ofMillis(1));
                    rt.trigger(stale);
                    Timer.delay(Duration.ofMillis(2));
                    assertThat(woken).isFalse();
                    assertThat(rt.tasks(TaskState.WAIT_FOR_TRIGGER)).isEqualTo(1);
                    // The same slot, so the test does test something; the index differs above it.
                    rt.trigger(stale + (1L << 32));
                    assertThat(next.join()).isEqualTo(stale + (1L << 32));
                });
    }

    @Test
    default void tasksAreCountedByState() throws Exception {
        inFrame(
                rt -> {
                    Frame<Void> io = rt.spawn(() -> Timer.delay(Duration.ofDays(1)));
                    Frame<Void> trigger = rt.spawn(() -> rt.scheduler().triggerAwait());
                    Timer.delay(Duration.ofMillis(1));
                    assertThat(rt.tasks(TaskState.RUNNABLE)).isEqualTo(1);
                    assertThat(rt.tasks(TaskState.WAIT_FOR_IO)).isEqualTo(1);
                    assertThat(rt.tasks(TaskState.WAIT_FOR_TRIGGER)).isEqualTo(1);
                    assertThat(rt.tasks(TaskState.DEAD)).isZero();
                    assertThat(rt.tasks()).isEqualTo(3);
                    io.cancel();
                    trigger.cancel();
                });
    }

    @Test
    default void aFrameThatOnlyYieldsStarvesNeitherTimersNorSocketsNorNettysTasks()
            throws Exception {
        inFrame(
                rt -> {
                    AtomicBoolean enough = new AtomicBoolean();
                    Frame<Long> busy =
                            rt.spawn(
                                    () -> {
                                        long turns = 0;
                                        for (; !enough.get(); turns++) {
                                            Frame.yield();
                                        }
                                        return turns;
                                    });
                    Timer.delay(Duration.ofMillis(5));
                    try (Socket listener = TransportFixture.listenAnywhere();
                            Socket client = TransportFixture.connectTo(listener);
                            Socket peer = listener.accept()) {
                        client.sendAll(java.nio.ByteBuffer.wrap(new byte[] {7}));
                        java.nio.ByteBuffer got = java.nio.ByteBuffer.allocate(1);
                        assertThat(peer.recv(got)).isEqualTo(1);
                    }
                    CountDownLatch nettysTask = new CountDownLatch(1);
                    rt.eventLoop().execute(nettysTask::countDown);
                    nettysTask.await();
                    enough.set(true);
                    assertThat(busy.join()).isPositive();
                });
    }

    @Test
    default void aFrameWhoseOperationsNeverWaitLetsOthersRun() throws Exception {
        inFrame(
                rt -> {
                    try (Socket listener = TransportFixture.listenAnywhere();
                            Socket client = TransportFixture.connectTo(listener);
                            Socket peer = listener.accept()) {
                        AtomicInteger otherRan = new AtomicInteger();
                        java.nio.ByteBuffer one = java.nio.ByteBuffer.allocate(1);
                        client.send(one.clear());
                        rt.spawn(otherRan::incrementAndGet);
                        int sends = 0;
                        while (otherRan.get() == 0) {
                            client.send(one.clear());
                            assertThat(++sends).isLessThan(1000);
                        }
                        assertThat(peer.recv()).isNotNull().satisfies(b -> b.release());
                    }
                });
    }

    @Test
    default void storageKeepsWhatItWasGiven() throws Exception {
        inFrame(
                rt -> {
                    assertThat(rt.storage().store("answer", 42)).isEqualTo(42);
                    assertThat(rt.storage().get("answer", Integer.class)).isEqualTo(42);
                    assertThat(rt.storage().contains("question")).isFalse();
                    assertThatIllegalStateException()
                            .isThrownBy(() -> rt.storage().store("answer", 43))
                            .withMessageContaining("answer");
                    assertThatExceptionOfType(NoSuchElementException.class)
                            .isThrownBy(() -> rt.storage().get("question", String.class));
                    assertThatExceptionOfType(ClassCastException.class)
                            .isThrownBy(() -> rt.storage().get("answer", String.class))
                            .withMessageContaining("java.lang.Integer");
                    AtomicReference<Throwable> elsewhere = new AtomicReference<>();
                    Thread.ofPlatform()
                            .uncaughtExceptionHandler((t, e) -> elsewhere.set(e))
                            .start(() -> rt.storage().contains("answer"))
                            .join();
                    assertThat(elsewhere.get()).isInstanceOf(IllegalStateException.class);
                });
    }

    @Test
    default void theBackendSaysWhatRuns() throws Exception {
        inFrame(
                rt -> {
                    assertThat(rt.backend().type()).isEqualTo(transport());
                    assertThat(rt.backend().refused()).isEmpty();
                    assertThat(AsyncOp.values())
                            .as("done natively or by the runtime, all work; natively are these")
                            .filteredOn(rt.features()::hasCapability)
                            .containsExactlyInAnyOrderElementsOf(nativeOps());
                });
    }

    @Test
    default void aWakeBeforeTheWaitIsNotLost() throws Exception {
        // Each round, the loop is about to wait or waits; only the wake lets the stop be seen.
        for (int round = 0; round < 50; round++) {
            try (Tardy tardy = tardy().build()) {
                CountDownLatch begun = new CountDownLatch(1);
                TardyEntry<RuntimeException> entry =
                        tardy.entryInNewThread(
                                begun,
                                (rt, latch) ->
                                        rt.spawn(
                                                () -> {
                                                    latch.countDown();
                                                    rt.scheduler().triggerAwait();
                                                }));
                begun.await();
                entry.stop();
                assertThat(entry.await(patience())).isTrue();
            }
        }
    }
}
