package io.tardy.runtime;

import java.util.AbstractQueue;
import java.util.Iterator;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicReference;

/**
 * The tasks of a loop, which any thread adds and the loop takes, first come first served.
 *
 * <p>Netty's own queue takes two steps to add: it claims a place, then fills it. A thread whose
 * stack overflows in between leaves a place that nobody fills, and the loop waits for it for ever.
 * Here one step adds, a compare-and-set: before it nothing has happened, and after it everything
 * has. The added ones are a stack (Treiber, <i>Systems programming: coping with parallelism</i>,
 * 1986), which the loop takes as a whole and turns around.
 */
final class LoopTaskQueue extends AbstractQueue<Runnable> {

    /** A task in the queue. */
    private static class Added {
        private final Runnable task;

        /** What was added before; once the loop has turned them around, what was added after. */
        Added next;

        /** How many were added and not taken over when this one was, itself included. */
        int count;

        Added(Runnable task) {
            this.task = task;
        }

        Runnable runnable() {
            return task;
        }
    }

    /** A task that is added once at most, and needs no memory for that. */
    abstract static class Own extends Added implements Runnable {

        /** For the thread that adds it. Added again, it would tie the queue into a ring. */
        private boolean isAdded;

        Own() {
            super(null);
        }

        @Override
        final Runnable runnable() {
            return this;
        }
    }

    private final int max;

    /** The newest of those that the loop has not taken over. */
    private final AtomicReference<Added> newest = new AtomicReference<>();

    /** The oldest of those that the loop has taken over; the loop's. */
    private Added oldest;

    /** How many it has taken over and not run; written by the loop. */
    private final AtomicInteger taken = new AtomicInteger();

    /**
     * @param max how many may wait; an addition above that is refused
     */
    LoopTaskQueue(int max) {
        this.max = max;
    }

    /** Any thread. */
    @Override
    public boolean offer(Runnable task) {
        if (!(task instanceof Own own)) {
            return offer(new Added(task));
        } else if (!own.isAdded) {
            own.isAdded = offer((Added) own); // an overflow may have cut its caller short before
        }
        return own.isAdded;
    }

    private boolean offer(Added added) {
        Added before;
        do {
            before = newest.get();
            int waiting = before == null ? 0 : before.count;
            if (max != Integer.MAX_VALUE && waiting >= max - taken.get()) {
                return false;
            }
            added.next = before;
            added.count = waiting + 1;
        } while (!newest.compareAndSet(before, added));
        return true;
    }

    /** The loop. */
    @Override
    public Runnable poll() {
        if (oldest == null && !takeOver()) {
            return null;
        }
        Added first = oldest;
        oldest = first.next;
        first.next = null; // who keeps a task of its own keeps no others
        taken.lazySet(taken.getPlain() - 1);
        return first.runnable();
    }

    /** The loop. */
    @Override
    public Runnable peek() {
        return oldest == null && !takeOver() ? null : oldest.runnable();
    }

    private boolean takeOver() {
        if (newest.get() == null) {
            return false;
        }
        Added last = newest.getAndSet(null);
        taken.lazySet(last.count);
        Added after = null;
        for (Added added = last; added != null; ) {
            Added before = added.next;
            added.next = after;
            after = added;
            added = before;
        }
        oldest = after;
        return true;
    }

    /** Exact on the loop; elsewhere what is being taken over may be missing, or count twice. */
    @Override
    public int size() {
        Added last = newest.get();
        return taken.get() + (last == null ? 0 : last.count);
    }

    /** Exact on the loop; see {@link #size}. */
    @Override
    public boolean isEmpty() {
        return taken.get() == 0 && newest.get() == null;
    }

    /**
     * Nobody asks for it.
     *
     * @throws UnsupportedOperationException always
     */
    @Override
    public Iterator<Runnable> iterator() {
        throw new UnsupportedOperationException("a loop's tasks can only be taken");
    }
}
