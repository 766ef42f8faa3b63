package io.tardy.runtime;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicReferenceArray;
import java.util.function.Consumer;
import java.util.function.Supplier;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Timeout(60)
class LoopTaskQueueTest {

    private static final int THREADS = 4;
    private static final int TASKS = 50_000;

    /** So many additions end for want of stack; as the compilers come, at other places. */
    private static final int OVERFLOWS = 1_000;

    private record Numbered(int thread, int number) implements Runnable {
        @Override
        public void run() {}
    }

    @Test
    void firstComeFirstServed() {
        LoopTaskQueue queue = new LoopTaskQueue(Integer.MAX_VALUE);
        assertThat(queue.poll()).isNull();
        assertThat(queue.peek()).isNull();
        for (int i = 0; i < 3; i++) {
            queue.add(new Numbered(0, i));
        }
        assertThat(queue.size()).isEqualTo(3);
        assertThat(queue.isEmpty()).isFalse();
        assertThat(queue.peek()).isEqualTo(new Numbered(0, 0));
        assertThat(queue.poll()).isEqualTo(new Numbered(0, 0));
        queue.add(new Numbered(0, 3));
        assertThat(queue.size()).isEqualTo(3);
        for (int i = 1; i < 4; i++) {
            assertThat(queue.poll()).isEqualTo(new Numbered(0, i));
        }
        assertThat(queue.isEmpty()).isTrue();
        assertThat(queue.poll()).isNull();
    }

    @Test
    void oneOfItsOwnThatIsAddedAgainRunsOnce() {
        LoopTaskQueue queue = new LoopTaskQueue(Integer.MAX_VALUE);
        LoopTaskQueue.Own own =
                new LoopTaskQueue.Own() {
                    @Override
                    public void run() {}
                };
        Runnable other = () -> {};
        queue.add(own);
        queue.add(other);
        queue.add(own);
        assertThat(queue.poll()).isSameAs(own);
        assertThat(queue.poll()).isSameAs(other);
        assertThat(queue.poll()).isNull();
    }

    @Test
    void isFullAtItsBound() {
        LoopTaskQueue queue = new LoopTaskQueue(2);
        assertThat(queue.offer(new Numbered(0, 0))).isTrue();
        assertThat(queue.offer(new Numbered(0, 1))).isTrue();
        assertThat(queue.offer(new Numbered(0, 2))).isFalse();
        queue.poll(); // the other one is taken over, and counts
        assertThat(queue.offer(new Numbered(0, 3))).isTrue();
        assertThat(queue.offer(new Numbered(0, 4))).isFalse();
    }

    @Test
    void eachThreadsTasksComeOnceAndInOrder() throws InterruptedException {
        LoopTaskQueue queue = new LoopTaskQueue(Integer.MAX_VALUE);
        List<Thread> threads = new ArrayList<>();
        for (int t = 0; t < THREADS; t++) {
            int thread = t;
            threads.add(
                    Thread.ofPlatform()
                            .start(
                                    () -> {
                                        for (int i = 0; i < TASKS; i++) {
                                            queue.add(new Numbered(thread, i));
                                        }
                                    }));
        }
        int[] next = new int[THREADS];
        for (int left = THREADS * TASKS; left > 0; ) {
            if (queue.poll() instanceof Numbered task) {
                assertThat(task.number()).isEqualTo(next[task.thread()]++);
                left--;
            } else {
                Thread.onSpinWait();
            }
        }
        for (Thread thread : threads) {
            thread.join();
        }
        assertThat(queue.poll()).isNull();
    }

    @Test
    void anAdditionWhoseStackOverflowsIsMadeOrNotMade() throws InterruptedException {
        LoopTaskQueue queue = new LoopTaskQueue(Integer.MAX_VALUE);
        assertThat(isServedAfterOverflows(queue::add, queue::poll)).isTrue();
    }

    /** Canary. */
    @Test
    void anOverflowInAQueueOfTwoStepsIsFound() throws InterruptedException {
        ClaimingQueue queue = new ClaimingQueue();
        assertThat(isServedAfterOverflows(queue::add, queue::poll)).isFalse();
    }

    /** As Netty's, in short: an addition claims a place, and then fills it. */
    private static final class ClaimingQueue {

        private final AtomicInteger claimed = new AtomicInteger();
        private final AtomicReferenceArray<Runnable> places = new AtomicReferenceArray<>(1 << 20);
        private int polled;

        void add(Runnable task) {
            places.set(claimed.getAndIncrement(), task);
        }

        Runnable poll() {
            if (polled == claimed.get()) {
                return null;
            }
            Runnable task = places.get(polled++);
            if (task == null) {
                throw new IllegalStateException("Netty's would wait here for ever");
            }
            return task;
        }
    }

    /**
     * Adds where the stack is full, until that has ended at each place where it can; then whether a
     * task that is added is served.
     */
    private static boolean isServedAfterOverflows(
            Consumer<Runnable> added, Supplier<Runnable> polled) throws InterruptedException {
        AtomicInteger overflows = new AtomicInteger();
        AtomicBoolean isServed = new AtomicBoolean();
        Runnable last = () -> isServed.set(true);
        Thread thread =
                new Thread(
                        null,
                        () -> {
                            while (overflows.get() < OVERFLOWS) {
                                dive(added, overflows);
                            }
                            added.accept(last);
                            for (Runnable task; (task = polled.get()) != null; ) {
                                task.run();
                            }
                        },
                        "diver",
                        256 * 1024);
        thread.setUncaughtExceptionHandler((failed, e) -> {});
        thread.start();
        thread.join();
        assertThat(overflows.get()).isPositive();
        return isServed.get();
    }

    /** Each call on the way up tries again, with a little more room than the one that it called. */
    private static boolean dive(Consumer<Runnable> added, AtomicInteger overflows) {
        boolean isAdded;
        try {
            isAdded = dive(added, overflows);
        } catch (StackOverflowError e) {
            isAdded = false;
        }
        if (!isAdded) {
            try {
                added.accept(new Numbered(0, 0));
                isAdded = true;
            } catch (StackOverflowError e) {
                overflows.incrementAndGet();
            }
        }
        return isAdded;
    }
}
