package io.tardy.testsuite;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.assertj.core.api.Assertions.assertThatIllegalStateException;

import io.tardy.Frame;
import io.tardy.FrameFailedException;
import io.tardy.Tardy;
import io.tardy.TardyEntry;
import io.tardy.TardyRuntime;
import io.tardy.aio.AsyncOp;
import io.tardy.aio.CancelledException;
import io.tardy.net.Socket;
import java.io.IOException;
import java.time.Duration;
import java.util.NoSuchElementException;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicReference;
import org.junit.jupiter.api.Test;

/** Entries and runtimes: how they begin and end, and what they give to whom. */
interface RuntimeContract extends ConnectedFixture {

    @Test
    @NotSimulated(NotSimulated.ENTRY)
    default void entryCallsTheFunctionOnceOnEachRuntimesThread() throws IOException {
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
    @NotSimulated(NotSimulated.ENTRY)
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
    @NotSimulated(NotSimulated.ENTRY)
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
            Frame.delay(Duration.ofDays(1));
        } finally {
            cancelled.countDown();
        }
    }

    @Test
    @NotSimulated(NotSimulated.ENTRY)
    default void aRuntimeEndsWhenItsLastTaskHasEnded() throws IOException {
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
                                        Frame.delay(Duration.ofMillis(1));
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
    @NotSimulated(NotSimulated.ENTRY)
    default void anEntryInNewThreadIsAwaitedAndStopped() throws Exception {
        try (Tardy tardy = tardy(2).build()) {
            CountDownLatch waiting = new CountDownLatch(2);
            TardyEntry entry =
                    tardy.entryInNewThread(
                            waiting,
                            (rt, latch) ->
                                    rt.spawn(
                                            () -> {
                                                latch.countDown();
                                                Frame.delay(Duration.ofDays(1));
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
    @NotSimulated(NotSimulated.ENTRY)
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
                                        Frame.delay(Duration.ofDays(1));
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
    @NotSimulated(NotSimulated.ENTRY)
    default void aFrameThatIgnoresItsCancellationIsLeftBehindAfterTheStopTimeout()
            throws IOException {
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

    /** The JDK runs it on, after its runtime has told its end. */
    @Test
    @NotSimulated(NotSimulated.ENTRY)
    default void whatAFrameBringsThatOutlivesItsRuntimeChangesNothing() throws Exception {
        CountDownLatch mayEnd = new CountDownLatch(1);
        CountDownLatch hasEnded = new CountDownLatch(1);
        AtomicReference<Frame<String>> late = new AtomicReference<>();
        try (Tardy tardy = tardy().stopTimeout(Duration.ofMillis(50)).build()) {
            tardy.entry(
                    late,
                    (rt, holder) -> {
                        holder.set(rt.spawnCall(() -> endLate(mayEnd, hasEnded)));
                        rt.stop();
                    });
            mayEnd.countDown();
            hasEnded.await();
            for (int i = 0; i < 1000; i++) { // it may still be about to end
                assertThatExceptionOfType(FrameFailedException.class)
                        .isThrownBy(() -> late.get().join())
                        .withCauseInstanceOf(RejectedExecutionException.class);
                Thread.yield();
            }
        }
    }

    private static String endLate(CountDownLatch mayEnd, CountDownLatch hasEnded) {
        boolean isOver = false;
        while (!isOver) {
            try {
                mayEnd.await();
                isOver = true;
            } catch (InterruptedException e) {
                // the cancellation, which it ignores
            }
        }
        hasEnded.countDown();
        return "late";
    }

    static void ignoreCancellation(AtomicBoolean abandoned) {
        while (!abandoned.get()) {
            try {
                Frame.yield();
            } catch (CancelledException e) {
                assertThat(e.operation()).isEqualTo("yield");
            }
        }
    }

    static void yieldForEver() throws CancelledException {
        for (; ; ) {
            Frame.yield();
        }
    }

    @Test
    default void aFrameThatOnlyYieldsStarvesNeitherTimersNorSocketsNorNettysTasks()
            throws Exception {
        inFrame(
                rt -> {
                    AtomicBoolean enough = new AtomicBoolean();
                    Frame<Long> busy =
                            rt.spawnCall(
                                    () -> {
                                        long turns = 0;
                                        for (; !enough.get(); turns++) {
                                            Frame.yield();
                                        }
                                        return turns;
                                    });
                    Frame.delay(Duration.ofMillis(5));
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
        withPair(
                (rt, client, peer) -> {
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
                });
    }

    @Test
    @NotSimulated(NotSimulated.THREADS)
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
    @NotSimulated(NotSimulated.ENTRY)
    default void aWakeBeforeTheWaitIsNotLost() throws Exception {
        // Each round, the loop is about to wait or waits; only the wake lets the stop be seen.
        for (int round = 0; round < 50; round++) {
            try (Tardy tardy = tardy().build()) {
                CountDownLatch begun = new CountDownLatch(1);
                TardyEntry entry =
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
