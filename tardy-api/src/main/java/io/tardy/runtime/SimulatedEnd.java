package io.tardy.runtime;

import io.netty.util.concurrent.DefaultPromise;
import io.netty.util.concurrent.ImmediateEventExecutor;

/**
 * The end of a simulated loop or group. Netty has a thread of its own tell of an end, which no
 * simulation runs; whoever listens to this one is called where the last loop ends.
 */
public final class SimulatedEnd extends DefaultPromise<Void> {

    /** Not reached. */
    public SimulatedEnd() {
        super(ImmediateEventExecutor.INSTANCE);
    }

    /** Frames may wait for it, and need not be told that they are the executor. */
    @Override
    protected void checkDeadLock() {}
}
