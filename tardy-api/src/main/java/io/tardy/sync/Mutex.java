package io.tardy.sync;

import io.tardy.aio.CancelledException;
import io.tardy.aio.DeadlineExceededException;
import io.tardy.aio.TardyIOException;
import io.tardy.runtime.Waiter;
import org.jspecify.annotations.Nullable;

/**
 * A lock that a frame may hold across waits, and whose own wait ends with the frame's cancellation
 * and {@code Deadline}. Its frames may belong to any runtimes.
 *
 * <pre>{@code
 * try (var held = mutex.hold()) { // waits while another frame holds it
 *     connection.sendAll(question);
 *     return readLine(connection);
 * }
 * }</pre>
 *
 * <p>It is fair: it goes to the frames in the order in which they began to wait. It is not
 * reentrant. Only the frame or thread that has locked it unlocks it; all that was done before the
 * unlock is visible to whoever locks it next. A frame that is cancelled or late leaves its place;
 * if it was given the mutex before, {@code lock} returns and the frame holds it.
 *
 * <p>Only {@code lock} and {@code hold} wait, in a frame. Everything else may be called on any
 * thread.
 */
@SuppressWarnings("exports") // of a type that only we use
public final class Mutex extends WaitPoint<Waiter.Place> {

    /** Null only while nobody waits; who has the lock, which the conditions have too. */
    private @Nullable Thread owner;

    /** A mutex that nobody holds. */
    public Mutex() {}

    /** Whether somebody holds it now. */
    public boolean isLocked() {
        return guarded(() -> owner != null);
    }

    /**
     * Takes it, waiting until it is this frame's turn. Without a wait it succeeds in a cancelled
     * frame too, and on any thread.
     *
     * @throws CancelledException if the frame is cancelled or interrupted; it does not hold it
     * @throws DeadlineExceededException if it had to wait beyond the frame's {@code Deadline}; it
     *     does not hold it
     * @throws IllegalStateException if the frame holds it already, or has to wait outside of a
     *     frame
     */
    public void lock() throws TardyIOException {
        Waiter.requireRoomToWait(); // and to unlock it
        Waiter.Place place = takeOrQueue("lock");
        if (place != null) {
            await(place, "lock");
        }
    }

    /**
     * Takes it if nobody holds it; on any thread.
     *
     * @return whether it has
     * @throws IllegalStateException if the caller holds it already
     */
    public boolean tryLock() {
        Waiter.requireRoomToWait(); // or to unlock it
        lock.lock();
        try {
            return tryTake();
        } finally {
            lock.unlock();
        }
    }

    /**
     * Gives it to the frame that has waited longest, if one waits.
     *
     * @throws IllegalStateException if the caller does not hold it
     */
    public void unlock() {
        Waiter.Place next;
        lock.lock();
        try {
            requireHeld("unlock");
            next = handOn();
        } finally {
            lock.unlock();
        }
        wake(next);
    }

    /** {@link #lock}, and what unlocks it when it is closed. */
    public Held hold() throws TardyIOException {
        Held held = new Held(this::unlock); // before: it could fail
        lock();
        return held;
    }

    /** A condition of what this mutex guards. */
    public Condition condition() {
        return new Condition(this);
    }

    /** Where the caller has to wait; null if it has it now. */
    private Waiter.@Nullable Place takeOrQueue(String operation) {
        lock.lock();
        try {
            if (tryTake()) {
                return null;
            }
            Waiter.Place place = new Waiter.Place(new Waiter(operation, this));
            waiting.add(place);
            return place;
        } finally {
            lock.unlock();
        }
    }

    private boolean tryTake() {
        Thread current = Thread.currentThread();
        if (owner == current) {
            throw new IllegalStateException(
                    "this frame holds the mutex already, and would wait for itself: a Mutex is not"
                            + " reentrant, so lock it in the outer method only");
        }
        if (owner != null) {
            return false;
        }
        owner = current;
        return true;
    }

    // For conditions, with the lock.

    void requireHeld(String operation) {
        if (owner != Thread.currentThread()) {
            throw new IllegalStateException(
                    operation
                            + " without the mutex, which "
                            + (owner == null ? "nobody" : owner.getName())
                            + " holds: only the frame that has locked it may");
        }
    }

    /** Gives it to the next. */
    Waiter.@Nullable Place handOn() {
        if (!waiting.isEmpty()) {
            Waiter.requireRoom();
        }
        Waiter.Place next = waiting.settleFirst();
        owner = next == null ? null : next.waiter().thread();
        return next;
    }

    /** Lets this one, which waits for something else, wait for the mutex. */
    void enqueue(Waiter.Place place) {
        waiting.add(place);
    }

    /** Takes this one out, if it waits for the mutex. */
    void dequeue(Waiter.Place place) {
        waiting.remove(place);
    }

    // For conditions, without it.

    static void wake(Waiter.@Nullable Place settled) {
        if (settled != null) {
            settled.waiter().wake();
        }
    }

    /** {@link #lock} that neither a cancel nor a deadline ends. */
    void lockRegardless(String operation) {
        Waiter.Place place = takeOrQueue(operation);
        if (place == null) {
            return;
        }
        try {
            place.waiter().awaitRegardless(operation);
        } catch (RuntimeException | Error e) {
            leave(place);
            throw e;
        }
    }

    @Override
    public String toString() {
        return guarded(
                () ->
                        "mutex that "
                                + (owner == null ? "nobody" : owner.getName())
                                + " holds, "
                                + waiting.count()
                                + " waiting");
    }
}
