package io.tardy;

/**
 * Threads in {@code System.exit}: they never come back, and a shutdown hook that waited for them
 * would wait for itself.
 */
final class JvmExit {

    private static final String SHUTDOWN = "java.lang.Shutdown";

    private JvmExit() {}

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
