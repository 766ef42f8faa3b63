package io.tardy.bench.micro;

import io.tardy.Frame;
import io.tardy.TardyRuntime;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.SplittableRandom;
import java.util.concurrent.Future;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;

/** Timers that are armed and will not expire meanwhile: at times in no order. */
final class Pending {

    private static final long SEED = 20_261_130;
    private static final long FIRST_NANOS = TimeUnit.HOURS.toNanos(1);
    private static final long LAST_NANOS = TimeUnit.HOURS.toNanos(2);

    private Pending() {}

    private static long nanos(SplittableRandom random) {
        return random.nextLong(FIRST_NANOS, LAST_NANOS);
    }

    /** Frames in a delay; to be called in a frame. */
    static List<Frame<?>> frames(TardyRuntime rt, int count) throws Exception {
        SplittableRandom random = new SplittableRandom(SEED);
        int before = rt.timersActive();
        List<Frame<?>> frames = new ArrayList<>(count);
        for (int i = 0; i < count; i++) {
            Duration time = Duration.ofNanos(nanos(random));
            frames.add(rt.spawn(() -> Frame.delay(time)));
        }
        while (rt.timersActive() - before < count) {
            Frame.yield();
        }
        return frames;
    }

    /** Virtual threads that sleep. */
    static List<Thread> virtualThreads(int count) {
        SplittableRandom random = new SplittableRandom(SEED);
        List<Thread> threads = new ArrayList<>(count);
        for (int i = 0; i < count; i++) {
            Duration time = Duration.ofNanos(nanos(random));
            threads.add(Thread.startVirtualThread(() -> sleep(time)));
        }
        for (Thread thread : threads) {
            while (thread.getState() != Thread.State.TIMED_WAITING) {
                Thread.yield();
            }
        }
        return threads;
    }

    private static void sleep(Duration time) {
        try {
            Thread.sleep(time);
        } catch (InterruptedException e) {
            // It was cancelled.
        }
    }

    /** Tasks of an executor; of one of Netty's loops, on it. */
    static List<Future<?>> tasks(ScheduledExecutorService executor, int count) {
        SplittableRandom random = new SplittableRandom(SEED);
        List<Future<?>> tasks = new ArrayList<>(count);
        for (int i = 0; i < count; i++) {
            tasks.add(executor.schedule(() -> {}, nanos(random), TimeUnit.NANOSECONDS));
        }
        return tasks;
    }
}
