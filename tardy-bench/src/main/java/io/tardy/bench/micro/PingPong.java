package io.tardy.bench.micro;

import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.OperationsPerInvocation;

/** One of two wakes the other and waits until it is woken. */
public class PingPong extends InBatches {

    @Benchmark
    @OperationsPerInvocation(COUNT)
    public void frames(Runtimes runtimes) throws Exception {
        runtimes.run(
                () ->
                        requireBatch(
                                new FrameRally(runtimes.first(), runtimes.first(), COUNT).play()));
    }

    @Benchmark
    @OperationsPerInvocation(COUNT)
    public void virtualThreads() throws Exception {
        VirtualThreads.run(() -> requireBatch(new ThreadRally(COUNT).play()));
    }

    @Benchmark
    @OperationsPerInvocation(COUNT)
    public void coroutines() {
        requireBatch(Coroutines.rally(COUNT));
    }

    @Benchmark
    @OperationsPerInvocation(COUNT)
    public void nettyTasks(Loops loops) throws Exception {
        loops.run(end -> new TaskRally(loops.first(), loops.first(), COUNT, end).hitNear());
    }
}
