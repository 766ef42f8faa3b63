package io.tardy.examples.redis;

import java.io.IOException;

/**
 * The memory that all connections together take for what is under way: requests that are not whole,
 * replies that are not sent, messages that wait. The data has a bound of its own.
 */
final class Budget {

    /** There is no more of it. */
    static final class ExhaustedException extends IOException {
        private static final long serialVersionUID = 1L;

        ExhaustedException() {
            super("ERR all connections together take too much memory: this one is cut");
        }
    }

    private final long bytesMax;
    private long held;

    Budget(long bytesMax) {
        this.bytesMax = bytesMax;
    }

    boolean tryHold(long bytes) {
        if (held + bytes > bytesMax) {
            return false;
        }
        held += bytes;
        return true;
    }

    void hold(long bytes) throws ExhaustedException {
        if (!tryHold(bytes)) {
            throw new ExhaustedException();
        }
    }

    void giveBack(long bytes) {
        held -= bytes;
    }
}
