package io.tardy.sim;

import java.util.function.Supplier;

/** How long a simulation may go on: in virtual time, and in steps. */
record Limits(long nanosMax, long stepsMax) {

    /**
     * Requires that neither is exceeded.
     *
     * @param waiting who waits for what, for the error
     */
    void require(long nanos, long steps, Supplier<String> waiting) {
        if (nanos > nanosMax) {
            throw tooLong(nanosMax / 1_000_000_000 + " s of virtual time", "timeLimit", waiting);
        }
        if (steps > stepsMax) {
            throw tooLong(stepsMax + " steps", "stepLimit", waiting);
        }
    }

    private static AssertionError tooLong(String limit, String option, Supplier<String> waiting) {
        return new AssertionError(
                "the scenario has not ended after "
                        + limit
                        + " (see SimOptions."
                        + option
                        + "):\n"
                        + waiting.get());
    }
}
