package io.tardy.channel;

import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * The messages that a channel holds, first come first served: a ring that grows before it takes one
 * more. {@link java.util.ArrayDeque} grows afterwards: if there is no memory for that, it has what
 * it refused, counts as empty, and the next one takes the place of the first.
 */
final class Messages<T> {

    /** Its length is a power of two. */
    private @Nullable Object[] ring = new Object[8];

    private int head;
    private int count;

    int count() {
        return count;
    }

    /** Takes one more, for which there is always room after a {@link #poll}. */
    void add(T message) {
        if (count == ring.length) {
            grow();
        }
        ring[(head + count) & (ring.length - 1)] = message;
        count++;
    }

    /** The next one, or null if there is none. */
    @SuppressWarnings("unchecked") // only such are added
    @Nullable T poll() {
        if (count == 0) {
            return null;
        }
        T next = (T) ring[head];
        ring[head] = null;
        head = (head + 1) & (ring.length - 1);
        count--;
        return next;
    }

    /** Takes all out. */
    List<T> pollAll() {
        List<T> all = new ArrayList<>(count);
        T next;
        while ((next = poll()) != null) {
            all.add(next);
        }
        return all;
    }

    private void grow() {
        Object[] larger = new Object[Math.multiplyExact(ring.length, 2)];
        int tail = ring.length - head;
        System.arraycopy(ring, head, larger, 0, tail);
        System.arraycopy(ring, 0, larger, tail, head);
        ring = larger;
        head = 0;
    }
}
