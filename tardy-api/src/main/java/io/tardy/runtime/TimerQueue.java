package io.tardy.runtime;

import java.util.Arrays;

/**
 * The timers of one runtime: a heap by deadline, ties in the order of arrival. An entry knows its
 * place, so that giving one up costs as little as expiring it.
 *
 * <p>Each node has four children, whose deadlines lie side by side: a million timers are far more
 * than a cache holds, and the way down such a heap touches one line of it a level.
 */
public final class TimerQueue {

    /**
     * Longer than any program needs, and short enough that the difference of two never overflows.
     */
    static final long DELAY_NANOS_MAX = Long.MAX_VALUE / 2;

    /** What a timer is for. */
    public interface Expiring {

        /** Its time has come; on the loop. It must not run user code. */
        void expire();
    }

    private static final int CHILDREN_LOG2 = 2;
    private static final int CHILDREN = 1 << CHILDREN_LOG2;
    private static final int GONE = -1;

    /** A timer, which runs while it is in the queue. */
    static final class Entry {
        private final Expiring owner;
        private long sequence;
        private int place = GONE;

        private Entry(Expiring owner) {
            this.owner = owner;
        }
    }

    private long[] deadlines = new long[16];
    private Entry[] entries = new Entry[16];
    private int count;
    private long sequence;

    int count() {
        return count;
    }

    Entry add(Expiring owner, long nowNanos, long delayNanos) {
        Entry entry = new Entry(owner);
        add(entry, nowNanos, delayNanos);
        return entry;
    }

    /** Puts an entry in again that is no longer in. */
    void add(Entry entry, long nowNanos, long delayNanos) {
        if (entry.place != GONE) {
            throw new IllegalStateException("the timer runs already");
        }
        if (count == entries.length) {
            deadlines = Arrays.copyOf(deadlines, count * 2);
            entries = Arrays.copyOf(entries, count * 2);
        }
        entry.sequence = sequence++;
        siftUp(count++, entry, nowNanos + Math.clamp(delayNanos, 0, DELAY_NANOS_MAX));
    }

    /** Takes an entry out; false if it is no longer in. */
    boolean remove(Entry entry) {
        int place = entry.place;
        if (place == GONE) {
            return false;
        }
        entry.place = GONE;
        Entry last = entries[--count];
        entries[count] = null;
        if (last != entry) {
            long deadline = deadlines[count];
            if (place > 0 && isBefore(deadline, last, parent(place))) {
                siftUp(place, last, deadline);
            } else {
                siftDown(place, last, deadline);
            }
        }
        return true;
    }

    /** Takes out all; removing one of them later finds it gone. */
    void clear() {
        while (count > 0) {
            entries[--count].place = GONE;
            entries[count] = null;
        }
    }

    /** Takes out the next timer whose time has come and returns its owner, or null. */
    Expiring pollExpired(long nowNanos) {
        if (count == 0 || deadlines[0] - nowNanos > 0) {
            return null;
        }
        Entry first = entries[0];
        remove(first);
        return first.owner;
    }

    /** Nanoseconds until the next deadline, 0 if it has passed; only if there is one. */
    long delayNanos(long nowNanos) {
        return Math.max(deadlines[0] - nowNanos, 0);
    }

    /** The next deadline; only if there is one. */
    long deadlineNanos() {
        return deadlines[0];
    }

    private static int parent(int place) {
        return (place - 1) >>> CHILDREN_LOG2;
    }

    private void siftUp(int from, Entry entry, long deadline) {
        int place = from;
        while (place > 0) {
            int parent = parent(place);
            if (!isBefore(deadline, entry, parent)) {
                break;
            }
            put(place, entries[parent], deadlines[parent]);
            place = parent;
        }
        put(place, entry, deadline);
    }

    private void siftDown(int from, Entry entry, long deadline) {
        int place = from;
        for (int child; (child = (place << CHILDREN_LOG2) + 1) < count; ) {
            int first = first(child, Math.min(child + CHILDREN, count));
            if (isBefore(deadline, entry, first)) {
                break;
            }
            put(place, entries[first], deadlines[first]);
            place = first;
        }
        put(place, entry, deadline);
    }

    private int first(int from, int to) {
        int first = from;
        for (int place = from + 1; place < to; place++) {
            if (isBefore(deadlines[place], entries[place], first)) {
                first = place;
            }
        }
        return first;
    }

    private boolean isBefore(long deadline, Entry entry, int place) {
        long difference = deadline - deadlines[place];
        return difference < 0 || difference == 0 && entry.sequence < entries[place].sequence;
    }

    private void put(int place, Entry entry, long deadline) {
        entries[place] = entry;
        deadlines[place] = deadline;
        entry.place = place;
    }
}
