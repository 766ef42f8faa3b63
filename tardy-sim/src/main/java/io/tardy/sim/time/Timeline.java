package io.tardy.sim.time;

import java.util.Comparator;
import java.util.PriorityQueue;

/**
 * Virtual time, and what is to happen in it. Time stands still until {@link #advance} is called,
 * and then jumps to the next event. Events of the same time happen in the order in which they were
 * added. For one thread.
 */
public final class Timeline {

    /** Something that is to happen; see {@link #after}. */
    public final class Event {
        private final long nanos;
        private final long number;
        private Runnable action;

        private Event(long nanos, long number, Runnable action) {
            this.nanos = nanos;
            this.number = number;
            this.action = action;
        }

        /** It will not happen; nothing if it has. */
        public void cancel() {
            if (action != null) {
                action = null;
                events.remove(this);
            }
        }
    }

    /** Longer than any program needs, and short enough that the sum of two never overflows. */
    private static final long DELAY_NANOS_MAX = Long.MAX_VALUE / 4;

    private static final Comparator<Event> ORDER =
            Comparator.<Event>comparingLong(event -> event.nanos)
                    .thenComparingLong(event -> event.number);

    private final PriorityQueue<Event> events = new PriorityQueue<>(ORDER);
    private long nowNanos;
    private long added;

    /** Nanoseconds since the beginning. */
    public long nowNanos() {
        return nowNanos;
    }

    /**
     * Adds an event.
     *
     * @param delayNanos from now; less than zero is now
     */
    public Event after(long delayNanos, Runnable action) {
        long delay = Math.clamp(delayNanos, 0, DELAY_NANOS_MAX);
        Event event = new Event(nowNanos + delay, added++, action);
        events.add(event);
        return event;
    }

    /** Whether anything is left to happen. */
    public boolean hasNext() {
        return !events.isEmpty();
    }

    /** When the next event happens, in nanoseconds since the beginning; only if there is one. */
    public long nextNanos() {
        return events.element().nanos;
    }

    /** Moves time on by so much, and has happen what happens meanwhile. */
    public void advance(long nanos) {
        long until = nowNanos + nanos;
        while (hasNext() && nextNanos() <= until) {
            advance();
        }
        nowNanos = until;
    }

    /** Moves time to the next event and has it happen; only if there is one. */
    public void advance() {
        Event next = events.remove();
        nowNanos = next.nanos;
        Runnable action = next.action;
        next.action = null;
        action.run();
    }
}
