package io.tardy.runtime;

import java.util.Map;
import java.util.NavigableMap;
import java.util.TreeMap;

/**
 * When the turns of a loop were, roughly: what a thread that looks now and then has seen. So a
 * frame need not ask for the time when it begins to wait; it remembers the turn. Any thread.
 *
 * <p>Each level has the last looks of every second look of the level below: of the last seconds all
 * are there, and of the last hours one in some minutes. So what is told is less than the truth by a
 * seventh of it at most, and by one look.
 */
final class TurnTimes {

    /** Enough for years, be there a look each five milliseconds. */
    private static final int LEVELS = 32;

    /** How many looks a level has. */
    private static final int ROOM = 16;

    // Guarded by this. By level, and in it one after the other.
    private final long[] turns = new long[LEVELS * ROOM];
    private final long[] nanos = new long[LEVELS * ROOM];
    private long looks;

    TurnTimes() {}

    /** At this time the loop was in this turn, which was no earlier one before. */
    synchronized void seen(long turn, long nowNanos) {
        for (int level = 0; level < LEVELS && looks % (1L << level) == 0; level++) {
            int at = level * ROOM + (int) ((looks >> level) % ROOM);
            turns[at] = turn;
            nanos[at] = nowNanos;
        }
        looks++;
    }

    /** The looks that are known now, for who asks of many turns. */
    synchronized Looks looks() {
        NavigableMap<Long, Long> first = new TreeMap<>();
        for (int level = 0; level < LEVELS; level++) {
            long had = Math.min(ROOM, (looks + (1L << level) - 1) >> level);
            for (int at = level * ROOM; at < level * ROOM + had; at++) {
                first.merge(turns[at], nanos[at], (one, other) -> one - other < 0 ? one : other);
            }
        }
        return new Looks(first);
    }

    /**
     * What looks have seen.
     *
     * @param first when the first look was that has found the loop in this turn
     */
    record Looks(NavigableMap<Long, Long> first) {

        /** Whether there was a look. */
        boolean isKnown() {
            return !first.isEmpty();
        }

        /**
         * How long ago the first look was that has found the loop in this turn or a later one:
         * about as long as the turn is over, or less. 0 if no look has.
         */
        long nanosSince(long turn, long nowNanos) {
            Map.Entry<Long, Long> look = first.ceilingEntry(turn);
            return look == null ? 0 : Math.max(nowNanos - look.getValue(), 0);
        }
    }
}
