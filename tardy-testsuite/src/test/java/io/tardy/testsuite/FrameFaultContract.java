package io.tardy.testsuite;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import io.tardy.Frame;
import io.tardy.FrameFailedException;
import io.tardy.FrameStatus;
import io.tardy.Tardy;
import io.tardy.TardyEntry;
import io.tardy.UncaughtFrameHandler;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.locks.ReentrantLock;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** What goes wrong in a frame ends that frame, and nobody else hears of it but who asked to. */
@Timeout(value = 60, threadMode = Timeout.ThreadMode.SEPARATE_THREAD)
interface FrameFaultContract extends TransportFixture {

    @Test
    @NotSimulated(NotSimulated.ENTRY)
    default void anEntryMayEndWithAFrameThatFails() {
        CompletableFuture<Void> cleanedUp = new CompletableFuture<>();
        try (Tardy tardy = tardy(2).uncaughtFrame(UncaughtFrameHandler.endingEntry()).build()) {
            assertThatExceptionOfType(FrameFailedException.class)
                    .isThrownBy(
                            () ->
                                    tardy.entry(
                                            "x",
                                            (rt, x) -> {
                                                if (rt.id() == 0) {
                                                    rt.spawn(TransportFixture::failSoon);
                                                } else {
                                                    rt.spawn(() -> waitFor(cleanedUp));
                                                }
                                            }))
                    .withCauseInstanceOf(IllegalStateException.class);
        }
        assertThat(cleanedUp).isDone();
    }

    /** Nothing that a log does with it succeeds. */
    final class Unprintable extends Error {
        private static final long serialVersionUID = 1L;

        @Override
        public String getMessage() {
            throw new Unprintable();
        }

        @Override
        public String toString() {
            throw new Unprintable();
        }
    }

    @Test
    default void aFailureThatCannotBePrintedEndsItsFrameOnly() throws Exception {
        try {
            inFrame(
                    rt -> {
                        Frame<Void> failing =
                                rt.spawn(
                                        () -> {
                                            throw new Unprintable();
                                        });
                        while (failing.status() == FrameStatus.ALIVE) {
                            Frame.delay(Duration.ofNanos(1));
                        }
                        Frame.delay(
                                Duration.ofMillis(1)); // the handler of uncaught failures has run
                        assertThat(rt.framesFailed()).isOne();
                    });
        } catch (Unprintable e) { // which no report of tests can print either
            throw new AssertionError("it has ended the runtime");
        }
    }

    @Test
    @NotSimulated(NotSimulated.CLOCK)
    default void anOrderThatChoosesWhatThereIsNotStopsItsRuntimeInOrder() {
        CompletableFuture<Void> cleanedUp = new CompletableFuture<>();
        AtomicBoolean isWrong = new AtomicBoolean();
        try (Tardy tardy = tardy().frameOrder(count -> isWrong.get() ? 999 : 0).build()) {
            assertThatExceptionOfType(IllegalStateException.class)
                    .isThrownBy(
                            () ->
                                    tardy.entry(
                                            "x",
                                            (rt, x) -> {
                                                rt.spawn(() -> waitFor(cleanedUp));
                                                rt.spawn(
                                                        () -> {
                                                            Frame.delay(Duration.ofMillis(1));
                                                            isWrong.set(true);
                                                            Frame.delay(Duration.ofHours(1));
                                                        });
                                                rt.spawn(
                                                        () -> {
                                                            for (; ; ) {
                                                                Frame.yield();
                                                            }
                                                        });
                                            }))
                    .withMessageStartingWith("frameOrder chose 999 of ");
        }
        assertThat(cleanedUp).isDone();
    }

    private static void waitFor(CompletableFuture<Void> cleanedUp) throws Exception {
        try {
            Frame.delay(Duration.ofHours(1));
        } finally {
            cleanedUp.complete(null);
        }
    }

    @Test
    @NotSimulated(NotSimulated.ENTRY)
    default void aFrameThatOutlivesItsRuntimeStillRunsToItsEnd() throws Exception {
        ReentrantLock lock = new ReentrantLock();
        CountDownLatch held = new CountDownLatch(1);
        CompletableFuture<Void> goOn = new CompletableFuture<>();
        List<Frame<Void>> frames = new ArrayList<>();
        try (Tardy tardy = tardy().stopTimeout(Duration.ofMillis(10)).build()) {
            TardyEntry entry =
                    tardy.entryInNewThread(
                            frames,
                            (rt, made) ->
                                    made.add(
                                            rt.spawn(
                                                    () -> {
                                                        lock.lock();
                                                        try {
                                                            held.countDown();
                                                            goOn.join(); // not interruptible
                                                        } finally {
                                                            lock.unlock();
                                                        }
                                                    })));
            assertThat(held.await(patience().toSeconds(), TimeUnit.SECONDS)).isTrue();
            entry.stop();
            entry.await();
        }
        assertThatExceptionOfType(FrameFailedException.class).isThrownBy(frames.get(0)::join);
        assertThat(lock.isLocked()).isTrue();
        goOn.complete(null);
        assertThat(lock.tryLock(patience().toSeconds(), TimeUnit.SECONDS)).isTrue();
        lock.unlock();
    }
}
