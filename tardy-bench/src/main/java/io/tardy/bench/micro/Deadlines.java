package io.tardy.bench.micro;

import io.tardy.Deadline;
import java.time.Duration;
import java.util.concurrent.Future;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.OperationsPerInvocation;

/** One arms a timer and cancels it, as a block with a deadline does that ends in time. */
public class Deadlines extends InBatches {

    private static final Duration TIME = Duration.ofMinutes(90);

    @Benchmark
    @OperationsPerInvocation(COUNT)
    public void frames(Runtimes runtimes, Others.OfFrames others) throws Exception {
        runtimes.run(
                () -> {
                    int[] done = new int[1];
                    for (int i = 0; i < COUNT; i++) {
                        Deadline.within(TIME, () -> done[0]++);
                    }
                    requireBatch(done[0]);
                });
    }

    @Benchmark
    @OperationsPerInvocation(COUNT)
    public void nettyTasks(Loops loops, Others.OfLoops others) throws Exception {
        loops.run(
                end -> {
                    requireBatch(cancelled(loops.first()));
                    end.setSuccess(null);
                });
    }

    /** They have no deadlines: by an executor of the JDK's. */
    @Benchmark
    @OperationsPerInvocation(COUNT)
    public void virtualThreads(Others.OfExecutor others) throws Exception {
        VirtualThreads.run(() -> requireBatch(cancelled(others.executor)));
    }

    private static int cancelled(ScheduledExecutorService executor) {
        int cancelled = 0;
        for (int i = 0; i < COUNT; i++) {
            Future<?> timer = executor.schedule(() -> {}, TIME.toNanos(), TimeUnit.NANOSECONDS);
            cancelled += timer.cancel(false) ? 1 : 0;
        }
        return cancelled;
    }

    @Benchmark
    @OperationsPerInvocation(COUNT)
    public void coroutines() {
        requireBatch(Coroutines.withTimeouts(TIME.toMillis(), COUNT));
    }
}
