package io.tardy.testsuite;

import static io.tardy.FrameStatus.ALIVE;
import static io.tardy.testsuite.ScopeFixture.DAY;
import static io.tardy.testsuite.ScopeFixture.SOON;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.tardy.Deadline;
import io.tardy.Frame;
import io.tardy.FrameBody;
import io.tardy.Pooling;
import io.tardy.Scope;
import io.tardy.TardyRuntime;
import io.tardy.TaskPoolFullException;
import io.tardy.aio.CancelledException;
import io.tardy.aio.DeadlineExceededException;
import io.tardy.sync.Latch;
import java.io.IOException;
import java.time.Duration;
import java.util.List;
import java.util.Queue;
import java.util.SplittableRandom;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicReference;
import org.junit.jupiter.api.Test;

/** A frame of one runtime calls another one, and waits. */
interface CallContract extends SiblingContract {

    ScopedValue<String> USER = ScopedValue.newInstance();

    /** Long enough for a body to begin on a busy machine. */
    Duration BEGUN = Duration.ofMillis(500);

    static String refusal(FrameBody body) {
        AtomicReference<String> message = new AtomicReference<>();
        assertThatExceptionOfType(RejectedExecutionException.class)
                .isThrownBy(body::run)
                .satisfies(e -> message.set(e.getMessage()));
        return message.get();
    }

    private static TardyRuntime other(TardyRuntime rt) {
        return rt.siblings().get(1);
    }

    @Test
    default void aCallRunsInAFrameOfTheOtherRuntime() throws Exception {
        onFirst(
                tardy(2),
                rt -> {
                    TardyRuntime other = other(rt);
                    TardyRuntime where =
                            other.call(
                                    () -> {
                                        Frame.delay(Duration.ofMillis(1));
                                        return TardyRuntime.current();
                                    });
                    assertThat(where).isSameAs(other);
                    String name = other.call(() -> Thread.currentThread().getName());
                    assertThat(name).isEqualTo("test body/call");
                    Object nothing = other.call(() -> null);
                    assertThat(nothing).isNull();
                });
    }

    @Test
    default void aCallOfTheFramesOwnRuntimeRunsInTheFrame() throws Exception {
        onFirst(
                tardy(2),
                rt -> {
                    Thread thread = rt.call(Thread::currentThread);
                    assertThat(thread).isSameAs(Thread.currentThread());
                    assertThatThrownBy(() -> rt.call(() -> fail(new TimeoutException("as it is"))))
                            .isInstanceOf(TimeoutException.class);
                });
    }

    private static String fail(Throwable failure) throws Exception {
        switch (failure) {
            case Error e -> throw e;
            case Exception e -> throw e;
            default -> throw new AssertionError(failure);
        }
    }

    @Test
    default void aCallThrowsWhatItsBodyThrowsAndNobodyElseHearsOfIt() throws Exception {
        Queue<Throwable> uncaught = new ConcurrentLinkedQueue<>();
        onFirst(
                tardy(2).uncaughtFrame((frame, e) -> uncaught.add(e)),
                rt -> {
                    for (Throwable failure :
                            List.of(
                                    new IOException(),
                                    new IllegalStateException(),
                                    new TimeoutException(),
                                    new CancelledException("by the body"),
                                    new AssertionError())) {
                        assertThatThrownBy(() -> other(rt).call(() -> fail(failure)))
                                .isSameAs(failure);
                    }
                });
        assertThat(uncaught).isEmpty();
    }

    @Test
    default void aCallHasTheScopedValuesOfItsCaller() throws Exception {
        onFirst(
                tardy(2),
                rt ->
                        ScopedValue.where(USER, "ann")
                                .call(
                                        () -> {
                                            String user = other(rt).call(USER::get);
                                            assertThat(user).isEqualTo("ann");
                                            return null;
                                        }));
    }

    @Test
    default void callsMayGoInACircle() throws Exception {
        onFirst(tardy(3), rt -> assertThat(around(rt.siblings(), 30)).isEqualTo(30));
    }

