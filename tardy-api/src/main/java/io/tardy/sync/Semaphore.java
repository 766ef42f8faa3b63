package io.tardy.sync;

import io.tardy.aio.CancelledException;
import io.tardy.aio.DeadlineExceededException;
import io.tardy.aio.TardyIOException;
import io.tardy.runtime.WaitQueue;
import io.tardy.runtime.Waiter;

/**
 * A number of permits that frames of any runtimes share: so many may do something at once, and the
 * others wait.
 *
 * <pre>{@code
 * try (var held = connections.hold()) { // waits for a permit
 *     return ask(server);
 * }
 * }</pre>
 *
 * <p>It is fair: permits go to the frames in the order in which they began to wait, and nobody
 * overtakes one that waits. A frame that is cancelled or late leaves its place to the next; a
 * permit that it was given before is its own, and the call returns.
 *
 * <p>Only {@code acquire} and {@code hold} wait, in a frame. Everything else may be called on any
 * thread, Netty's handlers included.
 */
public final class Semaphore extends WaitPoint<Semaphore.Request> {

    static final class Request extends Waiter.Place {
        final int permits;

        /** Whom it lets go on when it gives up; made before it may have to. */
        final WaitQueue<Request> followers = new WaitQueue<>();

        Request(Waiter waiter, int permits) {
            super(waiter);
            this.permits = permits;
        }
    }

    private final int permits;

    /** Who has the lock. */
    private int free;

    /**
     * @param permits how many there are, at least one; all are free
     */
    public Semaphore(int permits) {
        if (permits < 1) {
            throw new IllegalArgumentException("permits: " + permits + ", must be at least 1");
        }
        this.permits = permits;
        this.free = permits;
    }

    /** How many there are, free or not. */
    public int permits() {
        return permits;
    }

    /** How many are free now. */
    public int available() {
        return guarded(() -> free);
    }

    /** {@link #acquire(int)} of one. */
    public void acquire() throws TardyIOException {
        acquire(1);
    }

    /**
     * Takes so many permits at once, waiting until it is this frame's turn and there are enough.
     * Without a wait it succeeds in a cancelled frame too, and on any thread.
     *
     * @throws CancelledException if the frame is cancelled or interrupted; it has taken none
     * @throws DeadlineExceededException if it had to wait beyond the frame's {@code Deadline}; it
     *     has taken none
     * @throws IllegalArgumentException if it is less than one, or more than there are
     * @throws IllegalStateException if it has to wait outside of a frame
     */
    public void acquire(int permits) throws TardyIOException {
        requireValid(permits);
        Waiter.requireRoomToWait(); // and to release them
        Request request;
        lock.lock();
        try {
            if (tryTake(permits)) {
                return;
            }
            request = new Request(new Waiter("acquire", this), permits);
            waiting.add(request);
        } finally {
            lock.unlock();
        }
        await(request, "acquire");
    }

    /** {@link #tryAcquire(int)} of one. */
    public boolean tryAcquire() {
        return tryAcquire(1);
    }

    /**
     * Takes so many permits if they are free and nobody waits; on any thread.
     *
     * @return whether it has
     * @throws IllegalArgumentException if it is less than one, or more than there are
     */
    public boolean tryAcquire(int permits) {
        requireValid(permits);
        Waiter.requireRoomToWait(); // or to release them
        lock.lock();
        try {
            return tryTake(permits);
        } finally {
            lock.unlock();
        }
    }

    /** {@link #release(int)} of one. */
    public void release() {
        release(1);
    }

    /**
     * Gives so many permits back; on any thread, which need not be the one that took them.
     *
     * @throws IllegalArgumentException if it is less than one, or more than there are
     * @throws IllegalStateException if it is more than are taken; none was given back
     */
    public void release(int permits) {
        requireValid(permits);
        WaitQueue<Request> settled = new WaitQueue<>();
        lock.lock();
        try {
            if (permits > this.permits - free) {
                throw new IllegalStateException(
                        "released "
                                + permits
                                + " where "
                                + (this.permits - free)
                                + " of "
                                + this.permits
                                + " permits are taken: release once for each acquire, or use"
                                + " try (var held = semaphore.hold())");
            }
            if (!waiting.isEmpty()) {
                Waiter.requireRoom();
            }
            free += permits;
            handOn(settled);
        } finally {
            lock.unlock();
        }
        settled.wakeAll();
    }

    /** {@link #hold(int)} of one. */
    public Held hold() throws TardyIOException {
        return hold(1);
    }

    /** {@link #acquire(int)}, and what gives them back when it is closed. */
    public Held hold(int permits) throws TardyIOException {
        Held held = new Held(() -> release(permits)); // before: it could fail
        acquire(permits);
        return held;
    }

    private void requireValid(int permits) {
        if (permits < 1 || permits > this.permits) {
            throw new IllegalArgumentException(
                    "permits: "
                            + permits
                            + ", must be from 1 to the "
                            + this.permits
                            + " there are");
        }
    }

    private boolean tryTake(int permits) {
        if (permits > free || !waiting.isEmpty()) {
            return false;
        }
        free -= permits;
        return true;
    }

    /** Has given up: perhaps those behind it have enough, which it had not. */
    @Override
    void leave(Request request) {
        lock.lock();
        try {
            waiting.remove(request);
            handOn(request.followers);
        } finally {
            lock.unlock();
        }
        request.followers.wakeAll();
    }

    private void handOn(WaitQueue<Request> settled) {
        Request next;
        while ((next = waiting.first()) != null && next.permits <= free) {
            waiting.remove(next);
            if (next.settle()) {
                free -= next.permits;
                settled.add(next);
            }
        }
    }

    @Override
    public String toString() {
        return guarded(
                () ->
                        "semaphore with "
                                + free
                                + " of "
                                + permits
                                + " permits free, "
                                + waiting.count()
                                + " waiting");
    }
}
