package io.tardy.bench.micro;

import io.tardy.Frame;
import java.time.Duration;
import java.util.concurrent.TimeUnit;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.OperationsPerInvocation;

/** One waits for a timer, whose time has come at once. */
public class Delays extends InBatches {

    private static final Duration SHORT = Duration.ofNanos(1);

    @Benchmark
    @OperationsPerInvocation(COUNT)
    public void frames(Runtimes runtimes, Others.OfFrames others) throws Exception {
        runtimes.run(
                () -> {
                    for (int i = 0; i < COUNT; i++) {
                        Frame.delay(SHORT);
                    }
                });
    }

    @Benchmark
    @OperationsPerInvocation(COUNT)
    public void virtualThreads() throws Exception {
        VirtualThreads.run(
                () -> {
                    for (int i = 0; i < COUNT; i++) {
                        Thread.sleep(SHORT);
                    }
                });
    }

    @Benchmark
    @OperationsPerInvocation(COUNT)
    public void nettyTasks(Loops loops, Others.OfLoops others) throws Exception {
        loops.run(
                end ->
                        new Repetition(
                                        COUNT,
                                        end,
                                        next ->
                                                loops.first()
                                                        .schedule(
                                                                next,
                                                                SHORT.toNanos(),
                                                                TimeUnit.NANOSECONDS))
                                .run());
    }
}
