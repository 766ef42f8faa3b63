package io.tardy.bench.micro;

import io.tardy.FrameBody;
import java.util.concurrent.Callable;
import java.util.concurrent.FutureTask;
import java.util.function.IntFunction;

/** The way into virtual threads of the JDK's own scheduler. */
final class VirtualThreads {

    private VirtualThreads() {}

    /** Runs in a virtual thread, and waits for its end. */
    static void run(FrameBody body) throws Exception {
        start(body).get();
    }

    static FutureTask<Void> start(FrameBody body) {
        Callable<Void> call =
                () -> {
                    body.run();
                    return null;
                };
        FutureTask<Void> task = new FutureTask<>(call);
        Thread.startVirtualThread(task);
        return task;
    }

    /** Runs in so many virtual threads at once, by their numbers, and waits for their ends. */
    static void runAll(int threads, IntFunction<FrameBody> bodies) throws Exception {
        run(
                () -> {
                    FutureTask<?>[] all = new FutureTask<?>[threads];
                    for (int i = 0; i < threads; i++) {
                        all[i] = start(bodies.apply(i));
                    }
                    for (FutureTask<?> task : all) {
                        task.get();
                    }
                });
    }
}