    private static int around(List<TardyRuntime> runtimes, int times) throws IOException {
        return times == 0
                ? 0
                : 1 + runtimes.get(times % 3).<Integer>call(() -> around(runtimes, times - 1));
    }

    @Test
    default void aCancelledCallerCancelsTheBodyAndWaitsForItsEnd() throws Exception {
        onFirst(
                tardy(2),
                rt -> {
                    Slow body = new Slow();
                    Frame<Object> caller = body.callFrom(rt, other(rt));
                    caller.cancel();
                    TransportFixture.assertFailedOf(caller, CancelledException.class);
                    assertThat(body.isOver).isTrue();
                });
    }

    /** A body that ends when it is cancelled, and not at once. */
    final class Slow {
        private final Latch begun = new Latch(1);
        private final AtomicBoolean isOver = new AtomicBoolean();

        Object run() throws IOException {
            begun.countDown();
            try {
                Frame.delay(DAY);
                return null;
            } finally {
                Frame.uncancellable(DAY, () -> Frame.delay(Duration.ofMillis(5)));
                isOver.set(true);
            }
        }

        /** From one runtime to another; returns when the body has begun. */
        Frame<Object> callFrom(TardyRuntime caller, TardyRuntime callee) throws IOException {
            Frame<Object> calling = caller.spawnCall(() -> callee.call(this::run));
            begun.await();
            return calling;
        }
    }

    @Test
    default void aCallersDeadlineCancelsTheBody() throws Exception {
        onFirst(
                tardy(2),
                rt -> {
                    Slow body = new Slow();
                    FrameBody call = () -> other(rt).call(body::run);
                    assertThatExceptionOfType(DeadlineExceededException.class)
                            .isThrownBy(() -> Deadline.within(BEGUN, call))
                            .withNoCause();
                    assertThat(body.isOver).isTrue();
                    assertThatExceptionOfType(DeadlineExceededException.class)
                            .as("has passed before")
                            .isThrownBy(() -> Deadline.within(Duration.ZERO, call));
                });
    }

    @Test
    default void whatABodyReturnsOrThrowsAlthoughItWasCancelledIsNotLost() throws Exception {
        onFirst(
                tardy(2),
                rt -> {
                    String value =
                            Deadline.callWithin(
                                    BEGUN, () -> other(rt).call(() -> afterCancel("late", null)));
                    assertThat(value).isEqualTo("late");
                    IllegalStateException failure = new IllegalStateException("in cleaning up");
                    FrameBody call = () -> other(rt).call(() -> afterCancel("never", failure));
                    assertThatExceptionOfType(DeadlineExceededException.class)
                            .isThrownBy(() -> Deadline.within(BEGUN, call))
                            .withCause(failure);
                });
    }

    private static String afterCancel(String value, RuntimeException failure) throws IOException {
        try {
            Frame.delay(DAY);
            return "early";
        } catch (CancelledException e) {
            if (failure != null) {
                throw failure;
            }
            return value;
        }
    }

    @Test
    @NotSimulated(NotSimulated.THREADS)
    default void aBodyThatCannotBeginIsGivenUpWithoutAWait() throws Exception {
        onFirst(
                tardy(2).stallAfter(Duration.ZERO),
                rt -> {
                    TardyRuntime other = other(rt);
                    CountDownLatch standing = new CountDownLatch(1);
                    CountDownLatch goOn = new CountDownLatch(1);
                    AtomicBoolean hasRun = new AtomicBoolean();
                    Frame<Void> holder =
                            other.spawn(
                                    () -> {
                                        standing.countDown();
                                        while (goOn.getCount() > 0) {
                                            Thread.onSpinWait(); // as one that never gives way
                                        }
                                    });
                    standing.await();
                    assertThatExceptionOfType(DeadlineExceededException.class)
                            .isThrownBy(
                                    () ->
                                            Deadline.within(
                                                    SOON,
                                                    () -> other.call(() -> hasRun.getAndSet(true))))
                            .satisfies(e -> assertThat(holder.status()).isEqualTo(ALIVE));
                    goOn.countDown();
                    holder.join();
                    other.call(() -> null); // behind it
                    assertThat(hasRun).isFalse();
                });
    }

