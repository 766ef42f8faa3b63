package io.tardy.testsuite;

import static org.assertj.core.api.Assertions.assertThat;

import io.tardy.Frame;
import io.tardy.Stall;
import io.tardy.Tardy;
import io.tardy.TardyRuntime;
import io.tardy.Timer;
import java.time.Duration;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.ReentrantLock;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** A loop that stands still is told of, once, with who holds it. */
@Timeout(value = 60, threadMode = Timeout.ThreadMode.SEPARATE_THREAD)
interface StallContract extends TransportFixture {

    Duration SHORT = Duration.ofMillis(20);

    private Tardy.Builder watched(BlockingQueue<Stall> stalls) {
        return tardy().stallAfter(SHORT).stalled((rt, stall) -> stalls.add(stall));
    }

    private Stall next(BlockingQueue<Stall> stalls) throws InterruptedException {
        Stall stall = stalls.poll(patience().toSeconds(), TimeUnit.SECONDS);
        assertThat(stall).as("told within %s", patience()).isNotNull();
        assertThat(stall.atLeast()).isGreaterThanOrEqualTo(SHORT);
        return stall;
    }

    @Test
    default void aFrameThatDoesNotGiveWayIsTold() throws Exception {
        BlockingQueue<Stall> stalls = new LinkedBlockingQueue<>();
        inFrame(
                watched(stalls),
                rt -> {
                    Frame<Stall> busy =
                            rt.spawn(
                                    "busy",
                                    () -> {
                                        while (stalls.isEmpty()) {
                                            Thread.onSpinWait();
                                        }
                                        return next(stalls);
                                    });
                    Stall stall = busy.join();
                    assertThat(stall.holder().getName()).isEqualTo("busy");
                    assertThat(stall.toString()).contains("held by busy");
                    assertThat(stall.stack()).isNotEmpty();
                    assertThat(rt.stalls()).isPositive();
                });
    }

    @Test
    default void aTaskThatWaitsForALockIsToldWithTheLock() throws Exception {
        BlockingQueue<Stall> stalls = new LinkedBlockingQueue<>();
        ReentrantLock lock = new ReentrantLock();
        inFrame(
                watched(stalls),
                rt -> {
                    Thread foreign =
                            Thread.ofPlatform().name("owner").start(() -> holdUntilTold(lock, rt));
                    while (!lock.isLocked()) {
                        Timer.delay(Duration.ofNanos(1));
                    }
                    rt.eventLoop()
                            .execute(
                                    () -> {
                                        lock.lock();
                                        lock.unlock();
                                    });
                    foreign.join();
                    Stall stall = next(stalls);
                    assertThat(stall.lock()).isNotNull();
                    assertThat(stall.holder().isVirtual()).isTrue();
                    assertThat(stall.lockOwner()).isEqualTo("owner (#" + foreign.threadId() + ")");
                    assertThat(stall.toString()).contains(", which owner (#");
                });
    }

    private static void holdUntilTold(ReentrantLock lock, TardyRuntime rt) {
        lock.lock();
        try {
            while (rt.stalls() == 0) {
                Thread.onSpinWait();
            }
        } finally {
            lock.unlock();
        }
    }

    @Test
    default void aLoopThatWaitsForEventsStandsNotStill() throws Exception {
        BlockingQueue<Stall> stalls = new LinkedBlockingQueue<>();
        inFrame(watched(stalls), rt -> Timer.delay(SHORT.multipliedBy(10)));
        assertThat(stalls).isEmpty();
    }
}
