package io.tardy.process;

import java.util.concurrent.atomic.AtomicReference;
import org.jspecify.annotations.Nullable;

/**
 * One thing on its way from the thread that makes it to the one that has asked for it, and may ask
 * no longer: exactly one of the two has it in the end.
 */
final class HandOver<T> {

    private static final Object GIVEN_UP = new Object();

    /** Null, the thing, or that nobody will take it. */
    private final AtomicReference<@Nullable Object> state = new AtomicReference<>();

    /** By who makes it; false if nobody takes it, and it stays the maker's. */
    boolean offer(T made) {
        return state.compareAndSet(null, made);
    }

    /** By who has asked: what was offered, or null; nothing can be offered from now on. */
    @SuppressWarnings("unchecked") // only offer puts another thing than the mark
    @Nullable T takeOrGiveUp() {
        Object offered = state.getAndSet(GIVEN_UP);
        return offered == GIVEN_UP ? null : (T) offered;
    }
}
