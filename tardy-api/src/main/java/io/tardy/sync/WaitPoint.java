package io.tardy.sync;

import io.tardy.aio.TardyIOException;
import io.tardy.runtime.WaitQueue;
import io.tardy.runtime.Waiter;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.Supplier;

/**
 * Where frames wait for one another, first come first served, and the lock that guards it. Of
 * whatever they wait for the subclass knows.
 *
 * @param <P> what is handed over
 */
abstract class WaitPoint<P extends Waiter.Place> {

    /** Held for a few steps, never across a wait. */
    final ReentrantLock lock;

    /** Who has the lock. */
    final WaitQueue<P> waiting = new WaitQueue<>();

    WaitPoint() {
        this(new ReentrantLock());
    }

    /** One of several behind the same lock. */
    WaitPoint(ReentrantLock lock) {
        this.lock = lock;
    }

    /** How many frames wait now; on any thread. */
    public int waiting() {
        lock.lock();
        try {
            return waiting.count();
        } finally {
            lock.unlock();
        }
    }

    /** A value that the lock guards. */
    final <V> V guarded(Supplier<V> value) {
        lock.lock();
        try {
            return value.get();
        } finally {
            lock.unlock();
        }
    }

    /** Waits in a place that it has taken, and leaves it if the wait is given up. */
    final void await(P place, String operation) throws TardyIOException {
        try {
            place.waiter().await(operation);
        } catch (TardyIOException | RuntimeException | Error e) {
            leave(place);
            throw e;
        }
    }

    /** Has given up, without the lock. */
    void leave(P place) {
        lock.lock();
        try {
            waiting.remove(place);
        } finally {
            lock.unlock();
        }
    }
}
