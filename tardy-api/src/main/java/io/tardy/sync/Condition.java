package io.tardy.sync;

import io.tardy.aio.CancelledException;
import io.tardy.aio.DeadlineExceededException;
import io.tardy.aio.TardyIOException;
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
@SuppressWarnings("exports") // of a type that only we use
public final class Condition extends WaitPoint<Waiter.Place> {

    /** Whose lock is this one's too. A frame that is signalled moves to its queue. */
    private final Mutex mutex;

    Condition(Mutex mutex) {
        super(mutex.lock);
        this.mutex = mutex;
    }

    /**
     * Unlocks the mutex, waits for a signal, and locks the mutex again before it returns or throws.
     * The wait for the mutex at the end is not given up, neither by a cancel nor by a deadline, so
     * that the caller always holds what it unlocks: whoever holds the mutex must come to let it go.
     *
     * @throws CancelledException if the frame is cancelled or interrupted before a signal
     * @throws DeadlineExceededException if it had to wait beyond the frame's {@code Deadline} for a
     *     signal
     * @throws IllegalStateException if the frame does not hold the mutex; or outside of a frame, or
     *     where it cannot be suspended, and then the caller holds it still
     */
    public void await() throws TardyIOException {
        Waiter.requireRoomToWaitTwice();
        requireHeld();
        Waiter.requireSuspendable("await"); // it could not wait for the mutex either
        Waiter.Place place;
        Waiter.Place next;
        lock.lock();
        try {
            place = new Waiter.Place(new Waiter("await", this));
            next = mutex.handOn();
            waiting.add(place);
        } finally {
            lock.unlock();
        }
        try {
            Mutex.wake(next);
            place.waiter().await("await");
        } catch (TardyIOException | RuntimeException | Error e) {
            boolean wasSignalled = tryLeave(place);
            mutex.lockRegardless("await");
            if (!wasSignalled) {
                throw e;
            }
        }
    }

    private void requireHeld() {
        lock.lock();
        try {
            mutex.requireHeld("await");
        } finally {
            lock.unlock();
        }
    }

    /** Has given up, be it the wait for a signal or, after that, the one for the mutex. */
    private boolean tryLeave(Waiter.Place place) {
        lock.lock();
        try {
            if (waiting.remove(place)) {
                return false;
            }
            mutex.dequeue(place);
            return true;
        } finally {
            lock.unlock();
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
        lock.lock();
        try {
            mutex.requireHeld("signal");
            move(waiting.poll());
        } finally {
            lock.unlock();
        }
    }

    /**
     * Lets all go on that wait, one after the other.
     *
     * @throws IllegalStateException if the caller does not hold the mutex
     */
    public void signalAll() {
        Waiter.requireRoom();
        lock.lock();
        try {
            mutex.requireHeld("signalAll");
            while (!waiting.isEmpty()) {
                move(waiting.poll());
            }
        } finally {
            lock.unlock();
        }
    }

    /**
     * One that has just given up, and has not left yet, finds in {@link #tryLeave} that it moved.
     */
    private void move(Waiter.@Nullable Place signalled) {
        if (signalled != null) {
            mutex.enqueue(signalled);
        }
    }
}
