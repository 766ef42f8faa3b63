package io.tardy.bench.micro;

import java.util.concurrent.FutureTask;
import java.util.concurrent.locks.LockSupport;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.OperationsPerInvocation;

/** One wakes another on another thread, which sleeps, and waits until it is woken. */
public class RemoteWake extends InBatches {

    @Benchmark
    @OperationsPerInvocation(COUNT)
    public void frames(Runtimes runtimes) throws Exception {
        runtimes.run(
                () ->
                        requireBatch(
                                new FrameRally(runtimes.first(), runtimes.second(), COUNT).play()));
    }

    /** JMH's own, and one more. */
    @Benchmark
    @OperationsPerInvocation(COUNT)
    public void platformThreads() throws Exception {
        Rally rally = new Rally(COUNT);
        Thread near = Thread.currentThread();
        FutureTask<Void> playing =
                new FutureTask<>(
                        () -> {
                            rally.play(0, () -> LockSupport.unpark(near), LockSupport::park);
                            return null;
                        });
        Thread far = Thread.ofPlatform().start(playing);
        rally.play(1, () -> LockSupport.unpark(far), LockSupport::park);
        playing.get();
        requireBatch(rally.hits());
    }

    @Benchmark
    @OperationsPerInvocation(COUNT)
    public void nettyTasks(Loops loops) throws Exception {
        loops.run(end -> new TaskRally(loops.first(), loops.second(), COUNT, end).hitNear());
    }
}
