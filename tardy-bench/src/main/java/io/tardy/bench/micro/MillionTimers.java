package io.tardy.bench.micro;

import io.tardy.Frame;
import io.tardy.FrameStatus;
import io.tardy.TardyRuntime;
import java.util.List;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Measurement;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Param;
import org.openjdk.jmh.annotations.Warmup;

/** A million timers are armed, and when all of them are, they are cancelled: all of it once. */
@BenchmarkMode(Mode.SingleShotTime)
@OutputTimeUnit(TimeUnit.MILLISECONDS)
@Warmup(iterations = 3)
@Measurement(iterations = 5)
public class MillionTimers extends InBatches {

    @Param("1000000")
    public int count;

    /** A frame for each: it is made, waits in a delay, and ends. */
    @Benchmark
    public void frames(Runtimes runtimes) throws Exception {
        runtimes.run(
                () -> {
                    TardyRuntime rt = runtimes.first();
                    int before = rt.tasks();
                    List<Frame<?>> frames = Pending.frames(rt, count);
                    frames.forEach(Frame::cancel);
                    while (rt.tasks() > before) {
                        Frame.yield();
                    }
                    require(
                            count,
                            frames.stream()
                                    .filter(frame -> frame.status() == FrameStatus.CANCELLED)
                                    .count());
                });
    }

    /** A virtual thread for each: it is made, sleeps, and ends. */
    @Benchmark
    public void virtualThreads() throws Exception {
        List<Thread> threads = Pending.virtualThreads(count);
        threads.forEach(Thread::interrupt);
        for (Thread thread : threads) {
            thread.join();
        }
    }

    /** A task for each, which is no more than the timer. */
    @Benchmark
    public void nettyTasks(Loops loops) throws Exception {
        loops.run(
                end -> {
                    require(count, cancelled(Pending.tasks(loops.first(), count)));
                    end.setSuccess(null);
                });
    }

    /** The same on the loop of a runtime. */
    @Benchmark
    public void runtimeTasks(Runtimes runtimes) throws Exception {
        TardyRuntime rt = runtimes.first();
        require(
                count,
                rt.eventLoop()
                        .submit(() -> cancelled(Pending.tasks(rt.eventLoop(), count)))
                        .sync()
                        .getNow());
    }

    private static long cancelled(List<Future<?>> timers) {
        return timers.stream().filter(timer -> timer.cancel(false)).count();
    }
}
