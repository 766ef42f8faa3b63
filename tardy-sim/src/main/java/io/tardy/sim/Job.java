package io.tardy.sim;

import org.jspecify.annotations.Nullable;

/** A continuation, the host that it belongs to, and its thread if that is known. */
record Job(Runnable continuation, SimHost host, @Nullable Thread thread) {

    boolean canRun() {
        return host == null || !host.isPaused();
    }
}
