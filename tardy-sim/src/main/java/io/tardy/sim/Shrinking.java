package io.tardy.sim;

import io.tardy.sim.faults.Faults;
import java.util.LinkedHashSet;
import java.util.Set;
import java.util.function.Function;

/**
 * Looks for a smaller world in which the same seed fails in the same way: without the kinds of
 * faults that are not needed, one after the other.
 */
final class Shrinking {

    /** Real time: whoever waits for a test has seen a failure already. */
    private static final long BUDGET_NANOS = 20_000_000_000L;

    private final Function<Faults, SimFailedError> run;
    private final SimFailedError first;
    private final Faults all;
    private SimFailedError smallest;
    private Faults needed;

    /**
     * @param run simulates with these faults, and returns how that fails, or null
     * @param first how it fails with all of them
     */
    Shrinking(Function<Faults, SimFailedError> run, SimFailedError first, Faults all) {
        this.run = run;
        this.first = first;
        this.all = all;
        this.smallest = first;
        this.needed = all;
    }

    /** How the smallest world fails that was found. */
    SimFailedError shrink() {
        long began = System.nanoTime();
        // Fewer faults draw other numbers: what failed with many may pass with some, and fail with
        // one.
        boolean isFound = tryWith(Set.of());
        for (String kind : all.kinds()) {
            if (!isFound && System.nanoTime() - began < BUDGET_NANOS) {
                isFound = tryWith(Set.of(kind));
            }
        }
        for (String kind : all.kinds()) {
            Set<String> others = new LinkedHashSet<>(needed.kinds());
            if (!isFound && others.remove(kind) && System.nanoTime() - began < BUDGET_NANOS) {
                tryWith(others);
            }
        }
        return smallest == first ? first : smallest.shrunk(all.kinds().size(), needed.kinds());
    }

    private boolean tryWith(Set<String> kinds) {
        Faults fewer = all.only(kinds);
        SimFailedError failure = run.apply(fewer);
        if (failure != null && isLike(failure)) {
            smallest = failure;
            needed = fewer;
            return true;
        }
        return false;
    }

    private boolean isLike(SimFailedError failure) {
        return failure.getCause().getClass() == first.getCause().getClass();
    }
}
