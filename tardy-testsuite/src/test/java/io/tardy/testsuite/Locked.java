package io.tardy.testsuite;

import io.tardy.FrameBody;
import java.util.concurrent.locks.ReentrantLock;

/** What is locked and given back again, for whatever lock. */
@FunctionalInterface
interface Locked {

    void run(FrameBody inside) throws Exception;

    /** By the monitor of some object. */
    static Locked monitor() {
        Object monitor = new Object();
        return inside -> {
            synchronized (monitor) {
                inside.run();
            }
        };
    }

    static Locked by(ReentrantLock lock) {
        return inside -> {
            lock.lock();
            try {
                inside.run();
            } finally {
                lock.unlock();
            }
        };
    }
}
