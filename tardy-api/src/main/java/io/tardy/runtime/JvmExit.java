package io.tardy.runtime;

import io.tardy.aio.TaskState;

/**
 * Threads in {@code System.exit}. They never return, so a shutdown hook that waited for one would
 * wait for itself.
 */
final class JvmExit {

    private static final String SHUTDOWN = "java.lang.Shutdown";

    /** Of more tasks than this not all will have called {@code System.exit}. */
    private static final int TASKS_MAX = 64;

    /** Never registered. */
    private static final Thread NO_HOOK = Thread.ofPlatform().unstarted(() -> {});

    private JvmExit() {}

    /** Whether the JVM has begun to shut down. Costs nothing before that. */
    static boolean hasBegun() {
        try {
            Runtime.getRuntime().removeShutdownHook(NO_HOOK);
            return false;
        } catch (IllegalStateException e) {
            return true;
        }
    }

    /** Whether all tasks of this pool, which are few, wait for the end of the JVM. */
    static boolean isAwaitedByAll(TaskPool pool, int live) {
        if (live > TASKS_MAX || !hasBegun()) {
            return false;
        }
        boolean[] others = new boolean[1];
        pool.forEach(
                task ->
                        others[0] |=
                                task.state() != TaskState.WAIT_FOR_TRIGGER
                                        || !isAwaitedBy(task.thread()));
        return !others[0];
    }

    /** Whether this thread has begun, or waits for, the end of the JVM. */
    static boolean isAwaitedBy(Thread thread) {
        for (StackTraceElement element : thread.getStackTrace()) {
            if (element.getClassName().equals(SHUTDOWN)) {
                return true;
            }
        }
        return false;
    }
}
