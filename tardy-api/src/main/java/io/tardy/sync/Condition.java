package io.tardy.sync;

import io.tardy.aio.CancelledException;
import io.tardy.aio.DeadlineExceededException;
import io.tardy.aio.TardyIOException;
import io.tardy.runtime.WaitQueue;
import io.tardy.runtime.Waiter;
import org.jspecify.annotations.Nullable;

/**
 * What frames that hold a {@link Mutex} may wait for, until others have changed what it guards.
 * Made by {@link Mutex#condition}.
 *
 * <pre>{@code
 * try (var held = mutex.hold()) {
 *     while (free.isEmpty()) { // another frame may have taken it
 *         changed.await(); // without the mutex, and with it again when it returns
 *     }
 *     return free.poll();
 * }
 * }</pre>
 *
 * <p>A signal is for the frame that has waited longest, and is not lost on one that is cancelled or
 * late: either that frame has not been signalled, and the next one is, or its wait returns. No wait
 * returns without a signal; still a loop around it is needed, for another frame may lock first.
 */
public final class Condition {

    private final Mutex mutex;

    /** Who has the mutex's lock. One that is signalled moves to the mutex's own queue. */
    private final WaitQueue<Waiter.Place> waiting = new WaitQueue<>();

    Condition(Mutex mutex) {
        this.mutex = mutex;
    }

    /** How many frames wait for a signal now; on any thread. */
    public int waiting() {
        mutex.lock.lock();
        try {
            return waiting.count();
        } finally {
            mutex.lock.unlock();
        }
    }

    /**
     * Unlocks the mutex, waits for a signal, and locks the mutex again before it returns or throws.
     * The wait for the mutex at the end is not given up, neither by a cancel nor by a deadline, so
     * that the caller always holds what it unlocks: whoever holds the mutex must come to let it go.
     *
     * @throws CancelledException if the frame is cancelled or interrupted before a signal
     * @throws DeadlineExceededException if it had to wait beyond the frame's {@code Deadline} for a
     *     signal
     * @throws IllegalStateException if the frame does not hold the mutex, or outside of a frame
     */
    public void await() throws TardyIOException {
        Waiter.requireRoomToWaitTwice();
        Waiter.Place place;
        Waiter.Place next;
        mutex.lock.lock();
        try {
            mutex.requireHeld("await");
            place = new Waiter.Place(new Waiter("await"));
            next = mutex.handOn();
            waiting.add(place);
        } finally {
            mutex.lock.unlock();
        }
        try {
            Mutex.wake(next);
            place.waiter().await("await");
        } catch (TardyIOException | RuntimeException | Error e) {
            boolean wasSignalled = leave(place);
            mutex.lockRegardless("await");
            if (!wasSignalled) {
                throw e;
            }
        }
    }

    /** Has given up, be it the wait for a signal or, after that, the one for the mutex. */
    private boolean leave(Waiter.Place place) {
        mutex.lock.lock();
        try {
            if (waiting.remove(place)) {
                return false;
            }
            mutex.dequeue(place);
            return true;
        } finally {
            mutex.lock.unlock();
        }
    }

    /**
     * Lets the frame go on that has waited longest, once it has the mutex; if none waits, does
     * nothing.
     *
     * @throws IllegalStateException if the caller does not hold the mutex
     */
    public void signal() {
        Waiter.requireRoom();
        mutex.lock.lock();
        try {
            mutex.requireHeld("signal");
            move(waiting.poll());
        } finally {
            mutex.lock.unlock();
        }
    }

    /**
     * Lets all go on that wait, one after the other.
     *
     * @throws IllegalStateException if the caller does not hold the mutex
     */
    public void signalAll() {
        Waiter.requireRoom();
        mutex.lock.lock();
        try {
            mutex.requireHeld("signalAll");
            while (!waiting.isEmpty()) {
                move(waiting.poll());
            }
        } finally {
            mutex.lock.unlock();
        }
    }

    /** One that has just given up, and has not left yet, finds in {@link #leave} that it moved. */
    private void move(Waiter.@Nullable Place signalled) {
        if (signalled != null) {
            mutex.enqueue(signalled);
        }
    }
}
