package io.tardy.sync;

import io.tardy.aio.CancelledException;
import io.tardy.aio.DeadlineExceededException;
import io.tardy.runtime.WaitQueue;
import io.tardy.runtime.Waiter;
import java.io.IOException;

/**
 * Frames of any runtimes wait for each other: when so many have come they all go on, and the next
 * round begins.
 *
 * <pre>{@code
 * Barrier round = new Barrier(workers);
 * // in each worker:
 * while (work.goesOn()) {
 *     work.step();
 *     round.await(); // until all have done this step
 * }
 * }</pre>
 *
 * <p>All go on, or none. If one that waits is cancelled or late, the barrier is <i>broken</i>: the
 * others get a {@link BarrierBrokenException} at once, and so does whoever comes later, until
 * somebody calls {@link #reset}. A frame that never comes breaks nothing: give the others a {@code
 * Deadline}, or fork all in one {@code Scope}, which cancels them where one fails.
 *
 * <p>Only {@code await} waits, in a frame. Everything else may be called on any thread. What was
 * done before an {@code await} is visible to all after theirs of the same round.
 */
public final class Barrier extends WaitPoint<Barrier.Arrival> {

    /** One time of waiting; whether it is broken is for who has the lock. */
    private static final class Round {
        boolean isBroken;
    }

    static final class Arrival extends Waiter.Place {
        final Round round;

        /** Whom it lets go on if it breaks the round; made before it may have to. */
        final WaitQueue<Arrival> others = new WaitQueue<>();

        Arrival(Waiter waiter, Round round) {
            super(waiter);
            this.round = round;
        }
    }

    private final int parties;

    /** Who has the lock. */
    private Round round = new Round();

    /**
     * @param parties how many have to come, at least one
     */
    public Barrier(int parties) {
        if (parties < 1) {
            throw new IllegalArgumentException("parties: " + parties + ", must be at least 1");
        }
        this.parties = parties;
    }

    /** How many have to come. */
    public int parties() {
        return parties;
    }

    /** Whether it is broken, and was not reset since. */
    public boolean isBroken() {
        return guarded(() -> round.isBroken);
    }

    private boolean isBroken(Round of) {
        lock.lock(); // no lambda: it would need memory, when it has gone on already
        try {
            return of.isBroken;
        } finally {
            lock.unlock();
        }
    }

    /**
     * Waits until all have come. The last one does not wait: it succeeds in a cancelled frame too,
     * and on any thread.
     *
     * @return how many were still to come: {@code parties() - 1} to the first, and 0 to the last,
     *     of which there is one in each round
     * @throws BarrierBrokenException if the barrier is broken, or is broken or reset meanwhile
     * @throws CancelledException if the frame is cancelled or interrupted before all have come; the
     *     barrier is broken then
     * @throws DeadlineExceededException if it had to wait beyond the frame's {@code Deadline}; the
     *     barrier is broken then
     * @throws IllegalStateException if it has to wait outside of a frame, and then it has not come;
     *     or where a frame cannot be suspended, and then the barrier is broken
     */
    public int await() throws IOException {
        Waiter.requireRoomToWait();
        WaitQueue<Arrival> settled = new WaitQueue<>();
        Round next = new Round();
        Arrival arrival = null;
        Round mine;
        int missing;
        lock.lock();
        try {
            mine = round;
            missing = parties - waiting.count() - 1;
            if (mine.isBroken) {
                throw new BarrierBrokenException(parties);
            } else if (missing > 0) {
                arrival = new Arrival(new Waiter("await", this), mine);
                waiting.add(arrival);
            } else if (settleAll(settled)) {
                round = next;
            } else {
                mine.isBroken = true;
            }
        } finally {
            lock.unlock();
        }
        settled.wakeAll();
        if (arrival != null) {
            await(arrival, "await");
        }
        if (isBroken(mine)) {
            throw new BarrierBrokenException(parties);
        }
        return missing;
    }

    /** Begins a new round. Frames that wait get a {@link BarrierBrokenException}. */
    public void reset() {
        Waiter.requireRoom();
        WaitQueue<Arrival> settled = new WaitQueue<>();
        Round next = new Round();
        lock.lock();
        try {
            settleAll(settled);
            round.isBroken = true;
            round = next;
        } finally {
            lock.unlock();
        }
        settled.wakeAll();
    }

    /** Who gives up while the others wait breaks the round for them. */
    @Override
    void leave(Arrival arrival) {
        lock.lock();
        try {
            if (waiting.remove(arrival)) {
                settleAll(arrival.others);
                arrival.round.isBroken = true;
            }
        } finally {
            lock.unlock();
        }
        arrival.others.wakeAll();
    }

    /**
     * Takes out all who wait; with the lock.
     *
     * @return false if one of them has just given up
     */
    private boolean settleAll(WaitQueue<Arrival> settled) {
        boolean isEach = true;
        Arrival next;
        while ((next = waiting.poll()) != null) {
            if (next.settle()) {
                settled.add(next);
            } else {
                isEach = false;
            }
        }
        return isEach;
    }

    @Override
    public String toString() {
        return guarded(
                () ->
                        round.isBroken
                                ? "broken barrier"
                                : "barrier with "
                                        + waiting.count()
                                        + " of "
                                        + parties
                                        + " waiting");
    }
}