    @Test
    default void aCancelledFrameCallsNobody() throws Exception {
        onFirst(
                tardy(2),
                rt -> {
                    AtomicInteger runs = new AtomicInteger();
                    Frame<Void> cancelled =
                            rt.spawn(
                                    () -> {
                                        assertThatExceptionOfType(CancelledException.class)
                                                .isThrownBy(() -> Frame.delay(DAY));
                                        for (TardyRuntime each : rt.siblings()) {
                                            assertThatExceptionOfType(CancelledException.class)
                                                    .isThrownBy(
                                                            () -> each.call(runs::incrementAndGet));
                                        }
                                    });
                    Frame.yield();
                    cancelled.cancel();
                    cancelled.join();
                    assertThat(runs).hasValue(0);
                });
    }

    @Test
    default void aCallFailsWhenItsRuntimeIsStopped() throws Exception {
        onFirst(
                tardy(2),
                rt -> {
                    TardyRuntime other = other(rt);
                    Slow body = new Slow();
                    Frame<Object> calling = body.callFrom(rt, other);
                    other.stop();
                    assertThatThrownBy(calling::join)
                            .hasCauseInstanceOf(RejectedExecutionException.class)
                            .hasMessageContaining(other + " was stopped before the call had ended")
                            .hasRootCauseInstanceOf(CancelledException.class);
                    assertThat(body.isOver).isTrue();
                });
    }

    @Test
    @NotSimulated(NotSimulated.REAL)
    default void aCallFailsWhenItsRuntimeEndsAroundTheBody() throws Exception {
        onFirst(
                tardy(2).stopTimeout(Duration.ofMillis(20)),
                rt -> {
                    TardyRuntime other = other(rt);
                    Latch begun = new Latch(1);
                    Frame<Object> calling =
                            rt.spawnCall(
                                    () ->
                                            other.call(
                                                    () -> {
                                                        begun.countDown();
                                                        new Semaphore(0).acquireUninterruptibly();
                                                        return null;
                                                    }));
                    begun.await();
                    other.stop();
                    assertThatThrownBy(calling::join)
                            .hasCauseInstanceOf(RejectedExecutionException.class)
                            .hasMessageContaining(other + " ended before this frame did");
                });
    }

    @Test
    default void theBodyIsCancelledWhenItsCallersRuntimeIsStopped() throws Exception {
        onFirst(
                tardy(2),
                rt -> {
                    TardyRuntime other = other(rt);
                    Slow body = new Slow();
                    Frame<Object> calling = body.callFrom(other, rt);
                    other.stop();
                    TransportFixture.assertFailedOf(calling, CancelledException.class);
                    assertThat(body.isOver).isTrue();
                });
    }

    /** Both at once, at any moment: each call has an end, and a reason. */
    @Test
    default void noCallHangsHoweverRuntimesEnd() throws Exception {
        long seed = Seeds.draw("noCallHangsHoweverRuntimesEnd");
        SplittableRandom random = new SplittableRandom(seed);
        for (int round = 0; round < 20; round++) {
            long firstNanos = random.nextLong(2_000_000);
            long secondNanos = random.nextLong(2_000_000);
            AtomicInteger ended = new AtomicInteger();
            onFirst(
                    tardy(3),
                    rt -> {
                        for (int i = 1; i < 3; i++) {
                            TardyRuntime from = rt.siblings().get(i);
                            TardyRuntime to = rt.siblings().get(3 - i);
                            from.spawn(
                                    () -> {
                                        callUntilRefused(to);
                                        ended.incrementAndGet();
                                    });
                        }
                        Frame.delay(Duration.ofNanos(firstNanos));
                        rt.siblings().get(1).stop();
                        Frame.delay(Duration.ofNanos(secondNanos));
                        rt.siblings().get(2).stop();
                    });
            assertThat(ended).hasValue(2);
        }
    }

