package io.tardy.channel;

import io.tardy.runtime.WaitQueue;
import io.tardy.runtime.Waiter;
import java.io.IOException;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;

/** One of the things that a {@link Select} waits for, and its body. */
interface Clause<R extends @Nullable Object> {

    /** Whose lock is needed, or null. */
    default @Nullable Channel<?> channel() {
        return null;
    }

    /** What it waits for, in a dump. */
    String waitsFor();

    /** Begins anew. */
    Attempt<R> attempt();

    /**
     * A clause in one run, and what comes of it: its body, when nothing is held any more. All that
     * it needs is made before a channel is changed: what a full heap kept from its frame would be
     * lost.
     */
    interface Attempt<R extends @Nullable Object> extends Callable<R> {

        /** Looks whether it need not wait, where that needs no channel's lock. */
        default void look() {}

        /** With the channel's lock: does it, and returns true, if it need not wait. */
        boolean tryNow(WaitQueue<Waiter.Place> settled) throws IOException;

        /** It is going to wait with this waiter. */
        Waiter.Place prepare(Waiter waiter);

        /** With the channel's lock: waits. */
        default void enqueue() {}

        /** Waits, where that needs no channel's lock; it is left in any case. */
        default void begin() {}

        /** It was not chosen, or is over; also if it has not been prepared. */
        void leave();

        /** When all were left: waits until nothing of it is under way, whatever else happens. */
        default void awaitLeft() {}

        /** It was chosen. */
        void settled() throws IOException;
    }
}
