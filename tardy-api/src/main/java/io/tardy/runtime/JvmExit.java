package io.tardy.runtime;

/**
 * Threads in {@code System.exit}. They never return, so a shutdown hook that waited for one would
 * wait for itself.
 */
final class JvmExit {

    private static final String SHUTDOWN = "java.lang.Shutdown";

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
