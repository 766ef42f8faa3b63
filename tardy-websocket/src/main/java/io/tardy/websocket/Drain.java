package io.tardy.websocket;

import java.util.concurrent.Executor;
import java.util.concurrent.atomic.AtomicBoolean;

/**
 * Runs a task on the loop that empties a queue, once for everything that is added until it begins.
 * Call {@link #schedule} after adding.
 */
final class Drain {

    private final Executor loop;
    private final Runnable emptying;
    private final Runnable task = this::run;

    /** A task is scheduled that will see everything that was added before this was checked. */
    private final AtomicBoolean scheduled = new AtomicBoolean();

    /**
     * @param loop runs one task at a time
     * @param emptying empties the queue, on the loop
     */
    Drain(Executor loop, Runnable emptying) {
        this.loop = loop;
        this.emptying = emptying;
    }

    /** Any thread may call this. */
    void schedule() {
        if (scheduled.compareAndSet(false, true)) {
            boolean isTaken = false;
            try {
                loop.execute(task);
                isTaken = true;
            } finally {
                if (!isTaken) {
                    scheduled.set(false); // or what comes next would wait for ever
                }
            }
        }
    }

    private void run() {
        // Reset before the queue is emptied. Otherwise a thread that adds behind the last poll, and
        // still sees a task scheduled, leaves its message there.
        scheduled.set(false);
        emptying.run();
    }
}
