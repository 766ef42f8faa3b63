package io.tardy.examples.gateway;

import java.io.IOException;

/** What a {@link Pool} keeps. */
abstract class PooledConnection {

    private int idleSince;
    private boolean isKept;

    /**
     * It has given an answer, and may be used again.
     *
     * @param period of the pool
     */
    final void setKept(int period) {
        isKept = true;
        idleSince = period;
    }

    /** It has answered before: the backend may have closed it since. */
    final boolean isKept() {
        return isKept;
    }

    /** The period in which it was used last. */
    final int idleSince() {
        return idleSince;
    }

    /** Whether it can take a request now. */
    abstract boolean isReady();

    abstract void close() throws IOException;
}
