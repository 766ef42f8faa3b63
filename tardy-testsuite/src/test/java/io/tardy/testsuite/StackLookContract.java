package io.tardy.testsuite;

import static org.assertj.core.api.Assertions.assertThat;

import io.tardy.Frame;
import io.tardy.Threading;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.locks.LockSupport;
import java.util.concurrent.locks.ReentrantLock;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/**
 * Whoever looks at the stack of a virtual thread has the JDK submit it once more, for it may have
 * been due meanwhile. That must be without any consequence.
 */
@Timeout(value = 120, threadMode = Timeout.ThreadMode.SEPARATE_THREAD)
@NotSimulated("the thread that looks at stacks is real")
interface StackLookContract extends TransportFixture {

    /** Looks at these threads' stacks, again and again, until it is closed. */
    final class Looker implements AutoCloseable {
        private final AtomicBoolean ended = new AtomicBoolean();
        private final Thread thread;

        Looker(List<Thread> seen) {
            thread =
                    Thread.ofPlatform()
                            .start(
                                    () -> {
                                        while (!ended.get()) {
                                            seen.forEach(Thread::getStackTrace);
                                        }
                                    });
        }

        @Override
        public void close() throws InterruptedException {
            ended.set(true);
            thread.join();
        }
    }

    @Test
    default void framesWhoseStacksAreLookedAtGoOn() throws Exception {
        int turns = 50_000;
        inFrame(
                rt -> {
                    List<Frame<Integer>> frames = new ArrayList<>();
                    List<Thread> threads = new ArrayList<>();
                    for (int i = 0; i < 4; i++) {
                        frames.add(
                                rt.spawnCall(
                                        () -> {
                                            threads.add(Thread.currentThread());
                                            Frame.delay(Duration.ofMillis(1)); // all are here
                                            int turn = 0;
                                            for (; turn < turns; turn++) {
                                                if (turn % 16 == 0) {
                                                    Frame.delay(Duration.ofNanos(1));
                                                } else {
                                                    Frame.yield();
                                                }
                                            }
                                            return turn;
                                        }));
                    }
                    while (threads.size() < frames.size()) {
                        Frame.yield();
                    }
                    threads.add(Thread.currentThread());
                    try (Looker looker = new Looker(List.copyOf(threads))) {
                        for (Frame<Integer> frame : frames) {
                            assertThat(frame.join()).isEqualTo(turns);
                        }
                    }
                });
    }

    /** Its own looks: for whether frames are in {@code System.exit}. */
    @Test
    default void aRuntimeThatStopsLetsItsFramesCleanUpUnderAContendedLock() throws Exception {
        int frames = 40;
        ReentrantLock lock = new ReentrantLock();
        AtomicBoolean ended = new AtomicBoolean();
        AtomicInteger cleaned = new AtomicInteger();
        List<Thread> others = new ArrayList<>();
        for (int i = 0; i < 2; i++) {
            others.add(
                    Thread.ofPlatform()
                            .start(
                                    () -> {
                                        while (!ended.get()) {
                                            lock.lock();
                                            try {
                                                LockSupport.parkNanos(20_000);
                                            } finally {
                                                lock.unlock();
                                            }
                                            LockSupport.parkNanos(10_000);
                                        }
                                    }));
        }
        try (var tardy = tardy().threading(Threading.single()).build()) {
            tardy.entry(
                    null,
                    (rt, nothing) -> {
                        for (int i = 0; i < frames; i++) {
                            rt.spawn(
                                    () -> {
                                        try {
                                            Frame.delay(Duration.ofHours(1));
                                        } finally {
                                            for (int k = 0; k < 100; k++) {
                                                lock.lock();
                                                lock.unlock();
                                            }
                                            cleaned.incrementAndGet();
                                        }
                                    });
                        }
                        rt.spawn(
                                () -> {
                                    Frame.delay(Duration.ofMillis(20));
                                    rt.stop();
                                });
                    });
        } finally {
            ended.set(true);
            for (Thread other : others) {
                other.join();
            }
        }
        assertThat(cleaned).hasValue(frames);
    }
}
