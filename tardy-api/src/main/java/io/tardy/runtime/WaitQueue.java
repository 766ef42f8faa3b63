package io.tardy.runtime;

import io.tardy.runtime.Waiter.Place;
import org.jspecify.annotations.Nullable;

/**
 * Those who wait for the same thing, first come first served. It belongs to whoever has the lock of
 * that thing. Giving up a place costs the same wherever it is, and leaves nothing behind.
 *
 * @param <P> what they hand over
 */
public final class WaitQueue<P extends Place> {

    private @Nullable Place first;
    private @Nullable Place last;
    private int count;

    /** How many stand in it. */
    public int count() {
        return count;
    }

    /** Whether nobody stands in it. */
    public boolean isEmpty() {
        return count == 0;
    }

    /** Whose turn it is, or null. */
    @SuppressWarnings("unchecked") // only such are added
    public @Nullable P first() {
        return (P) first;
    }

    /** Takes a place at the end. */
    public void add(P place) {
        place.previous = last;
        if (last == null) {
            first = place;
        } else {
            last.next = place;
        }
        last = place;
        place.queue = this;
        count++;
    }

    /**
     * Leaves the queue, wherever in it.
     *
     * @return false if it does not stand in this one any more
     */
    public boolean remove(P place) {
        if (place.queue != this) {
            return false;
        }
        Place before = place.previous;
        Place after = place.next;
        if (before == null) {
            first = after;
        } else {
            before.next = after;
        }
        if (after == null) {
            last = before;
        } else {
            after.previous = before;
        }
        place.previous = null;
        place.next = null;
        place.queue = null;
        count--;
        return true;
    }

    /** Takes out whose turn it is, or returns null. */
    public @Nullable P poll() {
        P polled = first();
        if (polled != null) {
            remove(polled);
        }
        return polled;
    }

    /**
     * Takes out and settles the first that has not given up; the caller wakes it when it has let
     * the lock go.
     *
     * @return it, or null if there is none
     */
    public @Nullable P settleFirst() {
        P polled;
        do {
            polled = poll();
        } while (polled != null && !polled.settle());
        return polled;
    }

    /** Wakes all that stand in it, who were settled; without the lock. */
    public void wakeAll() {
        P settled;
        while ((settled = poll()) != null) {
            settled.waiter().wake();
        }
    }
}
