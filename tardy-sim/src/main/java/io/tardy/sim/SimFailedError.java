package io.tardy.sim;

import java.util.Set;

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

    /** The same, found to need these kinds of faults alone. */
    SimFailedError shrunk(int kinds, Set<String> needed) {
        String names = String.join(",", needed);
        return new SimFailedError(
                seed,
                "of "
                        + kinds
                        + " kinds of faults it needs "
                        + (needed.isEmpty() ? "none" : "only " + names)
                        + " (SimOptions.faults(Faults.all().only(...)), or -Dtardy.sim.only="
                        + (needed.isEmpty() ? "none" : names)
                        + "): "
                        + getMessage(),
                getCause());
    }

    /** The same, of a test whose name the command to see it again needs. */
    SimFailedError of(String test) {
        String property = "-Dtardy.sim.seed=" + seed;
        return new SimFailedError(
                seed,
                getMessage()
                        .replace(property + " with @SimTest", "-Dtest=" + test + " " + property),
                getCause());
    }

    /** The seed that replays it. */
    public long seed() {
        return seed;
    }
}
