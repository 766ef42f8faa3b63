package io.tardy.examples.sim;

import io.tardy.Frame;
import io.tardy.TardyRuntime;
import io.tardy.aio.CancelledException;
import io.tardy.sim.SimHost;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.function.Consumer;
import java.util.random.RandomGenerator;

/**
 * Frames on all runtimes of a host that are tried against each other, and cancelled at random. One
 * that is cancelled has a successor that goes on.
 */
final class Crowd {

    /** What one frame does, or its successor. */
    @FunctionalInterface
    interface Work {
        void run() throws IOException;
    }

    private final RandomGenerator random;
    private final List<TardyRuntime> runtimes;

    /** Those too that have ended. */
    private final List<Frame<?>> frames = new ArrayList<>();

    Crowd(RandomGenerator random, List<TardyRuntime> runtimes) {
        this.random = random;
        this.runtimes = runtimes;
    }

    /** Runs this host to its end; calls this when all its runtimes are there. */
    static void run(SimHost host, Consumer<List<TardyRuntime>> start) throws Exception {
        List<TardyRuntime> runtimes = new ArrayList<>();
        int all = host.tardy().options().threading().runtimes();
        CompletableFuture<Void> begun = new CompletableFuture<>();
        host.start(
                rt -> {
                    rt.spawn("beginning", () -> rt.await(begun)); // or it would end before
                    runtimes.add(rt);
                    if (runtimes.size() == all) {
                        start.accept(runtimes);
                        begun.complete(null);
                    }
                });
        host.await();
    }

    TardyRuntime any() {
        return runtimes.get(random.nextInt(runtimes.size()));
    }

    /** On any runtime. */
    void start(Work work) {
        start(any(), work);
    }

    private void start(TardyRuntime rt, Work work) {
        frames.add(
                rt.spawn(
                        () -> {
                            try {
                                work.run();
                            } catch (CancelledException e) {
                                start(rt, work);
                            }
                        }));
    }

    List<Frame<?>> frames() {
        return frames;
    }

    /** Has another frame cancel so many of them. */
    void disturb(int disturbances) {
        any().spawn(
                        "disturber",
                        () ->
                                Pace.disturb(
                                        random,
                                        disturbances,
                                        () -> frames.get(random.nextInt(frames.size()))));
    }
}
