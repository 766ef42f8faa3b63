package io.tardy.bench.micro;

import io.netty.channel.EventLoop;
import io.netty.util.concurrent.Promise;
import io.tardy.Frame;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.OperationsPerInvocation;
import org.openjdk.jmh.annotations.Param;

/** One gives way to the others. */
public class Yield extends InBatches {

    /** How many take turns. */
    @Param({"1", "64"})
    public int width;

    @Benchmark
    @OperationsPerInvocation(COUNT)
    public void frames(Runtimes runtimes) throws Exception {
        runtimes.runAll(
                width,
                number ->
                        () -> {
                            for (int i = 0; i < countOfEach(width); i++) {
                                Frame.yield();
                            }
                        });
    }

    @Benchmark
    @OperationsPerInvocation(COUNT)
    public void virtualThreads() throws Exception {
        VirtualThreads.runAll(
                width,
                number ->
                        () -> {
                            for (int i = 0; i < countOfEach(width); i++) {
                                Thread.yield();
                            }
                        });
    }

    @Benchmark
    @OperationsPerInvocation(COUNT)
    public void coroutines() {
        Coroutines.yieldInTurn(width, countOfEach(width));
    }

    @Benchmark
    @OperationsPerInvocation(COUNT)
    public void nettyTasks(Loops loops) throws Exception {
        EventLoop loop = loops.first();
        loops.run(
                end -> {
                    int[] ended = new int[1];
                    for (int i = 0; i < width; i++) {
                        Promise<Void> one = loop.newPromise();
                        one.addListener(
                                done -> {
                                    if (++ended[0] == width) {
                                        end.setSuccess(null);
                                    }
                                });
                        new Repetition(countOfEach(width), one, loop::execute).run();
                    }
                });
    }
}
