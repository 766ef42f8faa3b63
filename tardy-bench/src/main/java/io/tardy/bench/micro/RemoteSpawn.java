package io.tardy.bench.micro;

import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.OperationsPerInvocation;

/** One starts another on another thread, which sleeps, and waits for its end. */
public class RemoteSpawn extends InBatches {

    @Benchmark
    @OperationsPerInvocation(COUNT)
    public void frames(Runtimes runtimes) throws Exception {
        runtimes.run(
                () -> {
                    for (int i = 0; i < COUNT; i++) {
                        runtimes.second().spawn(() -> {}).join();
                    }
                });
    }

    /** JMH's is a platform thread. */
    @Benchmark
    @OperationsPerInvocation(COUNT)
    public void virtualThreads() throws Exception {
        for (int i = 0; i < COUNT; i++) {
            Thread.startVirtualThread(() -> {}).join();
        }
    }

    @Benchmark
    @OperationsPerInvocation(COUNT)
    public void nettyTasks(Loops loops) throws Exception {
        loops.run(
                end ->
                        new Repetition(
                                        COUNT,
                                        end,
                                        next ->
                                                loops.second()
                                                        .submit(() -> {})
                                                        .addListener(
                                                                done ->
                                                                        loops.first()
                                                                                .execute(next)))
                                .run());
    }
}
