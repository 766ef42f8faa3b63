package io.tardy;

import io.tardy.runtime.WaitTarget;
import java.time.Duration;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * A runtime whose loop has not turned for some time: nothing else happens on it.
 *
 * @param atLeast for how long
 * @param holder the thread of the frame that does not give way; for a handler or a task of the
 *     event loop, the loop's; the platform thread where it runs a virtual thread that a frame has
 *     started by the JDK's means, which nobody can name
 * @param stack what the holder is in
 * @param lock what the holder waits for, as the JDK describes it ({@code LockSupport.getBlocker}),
 *     or null if it waits for nothing or for a monitor
 * @param lockOwner the name of the platform thread that has the lock and its number, or null where
 *     the JVM does not tell: of a lock that a virtual thread has, and without the module {@code
 *     java.management}
 */
public record Stall(
        Duration atLeast,
        Thread holder,
        List<StackTraceElement> stack,
        @Nullable Object lock,
        @Nullable String lockOwner) {

    public Stall {
        stack = List.copyOf(stack);
    }

    /** For people to read. Of a lock that is not Tardy's only the class is told, and a number. */
    @Override
    public String toString() {
        return "no turn for "
                + atLeast
                + ": held by "
                + holder.getName()
                + (stack.isEmpty() ? "" : " in " + stack.getFirst())
                + (lock == null ? "" : ", which waits for " + WaitTarget.describe(lock))
                + (lockOwner == null ? "" : ", which " + lockOwner + " has");
    }
}
