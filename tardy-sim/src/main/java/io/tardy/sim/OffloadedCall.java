package io.tardy.sim;

import io.tardy.runtime.FrameFactory;
import io.tardy.runtime.Simulation;
import org.jspecify.annotations.Nullable;

/**
 * A call that may block, on a virtual thread of its own, so that all others can go on meanwhile. It
 * is the JDK's scheduler of that thread.
 */
final class OffloadedCall implements Simulation.Runner {

    private final Stage stage;
    private final SimHost host;
    private final Thread thread;
    private @Nullable Runnable continuation;

    /** Not started. */
    OffloadedCall(Stage stage, Runnable job, SimHost host) {
        this.stage = stage;
        this.host = host;
        this.thread = FrameFactory.newThread(this, "offloaded call", () -> run(job));
    }

    @Override
    public Simulation simulation() {
        return stage;
    }

    SimHost host() {
        return host;
    }

    Thread thread() {
        return thread;
    }

    private void run(Runnable job) {
        stage.enter();
        try {
            job.run();
        } finally {
            stage.offloadedEnded(this);
        }
    }

    /** The JDK says that it may run, or a virtual thread that it has started; any thread. */
    @Override
    public void execute(Runnable runnable) {
        if (continuation == null) {
            continuation = runnable; // from start()
            stage.enqueue(this, runnable);
        } else if (runnable == continuation) {
            stage.resumeOf(this, thread, () -> stage.enqueue(this, runnable));
        } else {
            stage.enqueueOther(this, runnable);
        }
    }

    @Override
    public String toString() {
        return "an offloaded call of " + host;
    }
}
