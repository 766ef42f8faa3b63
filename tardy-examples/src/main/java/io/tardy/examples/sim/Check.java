package io.tardy.examples.sim;

import java.util.Objects;

/** What must hold. */
final class Check {

    private Check() {}

    /** Fails the simulation if this does not hold. */
    static void that(boolean holds, String what) {
        if (!holds) {
            throw new AssertionError(what);
        }
    }

    /** Fails the simulation if the two differ. */
    static void equal(Object expected, Object actual, String what) {
        if (!Objects.equals(expected, actual)) {
            throw new AssertionError(what + ": " + actual + ", not " + expected);
        }
    }
}
