package io.tardy.sim;

/**
 * A simulation has failed. The message says with which seed, when, why, and what has happened last
 * on each host; the cause is what a frame or the scenario has thrown, if anything.
 */
public final class SimFailedError extends AssertionError {

    private static final long serialVersionUID = 1;

    private final long seed;

    SimFailedError(long seed, String message, Throwable cause) {
        super(message, cause);
        this.seed = seed;
    }

    /** The seed that replays it. */
    public long seed() {
        return seed;
    }
}
