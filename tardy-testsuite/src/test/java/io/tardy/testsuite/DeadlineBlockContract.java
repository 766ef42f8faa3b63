package io.tardy.testsuite;

import static io.tardy.testsuite.DeadlineContract.DAY;
import static io.tardy.testsuite.DeadlineContract.SOON;
import static io.tardy.testsuite.DeadlineContract.assertCauseIs;
import static io.tardy.testsuite.DeadlineContract.assertExceeded;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.assertj.core.api.Assertions.assertThatIllegalStateException;

import io.netty.util.concurrent.MockTicker;
import io.netty.util.concurrent.Ticker;
import io.tardy.Deadline;
import io.tardy.Frame;
import io.tardy.FrameFailedException;
import io.tardy.FrameStatus;
import io.tardy.Scope;
import io.tardy.Tardy;
import io.tardy.TardyRuntime;
import io.tardy.aio.AsyncOp;
import io.tardy.aio.AsyncSubmission;
import io.tardy.aio.CancelledException;
import io.tardy.aio.DeadlineExceededException;
import io.tardy.aio.Errno;
import io.tardy.aio.Resulted;
import io.tardy.aio.TardyIOException;
import io.tardy.aio.TimerError;
import io.tardy.channel.Spsc;
import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;

/** Blocks with a deadline: in each other, with cancelling, and what is left of them. */
interface DeadlineBlockContract extends ConnectedFixture {