    private static void callUntilRefused(TardyRuntime to) throws IOException {
        try {
            for (int i = 0; ; i++) {
                int sent = i;
                int received =
                        to.call(
                                () -> {
                                    Frame.yield();
                                    return sent;
                                });
                assertThat(received).isEqualTo(sent);
            }
        } catch (RejectedExecutionException e) {
            assertThat(e.getMessage()).contains(to.toString());
        } catch (CancelledException e) {
            assertThat(e.operation()).isEqualTo("call");
        }
    }

    @Test
    default void aCallIsRefusedOutsideOfAFrame() throws Exception {
        onFirst(
                tardy(2),
                rt -> {
                    AtomicReference<Throwable> refused = new AtomicReference<>();
                    SemaphoreContract.onLoop(
                            rt,
                            () -> {
                                try {
                                    other(rt).call(() -> null);
                                } catch (IllegalStateException e) {
                                    refused.set(e);
                                } catch (IOException e) {
                                    throw new AssertionError(e);
                                }
                            });
                    assertThat(refused.get())
                            .hasMessageStartingWith("call waits, and only a frame can wait");
                });
    }

    @Test
    default void aCallOfARuntimeWithoutAFreeTaskFails() throws Exception {
        onFirst(
                tardy(2).pooling(Pooling.STATIC).tasksInitial(2),
                rt -> {
                    Frame<Void> taken = other(rt).spawn(() -> Frame.delay(DAY));
                    assertThatExceptionOfType(TaskPoolFullException.class)
                            .isThrownBy(() -> other(rt).call(() -> null));
                    taken.cancel();
                    TransportFixture.assertFailedOf(taken, CancelledException.class);
                });
    }

    /** What a runtime keeps only its own frames touch, so it needs no lock. */
    @Test
    default void callsOfManyFramesAreCountedWithoutALock() throws Exception {
        int runtimes = 3;
        int frames = 30;
        int calls = 40;
        int[] counts = new int[runtimes];
        onFirst(
                tardy(runtimes),
                rt -> {
                    try (Scope scope = Scope.open()) {
                        for (int i = 0; i < frames; i++) {
                            TardyRuntime from = rt.siblings().get(i % runtimes);
                            scope.fork(() -> from.call(() -> count(from, calls, counts)));
                        }
                        scope.join();
                    }
                });
        assertThat(counts).containsOnly(frames * calls / runtimes);
    }

    private static Object count(TardyRuntime from, int calls, int[] counts) throws IOException {
        for (int i = 0; i < calls; i++) {
            TardyRuntime to = from.siblings().get((from.id() + i) % counts.length);
            to.call(() -> counts[to.id()]++);
        }
        return null;
    }

    @Test
    default void deadlinesOfManyCallsLeaveNothingBehind() throws Exception {
        int frames = 100;
        int calls = label().equals("simulated") ? 10 : 100;
        AtomicInteger expired = new AtomicInteger();
        onFirst(
                tardy(2),
                rt -> {
                    try (Scope scope = Scope.open()) {
                        for (int i = 0; i < frames; i++) {
                            scope.fork(() -> callLate(other(rt), calls, expired));
                        }
                        scope.join();
                    }
                    assertThat(rt.timersActive()).isZero();
                    while (other(rt).tasks() > 1) { // the last one is about to leave
                        Frame.delay(Duration.ofMillis(1));
                    }
                });
        assertThat(expired).hasValue(frames * calls);
    }

    private static void callLate(TardyRuntime to, int calls, AtomicInteger expired)
            throws IOException {
        for (int i = 0; i < calls; i++) {
            try {
                Deadline.within(Duration.ofNanos(100_000), () -> to.call(CallContract::never));
            } catch (DeadlineExceededException e) {
                expired.incrementAndGet();
            }
        }
    }

    private static Object never() throws IOException {
        Frame.delay(DAY);
        throw new AssertionError("a day is over");
    }
}
