package io.tardy.runtime;

import java.util.Arrays;

/**
 * The timers of one runtime: a binary heap by deadline, ties in the order of arrival. An entry
 * knows its place, so that giving one up costs as little as expiring it.
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

    private static final int GONE = -1;

    /** A timer, which runs while it is in the queue. */
    static final class Entry {
        private final Expiring owner;
        private long deadlineNanos;
        private long sequence;
        private int place = GONE;

        private Entry(Expiring owner) {
            this.owner = owner;
        }

        private boolean before(Entry other) {
            long difference = deadlineNanos - other.deadlineNanos;
            return difference == 0 ? sequence < other.sequence : difference < 0;
        }
    }

    private Entry[] heap = new Entry[16];
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
        long delay = Math.clamp(delayNanos, 0, DELAY_NANOS_MAX);
        entry.deadlineNanos = nowNanos + delay;
        entry.sequence = sequence++;
        if (count == heap.length) {
            heap = Arrays.copyOf(heap, count * 2);
        }
        siftUp(count++, entry);
    }

    /** Takes an entry out; false if it is no longer in. */
    boolean remove(Entry entry) {
        int place = entry.place;
        if (place == GONE) {
            return false;
        }
        entry.place = GONE;
        Entry last = heap[--count];
        heap[count] = null;
        if (last != entry) {
            siftDown(place, last);
            if (heap[place] == last) {
                siftUp(place, last);
            }
        }
        return true;
    }

    /** Takes out all; removing one of them later finds it gone. */
    void clear() {
        while (count > 0) {
            heap[--count].place = GONE;
            heap[count] = null;
        }
    }

    /** Takes out the next timer whose time has come and returns its owner, or null. */
    Expiring pollExpired(long nowNanos) {
        if (count == 0 || heap[0].deadlineNanos - nowNanos > 0) {
            return null;
        }
        Entry first = heap[0];
        remove(first);
        return first.owner;
    }

    /** Nanoseconds until the next deadline, 0 if it has passed; only if there is one. */
    long delayNanos(long nowNanos) {
        return Math.max(heap[0].deadlineNanos - nowNanos, 0);
    }

    /** The next deadline; only if there is one. */
    long deadlineNanos() {
        return heap[0].deadlineNanos;
    }

    private void siftUp(int from, Entry entry) {
        int place = from;
        while (place > 0) {
            int parent = (place - 1) >>> 1;
            if (!entry.before(heap[parent])) {
                break;
            }
            put(place, heap[parent]);
            place = parent;
        }
        put(place, entry);
    }

    private void siftDown(int from, Entry entry) {
        int place = from;
        int firstLeaf = count >>> 1;
        while (place < firstLeaf) {
            int child = 2 * place + 1;
            if (child + 1 < count && heap[child + 1].before(heap[child])) {
                child++;
            }
            if (!heap[child].before(entry)) {
                break;
            }
            put(place, heap[child]);
            place = child;
        }
        put(place, entry);
    }

    private void put(int place, Entry entry) {
        heap[place] = entry;
        entry.place = place;
    }
}
