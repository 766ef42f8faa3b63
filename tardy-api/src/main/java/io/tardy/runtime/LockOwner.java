package io.tardy.runtime;

import java.lang.management.LockInfo;
import java.lang.management.ManagementFactory;
import java.lang.management.ThreadInfo;

/** Finds the owner of a lock. The JVM knows only the locks that platform threads hold. */
final class LockOwner {

    private LockOwner() {}

    /**
     * The name and number of the platform thread that has it, or null.
     *
     * @param lock what a thread waits for, or null
     */
    static String of(Object lock) {
        if (lock == null) {
            return null;
        }
        try {
            return Threads.ownerOf(lock);
        } catch (LinkageError | RuntimeException e) {
            return null; // java.management is not there, or does not tell of locks
        }
    }

    /** Apart, so that it is loaded only when it is needed. */
    private static final class Threads {

        static String ownerOf(Object lock) {
            for (ThreadInfo thread :
                    ManagementFactory.getThreadMXBean().dumpAllThreads(false, true)) {
                for (LockInfo owned : thread.getLockedSynchronizers()) {
                    if (owned.getIdentityHashCode() == System.identityHashCode(lock)
                            && owned.getClassName().equals(lock.getClass().getName())) {
                        return thread.getThreadName() + " (#" + thread.getThreadId() + ")";
                    }
                }
            }
            return null;
        }
    }
}
