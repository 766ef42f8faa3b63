package io.tardy.websocket;

import java.util.concurrent.Executor;
import java.util.concurrent.atomic.AtomicBoolean;

/**
 * The loop's task that empties a queue: one for all that is added until it begins. Whoever adds
 * calls {@link #schedule} afterwards.
 */
final class Drain {

    private final Executor loop;
    private final Runnable emptying;
    private final Runnable task = this::run;

    /** Whether a task is on its way that will see all that was added before it was looked at. */
    private final AtomicBoolean scheduled = new AtomicBoolean();

    /**
     * @param loop runs one task at a time
     * @param emptying takes what is in the queue, on the loop
     */
    Drain(Executor loop, Runnable emptying) {
        this.loop = loop;
        this.emptying = emptying;
    }

    /** Something was added; on any thread. */
    void schedule() {
        if (scheduled.compareAndSet(false, true)) {
            loop.execute(task);
        }
    }

    private void run() {
        // Before the queue is looked at: else what is added behind that look, by somebody who
        // still finds a task scheduled, stays there.
        scheduled.set(false);
        emptying.run();
    }
}
