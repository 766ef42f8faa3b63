package io.tardy.sim.disk;

import io.tardy.sim.time.Dice;
import java.util.Collections;
import java.util.Map;
import java.util.TreeMap;

/** Draws whether faults happen, and counts those that have, by name. */
final class Chance {

    private final Dice dice;
    private final Map<String, Long> reached = new TreeMap<>();

    Chance(Dice dice) {
        this.dice = dice;
    }

    boolean has(String fault, double probability) {
        boolean happens = dice.chance(probability);
        if (happens) {
            reached(fault);
        }
        return happens;
    }

    /**
     * How many of these bytes are moved.
     *
     * @return from 1 to the count
     */
    int shorten(String fault, int count, double probability) {
        return count > 1 && has(fault, probability) ? 1 + dice.below(count - 1) : count;
    }

    /** From 0 to the count. */
    int upTo(int count) {
        return dice.below(count + 1);
    }

    /** It has happened without a draw. */
    void reached(String fault) {
        reached.merge(fault, 1L, Long::sum);
    }

    Map<String, Long> reached() {
        return Collections.unmodifiableMap(reached);
    }
}
