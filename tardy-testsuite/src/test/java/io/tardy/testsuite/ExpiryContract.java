package io.tardy.testsuite;

import static org.assertj.core.api.Assertions.assertThat;

import io.tardy.Deadline;
import io.tardy.Frame;
import io.tardy.FrameBody;
import io.tardy.TardyRuntime;
import io.tardy.aio.DeadlineExceededException;
import io.tardy.channel.Channel;
import io.tardy.channel.Select;
import io.tardy.sync.Barrier;
import io.tardy.sync.Condition;
import io.tardy.sync.Held;
import io.tardy.sync.Latch;
import io.tardy.sync.Mutex;
import io.tardy.sync.Semaphore;
import java.lang.ref.WeakReference;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

/** Ten thousand deadlines pass in a wait for other frames, and nothing is left of them. */
interface ExpiryContract extends TransportFixture {

    int FRAMES = 500;
    int TIMES = 20;

    private static void expire(TardyRuntime rt, FrameBody waiting) throws Exception {
        int tasks = rt.tasks();
        int timers = rt.timersActive();
        int[] expired = {0};
        List<Frame<Void>> frames = new ArrayList<>();
        for (int i = 0; i < FRAMES; i++) {
            frames.add(
                    rt.spawn(
                            () -> {
                                for (int times = 0; times < TIMES; times++) {
                                    try {
                                        Deadline.within(Duration.ofNanos(100_000), waiting);
                                    } catch (DeadlineExceededException e) {
                                        expired[0]++;
                                    }
                                }
                            }));
        }
        for (Frame<Void> frame : frames) {
            frame.join();
        }
        assertThat(expired[0]).isEqualTo(FRAMES * TIMES);
        while (rt.tasks() > tasks) {
            Frame.yield();
        }
        assertThat(rt.timersActive()).isEqualTo(timers);
    }

    @Test
    default void nothingIsLeftOfWaitsForPermits() throws Exception {
        inFrame(
                rt -> {
                    Semaphore semaphore = new Semaphore(3);
                    semaphore.acquire(2);
                    expire(rt, () -> semaphore.acquire(2));
                    assertThat(semaphore.waiting()).isZero();
                    assertThat(semaphore.available()).isEqualTo(1);
                    semaphore.release(2);
                    semaphore.acquire(3);
                });
    }

    @Test
    default void nothingIsLeftOfWaitsForAMutex() throws Exception {
        inFrame(
                rt -> {
                    Mutex mutex = new Mutex();
                    try (Held held = mutex.hold()) {
                        expire(rt, mutex::lock);
                        assertThat(mutex.waiting()).isZero();
                    }
                    assertThat(mutex.tryLock()).isTrue();
                });
    }

    @Test
    default void nothingIsLeftOfWaitsForACondition() throws Exception {
        inFrame(
                rt -> {
                    Mutex mutex = new Mutex();
                    Condition condition = mutex.condition();
                    expire(
                            rt,
                            () -> {
                                try (Held held = mutex.hold()) {
                                    condition.await();
                                }
                            });
                    assertThat(condition.waiting()).isZero();
                    assertThat(mutex.isLocked()).isFalse();
                });
    }

    @Test
    default void nothingIsLeftOfWaitsForALatch() throws Exception {
        inFrame(
                rt -> {
                    Latch latch = new Latch(1);
                    expire(rt, latch::await);
                    assertThat(latch.waiting()).isZero();
                    latch.countDown();
                    latch.await();
                });
    }

    /** Each waits at one that it has to itself: whoever is late breaks it for the others. */
    @Test
    default void nothingIsLeftOfWaitsAtABarrier() throws Exception {
        inFrame(
                rt -> {
                    List<Barrier> barriers = new ArrayList<>();
                    ArrayDeque<Barrier> unused = new ArrayDeque<>();
                    for (int i = 0; i < FRAMES; i++) {
                        barriers.add(new Barrier(2));
                    }
                    unused.addAll(barriers);
                    expire(
                            rt,
                            () -> {
                                Barrier barrier = unused.poll();
                                try {
                                    barrier.reset();
                                    barrier.await();
                                } finally {
                                    unused.add(barrier);
                                }
                            });
                    assertThat(barriers).allMatch(barrier -> barrier.waiting() == 0);
                    assertThat(barriers).anyMatch(Barrier::isBroken);
                });
    }

    @Test
    default void nothingIsLeftOfWaitsInAChannel() throws Exception {
        inFrame(
                rt -> {
                    Channel<Integer> channel = Channel.buffered(1);
                    expire(rt, channel::recv);
                    assertThat(channel.receiving()).isZero();
                    channel.send(1);
                    expire(rt, () -> channel.send(2));
                    assertThat(channel.sending()).isZero();
                    assertThat(channel.recv()).isEqualTo(1);
                    assertThat(channel.tryRecv()).isNull();
                });
    }

    @Test
    default void nothingIsLeftOfSelects() throws Exception {
        inFrame(
                rt -> {
                    Channel<Integer> in = Channel.rendezvous();
                    Channel<Integer> out = Channel.rendezvous();
                    Select<Integer> select =
                            new Select<Integer>()
                                    .recv(in, message -> message)
                                    .send(out, 1, () -> 1)
                                    .after(Duration.ofHours(1), () -> 2);
                    expire(rt, select::run);
                    assertThat(in.receiving()).isZero();
                    assertThat(out.sending()).isZero();
                });
    }

    @Test
    default void whatWasNotSentInTimeIsNotKept() throws Exception {
        inFrame(
                rt -> {
                    Channel<Object> channel = Channel.rendezvous();
                    WeakReference<Object> message = rt.spawnCall(() -> sentLate(channel)).join();
                    for (int i = 0; i < 100 && message.get() != null; i++) {
                        System.gc();
                        Frame.yield();
                    }
                    assertThat(message.get()).isNull();
                    assertThat(channel.tryRecv()).isNull();
                });
    }

    private static WeakReference<Object> sentLate(Channel<Object> channel) throws Exception {
        Object message = new Object();
        try {
            Deadline.within(Duration.ofMillis(1), () -> channel.send(message));
            throw new AssertionError("sent to nobody");
        } catch (DeadlineExceededException e) {
            return new WeakReference<>(message);
        }
    }
}