    @Test
    default void theNearerDeadlineCountsAndAfterTheInnerBlockTheOuterAgain() throws Exception {
        inFrame(
                rt -> {
                    long began = TransportFixture.nanoTime();
                    assertExceeded(
                            () ->
                                    Deadline.within(
                                            Duration.ofMillis(500),
                                            () -> {
                                                assertExceeded(
                                                        () ->
                                                                Deadline.within(
                                                                        Duration.ofMillis(1),
                                                                        () -> Frame.delay(DAY)));
                                                Frame.delay(Duration.ZERO); // the outer has time
                                                rt.scheduler().triggerAwait();
                                            }));
                    assertThat(TransportFixture.nanoTime() - began)
                            .isGreaterThanOrEqualTo(500_000_000);
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
                                            () -> Deadline.within(DAY, () -> Frame.delay(DAY))));
                    assertThat(rt.timersActive()).isZero();

                    // Both pass while the frame is in the inner one: the outer is known to be late.
                    Deadline.within(
                            Duration.ofMillis(2),
                            () -> {
                                long began = TransportFixture.nanoTime();
                                Deadline.within(
                                        Duration.ofMillis(1),
                                        () -> {
                                            while (TransportFixture.nanoTime() - began
                                                    < 2_000_000) {
                                                Frame.yield();
                                            }
                                            Frame.yield(); // a whole turn of the loop
                                            assertThatExceptionOfType(CancelledException.class)
                                                    .isThrownBy(() -> Frame.delay(DAY));
                                        });
                                assertExceeded(() -> Frame.delay(Duration.ZERO));
                            });
                    Frame.delay(Duration.ZERO);
                    assertThat(rt.timersActive()).isZero();
                });
    }

    @Test
    default void aLoopOfInnerBlocksEndsWithTheOuterOne() throws Exception {
        inFrame(
                rt -> {
                    AtomicInteger tries = new AtomicInteger();
                    assertThatExceptionOfType(DeadlineExceededException.class)
                            .isThrownBy(
                                    () ->
                                            Deadline.within(
                                                    Duration.ofMillis(200),
                                                    () -> {
                                                        for (; ; ) {
                                                            tryOnce(rt);
                                                            tries.incrementAndGet();
                                                        }
                                                    }))
                            .withMessageContaining("PT0.2S");
                    assertThat(tries).hasPositiveValue();
                    Deadline.within(DAY, () -> tryOnce(rt));
                    assertThat(rt.timersActive()).isZero();
                });
    }

    /** Hears of its own deadline only. */
    private static void tryOnce(TardyRuntime rt) throws IOException {
        try {
            Deadline.within(Duration.ofMillis(1), () -> rt.scheduler().triggerAwait());
        } catch (DeadlineExceededException e) {
            assertThat(e)
                    .hasMessageContaining("PT0.001S")
                    .hasMessageStartingWith("triggerAwait failed");
        }
    }

    @Test
    default void aLoopOfScopesEndsWithTheBlockAround() throws Exception {
        inFrame(
                rt -> {
                    assertExceeded(
                            () ->
                                    Deadline.within(
                                            Duration.ofMillis(20),
                                            () -> {
                                                for (; ; ) {
                                                    tryScope();
                                                }
                                            }));
                    assertThat(rt.timersActive()).isZero();
                });
    }

    private static void tryScope() throws TardyIOException {
        try (Scope scope = Scope.open(Duration.ofMillis(1))) {
            scope.fork(() -> Frame.delay(DAY));
            scope.join();
        } catch (DeadlineExceededException e) {
            assertThat(e.operation()).isEqualTo("join");
        }
    }

    /** Whichever of the frames the loop lets see the deadline first. */
    @Test
    @NotSimulated(NotSimulated.CLOCK)
    default void aScopeIsLateThoughAForkedFrameSeesTheDeadlineFirst() throws Exception {
        MockTicker clock = Ticker.newMockTicker();
        try (Tardy tardy = tardy().clock(clock).frameOrder(runnable -> runnable - 1).build()) {
            tardy.entry(
                    "late",
                    (rt, name) ->
                            rt.spawn(
                                    name,
                                    () -> {
                                        assertJoinIsLate(clock);
                                        assertJoinFirstIsLate(clock);
                                        assertThat(rt.timersActive()).isZero();
                                    }));
        }
    }

    private static void assertJoinIsLate(MockTicker clock) throws TardyIOException {
        try (Scope scope = Scope.open(SOON)) {
            scope.fork(() -> waitPast(clock));
            assertThatExceptionOfType(DeadlineExceededException.class)
                    .isThrownBy(scope::join)
                    .satisfies(e -> assertThat(e.operation()).isEqualTo("join"))
                    .satisfies(
                            e ->
                                    assertThat(e.getSuppressed())
                                            .hasOnlyElementsOfType(DeadlineExceededException.class)
                                            .hasSize(1));
        }
    }

    private static void assertJoinFirstIsLate(MockTicker clock) throws TardyIOException {
        try (Scope scope = Scope.open(SOON)) {
            Frame<Void> late = scope.fork(() -> waitPast(clock));
            assertThatExceptionOfType(DeadlineExceededException.class)
                    .isThrownBy(() -> scope.joinFirst(List.of(late)));
        }
    }

    /** The clock jumps over the deadline while this frame runs. */
    private static void waitPast(MockTicker clock) throws TardyIOException {
        clock.advance(SOON.toNanos(), TimeUnit.NANOSECONDS);
        Frame.delay(DAY);
    }

    /** What had failed before is no matter of time. */
    @Test
    @NotSimulated(NotSimulated.CLOCK)
    default void aFailureBeforeTheDeadlineIsNotLate() throws Exception {
        MockTicker clock = Ticker.newMockTicker();
        try (Tardy tardy = tardy().clock(clock).build()) {
            tardy.entry(
                    "failed",
                    (rt, name) ->
                            rt.spawn(
                                    name,
                                    () -> {
                                        try (Scope scope = Scope.open(SOON)) {
                                            Frame<Void> failed =
                                                    scope.fork(() -> ScopeFixture.fail("early"));
                                            while (failed.status() != FrameStatus.FAILED) {
                                                Frame.yield();
                                            }
                                            clock.advance(SOON.toNanos(), TimeUnit.NANOSECONDS);
                                            assertThatExceptionOfType(FrameFailedException.class)
                                                    .isThrownBy(scope::join);
                                        }
                                    }));
        }
    }

    @Test
    default void anInnerBlockTellsOfTheOuterDeadlineAsACancellation() throws Exception {
        inFrame(rt -> assertExceeded(() -> Deadline.within(SOON, () -> waitInside())));
    }

    private static void waitInside() throws IOException {
        try {
            Deadline.within(DAY, () -> Frame.delay(DAY));
        } catch (CancelledException e) {
            assertThat(e).hasMessageContaining(SOON.toString());
            throw e;
        }
    }

    @Test
    default void aBlockHasOneTimerAndItsEndRemovesIt() throws Exception {
        inFrame(
                rt -> {
                    int value =
                            Deadline.callWithin(
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
                    Deadline.within(Duration.ofSeconds(Long.MAX_VALUE), () -> Frame.delay(SOON));
                    assertThat(rt.timersActive()).isZero();
                });
    }

    @Test
    @NotSimulated(NotSimulated.OUTSIDE)
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
                                            .isThrownBy(() -> Frame.delay(DAY))
                                            .withMessage(
                                                    "timer failed: CANCELED (ETIME, errno %d)",
                                                    Errno.ETIME.number());
                                }));
    }

    @Test
    default void aCancelledFrameInABlockLeavesNoTimer() throws Exception {
        inFrame(
                rt -> {
                    Frame<Void> waiting =
                            rt.spawn(() -> Deadline.within(DAY, () -> Frame.delay(DAY)));
                    Frame.delay(Duration.ofMillis(1));
                    assertThat(rt.timersActive()).isEqualTo(2);
                    waiting.cancel();
                    assertCauseIs(CancelledException.class, waiting);
                    assertThat(rt.timersActive()).isZero();
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
    default void joinUnderManyDeadlinesEndsWithTheValue() throws Exception {
        inFrame(
                rt -> {
                    AtomicInteger late = new AtomicInteger();
                    Frame<String> slow =
                            rt.spawnCall(
                                    () -> {
                                        while (late.get() < 100) {
                                            Frame.delay(Duration.ofNanos(100_000));
                                        }
                                        return "value";
                                    });
                    String value = null;
                    while (value == null) {
                        try {
                            value =
                                    Deadline.callWithin(
                                            Duration.ofNanos(20_000), () -> slow.join());
                        } catch (DeadlineExceededException e) {
                            late.incrementAndGet();
                        }
                    }
                    assertThat(value).isEqualTo("value");
                    assertThat(late.get()).isGreaterThanOrEqualTo(100);
                });
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
            case 0 -> Frame.delay(DAY);
            case 1 -> rt.scheduler().triggerAwait();
            default -> new Spsc<Integer>(4).consumer(rt).recv();
        }
    }
}
