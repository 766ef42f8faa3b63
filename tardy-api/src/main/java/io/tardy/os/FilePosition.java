package io.tardy.os;

import java.util.ArrayDeque;
import java.util.concurrent.atomic.AtomicReference;

/**
 * Where a file is read or written next. One operation at a time has it, so each begins where the
 * one before has ended, whatever the kernel, a thread of a pool or another runtime does meanwhile:
 * what Linux itself does for read(2) and write(2), and io_uring does not (it reads one block for
 * two, and forgets the position of a write that the disk had room for only in part).
 *
 * <p>Used by the loops of runtimes, and by frames for what never waits: {@link #tryTake}, {@link
 * #release} and {@link #move}. A caller that finds it free, as nearly all do, takes and releases it
 * without a lock. The lock is never held for long.
 */
public final class FilePosition {

    /** An operation that wants to begin at the position. */
    public interface Taker {

        /**
         * The position is this taker's now, until {@link #release}. Called at most once, on any
         * thread, without a lock; for a taker that gives it up at the same moment perhaps too late,
         * and then of no meaning.
         */
        void taken(long offset);
    }

    private enum State {
        FREE,
        TAKEN,
        /** Taken, and others have asked for it: {@link #takers} is to be looked at. */
        AWAITED
    }

    private final AtomicReference<State> state = new AtomicReference<>(State.FREE);

    /** Guarded by this. */
    private final ArrayDeque<Taker> takers = new ArrayDeque<>(0);

    /** Belongs to the operation that has the position. */
    private long offset;

    FilePosition() {}

    /** Takes the position if it is free, and returns where it is; else -1. */
    public long tryTake() {
        return state.compareAndSet(State.FREE, State.TAKEN) ? offset : -1;
    }

    /**
     * Asks for the position.
     *
     * @param taker told when it has it, perhaps before this returns
     */
    public void take(Taker taker) {
        synchronized (this) {
            if (isHeldByAnother()) {
                takers.add(taker);
                return;
            }
        }
        taker.taken(offset);
    }

    /**
     * Whether another operation has it and will look for takers at its release; else it is ours.
     */
    private boolean isHeldByAnother() {
        while (!state.compareAndSet(State.FREE, State.TAKEN)) {
            if (state.get() == State.AWAITED || state.compareAndSet(State.TAKEN, State.AWAITED)) {
                return true;
            }
        }
        return false;
    }

    /**
     * Passes the position on to the next taker.
     *
     * @param bytes by how much it was moved
     */
    public void release(long bytes) {
        offset += bytes;
        if (!state.compareAndSet(State.TAKEN, State.FREE)) {
            passOn();
        }
    }

    private void passOn() {
        Taker next;
        synchronized (this) {
            next = takers.poll();
            if (next == null) { // the taker has cancelled
                state.set(State.FREE);
                return;
            }
        }
        next.taken(offset);
    }

    /** Moves it by so many bytes, after the takers that have asked before. */
    void move(long bytes) {
        take(offset -> release(bytes));
    }

    /** Withdraws a taker, whether it still waits or has just been given the position. */
    public void cancel(Taker taker) {
        synchronized (this) {
            if (takers.remove(taker)) {
                return;
            }
        }
        release(0);
    }
}
