package io.tardy.bench.micro;

import io.tardy.Frame;
import io.tardy.TardyRuntime;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.OperationsPerInvocation;
import org.openjdk.jmh.annotations.Param;

/** One starts others that do nothing, and waits for their ends. */
public class SpawnJoin extends InBatches {

    /** How many are started before the first is joined. */
    @Param({"1", "64"})
    public int width;

    @Benchmark
    @OperationsPerInvocation(COUNT)
    public void frames(Runtimes runtimes) throws Exception {
        runtimes.run(
                () -> {
                    TardyRuntime rt = runtimes.first();
                    Frame<?>[] frames = new Frame<?>[width];
                    for (int done = 0; done < COUNT; done += width) {
                        for (int i = 0; i < width; i++) {
                            frames[i] = rt.spawn(() -> {});
                        }
                        for (Frame<?> frame : frames) {
                            frame.join();
                        }
                    }
                });
    }

    @Benchmark
    @OperationsPerInvocation(COUNT)
    public void virtualThreads() throws Exception {
        VirtualThreads.run(
                () -> {
                    Thread[] threads = new Thread[width];
                    for (int done = 0; done < COUNT; done += width) {
                        for (int i = 0; i < width; i++) {
                            threads[i] = Thread.startVirtualThread(() -> {});
                        }
                        for (Thread thread : threads) {
                            thread.join();
                        }
                    }
                });
    }

    @Benchmark
    @OperationsPerInvocation(COUNT)
    public void coroutines() {
        requireBatch(Coroutines.launchAndJoin(width, countOfEach(width)));
    }
}
