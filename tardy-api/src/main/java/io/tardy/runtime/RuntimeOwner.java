package io.tardy.runtime;

import java.time.Duration;
import java.util.List;

/** What the layer above makes of a runtime: the object that programs hold, and what it is told. */
public interface RuntimeOwner {

    /**
     * The loop has not turned for some time. Runs on the watchdog's thread.
     *
     * @param lock what the holder waits for, or null
     * @param lockOwner the thread that holds the lock, or null if the JVM does not say
     */
    void stalled(
            Duration atLeast,
            Thread holder,
            List<StackTraceElement> stack,
            Object lock,
            String lockOwner);
}
