package io.tardy.testsuite;

import static org.assertj.core.api.Assertions.assertThat;

import io.netty.util.concurrent.MockTicker;
import io.netty.util.concurrent.Ticker;
import io.tardy.Frame;
import io.tardy.Tardy;
import io.tardy.TardyEntry;
import io.tardy.TardyRuntime;
import io.tardy.aio.TaskState;
import io.tardy.netty.TardyEventLoopGroup;
import java.time.Duration;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.atomic.AtomicReference;
import org.junit.jupiter.api.Test;

/** A clock of the user's may stand still, jump or go back; what is not its business goes on. */
@NotSimulated("its clock is the test's")
interface ClockContract extends TransportFixture {

    /** Runs with a clock that the test drives, and whatever happens lets the entry end. */
    @FunctionalInterface
    interface ClockBody {
        void run(TardyEntry entry) throws Exception;
    }

    private void withClock(MockTicker clock, Tardy.Builder builder, Body inFrame, ClockBody body)
            throws Exception {
        try (Tardy tardy = builder.clock(clock).build()) {
            TardyEntry entry =
                    tardy.entryInNewThread(
                            inFrame, (rt, run) -> rt.spawn("test body", () -> run.run(rt)));
            try {
                body.run(entry);
            } finally {
                entry.stop();
                clock.advance(1, TimeUnit.HOURS);
            }
        }
    }

    @Test
    default void anEntryEndsWithItsLastFrameThoughTheClockStandsStill() throws Exception {
        withClock(
                Ticker.newMockTicker(),
                tardy(),
                rt -> {},
                entry -> assertThat(entry.await(patience())).isTrue());
    }

    @Test
    default void aStopEndsAnEntryThoughTheClockStandsStill() throws Exception {
        CountDownLatch begun = new CountDownLatch(1);
        withClock(
                Ticker.newMockTicker(),
                tardy(),
                rt -> {
                    begun.countDown();
                    Frame.delay(Duration.ofHours(1));
                },
                entry -> {
                    begun.await();
                    entry.stop();
                    assertThat(entry.await(patience())).isTrue();
                });
    }

    @Test
    default void theStopTimeoutIsOfRealTime() throws Exception {
        CountDownLatch begun = new CountDownLatch(1);
        AtomicBoolean abandoned = new AtomicBoolean();
        withClock(
                Ticker.newMockTicker(),
                tardy().stopTimeout(Duration.ofMillis(50)),
                rt -> {
                    begun.countDown();
                    RuntimeContract.ignoreCancellation(abandoned);
                },
                entry -> {
                    begun.await();
                    entry.stop();
                    try {
                        assertThat(entry.await(patience())).isTrue();
                    } finally {
                        abandoned.set(true);
                    }
                });
    }

    @Test
    default void aGroupIsQuietAndEndsThoughTheClockStandsStill() throws Exception {
        MockTicker clock = Ticker.newMockTicker();
        TardyEventLoopGroup group =
                TardyEventLoopGroup.builder()
                        .threads(1)
                        .tardy(tardy().clock(clock).build())
                        .build();
        GroupFixture.runtimeOf(group.next());
        group.shutdownGracefully(1, 5_000, TimeUnit.MILLISECONDS);
        try {
            assertThat(group.awaitTermination(patience().toSeconds(), TimeUnit.SECONDS)).isTrue();
        } finally {
            clock.advance(1, TimeUnit.HOURS);
        }
    }

    @Test
    default void tasksOfNettysThatNeverEndLeaveFramesTheirTurnThoughTheClockStandsStill()
            throws Exception {
        AtomicBoolean enough = new AtomicBoolean();
        withClock(
                Ticker.newMockTicker(),
                tardy(),
                rt -> {
                    rt.eventLoop().execute(() -> executeAgain(rt, enough));
                    Frame.yield();
                    enough.set(true);
                },
                entry -> {
                    try {
                        assertThat(entry.await(patience())).isTrue();
                    } finally {
                        enough.set(true);
                    }
                });
    }

    private static void executeAgain(TardyRuntime rt, AtomicBoolean enough) {
        if (!enough.get()) {
            rt.eventLoop().execute(() -> executeAgain(rt, enough));
        }
    }

    @Test
    default void timersAndWhatIsScheduledSeeTheClockJump() throws Exception {
        MockTicker clock = Ticker.newMockTicker();
        CountDownLatch scheduled = new CountDownLatch(1);
        AtomicReference<TardyRuntime> runtime = new AtomicReference<>();
        withClock(
                clock,
                tardy(),
                rt -> {
                    runtime.set(rt);
                    rt.eventLoop().schedule(scheduled::countDown, 30, TimeUnit.MINUTES);
                    Frame.delay(Duration.ofHours(1));
                    scheduled.await();
                },
                entry -> {
                    awaitWaiting(runtime);
                    assertThat(scheduled.getCount()).isEqualTo(1);
                    clock.advance(1, TimeUnit.HOURS);
                    assertThat(entry.await(patience())).isTrue();
                });
    }

    @Test
    default void aClockThatGoesBackKeepsOnlyTimersWaiting() throws Exception {
        SetClock clock = new SetClock(TimeUnit.HOURS.toNanos(10));
        AtomicReference<TardyRuntime> runtime = new AtomicReference<>();
        try (Tardy tardy = tardy().clock(clock).build()) {
            TardyEntry entry =
                    tardy.entryInNewThread(
                            clock,
                            (rt, x) -> {
                                rt.spawn(() -> Frame.delay(Duration.ofHours(1)));
                                runtime.set(rt);
                            });
            awaitWaiting(runtime);
            clock.now.set(TimeUnit.HOURS.toNanos(5));
            assertThat(runtime.get().spawnCall(() -> "still runs").join()).isEqualTo("still runs");
            assertThat(runtime.get().tasks()).isEqualTo(1);
            clock.now.set(TimeUnit.HOURS.toNanos(11));
            assertThat(entry.await(patience())).isTrue();
        }
    }

    /** Returns when the timer of a frame runs. */
    private static void awaitWaiting(AtomicReference<TardyRuntime> runtime) throws Exception {
        while (runtime.get() == null || runtime.get().tasks(TaskState.WAIT_FOR_IO) == 0) {
            Thread.onSpinWait();
        }
        runtime.get().spawn(() -> {}).join(); // in the next turn, when all was handed over
    }

    /** Shows what it is told to. */
    final class SetClock implements Ticker {
        private final AtomicLong now;

        SetClock(long nanos) {
            now = new AtomicLong(nanos);
        }

        @Override
        public long initialNanoTime() {
            return 0;
        }

        @Override
        public long nanoTime() {
            return now.get();
        }

        @Override
        public void sleep(long delay, TimeUnit unit) {
            throw new UnsupportedOperationException("nobody sleeps by this clock");
        }
    }
}
