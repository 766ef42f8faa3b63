package io.tardy.sync;

import io.tardy.aio.CancelledException;
import io.tardy.aio.DeadlineExceededException;
import io.tardy.aio.TardyIOException;
import io.tardy.runtime.WaitQueue;
import io.tardy.runtime.Waiter;

/**
 * Frames of any runtimes wait until something has happened so many times; from then on nobody
 * waits.
 *
 * <pre>{@code
 * Latch ready = new Latch(workers);
 * // in each worker: ready.countDown();
 * ready.await();
 * }</pre>
 *
 * <p>Only {@code await} waits, in a frame. Everything else may be called on any thread. What was
 * done before a {@code countDown} is visible after the {@code await} that it ends.
 */
@SuppressWarnings("exports") // of a type that only we use
public final class Latch extends WaitPoint<Waiter.Place> {

    /** Who has the lock. */
    private int count;

    /**
     * @param count how often to count down; zero or more
     */
    public Latch(int count) {
        if (count < 0) {
            throw new IllegalArgumentException("count: " + count + ", must not be negative");
        }
        this.count = count;
    }

    /** How often it is still to be counted down. */
    public int count() {
        return guarded(() -> count);
    }

    /** Counts down by one, and at zero lets all go on; at zero it does nothing. On any thread. */
    public void countDown() {
        Waiter.requireRoom();
        WaitQueue<Waiter.Place> settled = new WaitQueue<>();
        lock.lock();
        try {
            if (count == 0 || --count > 0) {
                return;
            }
            Waiter.Place next;
            while ((next = waiting.settleFirst()) != null) {
                settled.add(next);
            }
        } finally {
            lock.unlock();
        }
        settled.wakeAll();
    }

    /**
     * Waits until it has been counted down to zero. Without a wait it succeeds in a cancelled frame
     * too, and on any thread.
     *
     * @throws CancelledException if the frame is cancelled or interrupted before
     * @throws DeadlineExceededException if it had to wait beyond the frame's {@code Deadline}
     * @throws IllegalStateException if it has to wait outside of a frame
     */
    public void await() throws TardyIOException {
        Waiter.requireRoomToWait();
        Waiter.Place place;
        lock.lock();
        try {
            if (count == 0) {
                return;
            }
            place = new Waiter.Place(new Waiter("await", this));
            waiting.add(place);
        } finally {
            lock.unlock();
        }
        await(place, "await");
    }

    @Override
    public String toString() {
        return guarded(() -> "latch at " + count + ", " + waiting.count() + " waiting");
    }
}
