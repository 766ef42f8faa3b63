package io.tardy.runtime;

import java.lang.System.Logger.Level;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;

/**
 * Watches from a thread of its own, one for the process, whether the loops turn, and when. A loop
 * pays for it by counting its turns.
 */
final class Watchdog implements Runnable {

    static final Watchdog INSTANCE = new Watchdog();

    private static final System.Logger LOGGER = System.getLogger("io.tardy");

    /**
     * Often enough to report a stall soon after it becomes one: a stall is timed from the first
     * look that finds the loop held.
     */
    private static final int LOOKS_PER_STALL = 4;

    private static final long LOOK_NANOS_MIN = TimeUnit.MILLISECONDS.toNanos(5);

    /** What was seen of a runtime. */
    private static final class Seen {
        private long turn = -1;
        private boolean isHeld;
        private long heldSinceNanos;
        private boolean told;
    }

    // Guarded by this.
    private final Map<RuntimeCore, Seen> watched = new HashMap<>();
    private Thread thread;

    private Watchdog() {}

    /** A loop begins. */
    synchronized void watch(RuntimeCore runtime) {
        if (runtime.settings().stallAfter().isZero()) {
            return;
        }
        watched.put(runtime, new Seen());
        if (thread == null) {
            start();
        }
        notifyAll(); // it may have to look more often
    }

    private void start() {
        try {
            thread = Thread.ofPlatform().daemon().name("tardy-watchdog").start(this);
        } catch (Error e) {
            LOGGER.log(Level.WARNING, "no thread can be started that would notice stalls: " + e);
        }
    }

    /** A loop has ended, or has given up its thread. */
    synchronized void leave(RuntimeCore runtime) {
        watched.remove(runtime);
        notifyAll();
    }

    @Override
    public void run() {
        long last = System.nanoTime();
        for (long look; (look = awaitLook()) > 0; ) {
            long now = System.nanoTime();
            // Where this thread did not run either, nobody did: a collection, a suspended machine.
            boolean isLate = now - last > look * 2;
            last = now;
            for (Map.Entry<RuntimeCore, Seen> each : copyOfWatched()) {
                try {
                    look(each.getKey(), each.getValue(), now, isLate);
                } catch (Throwable t) { // no memory for a stack, say: the others are watched on
                    RuntimeLog.log(Level.WARNING, "a look at " + each.getKey() + " failed", t);
                }
            }
        }
    }

    /** How long it has waited, in nanoseconds; 0 if there is nothing to watch any more. */
    private synchronized long awaitLook() {
        long nanos = lookNanos();
        try {
            if (nanos > 0) {
                TimeUnit.NANOSECONDS.timedWait(this, nanos);
            }
        } catch (InterruptedException e) {
            watched.clear(); // somebody wants it to end
        }
        if (watched.isEmpty()) {
            thread = null;
            return 0;
        }
        return Math.max(nanos, LOOK_NANOS_MIN);
    }

    private long lookNanos() {
        long nearest = Long.MAX_VALUE;
        for (RuntimeCore runtime : watched.keySet()) {
            nearest = Math.min(nearest, stallNanos(runtime));
        }
        return watched.isEmpty() ? 0 : Math.max(nearest / LOOKS_PER_STALL, LOOK_NANOS_MIN);
    }

    private static long stallNanos(RuntimeCore runtime) {
        return TimeUnit.NANOSECONDS.convert(runtime.settings().stallAfter());
    }

    private synchronized List<Map.Entry<RuntimeCore, Seen>> copyOfWatched() {
        return new ArrayList<>(watched.entrySet());
    }

    private static void look(RuntimeCore runtime, Seen seen, long nowNanos, boolean isLate) {
        long turn = runtime.scheduler().counts().turns();
        runtime.turnTimes().seen(turn, nowNanos);
        if (turn != seen.turn || isLate) {
            seen.turn = turn;
            seen.isHeld = false;
            seen.told = false;
            return;
        }
        if (seen.told) {
            return;
        }
        Thread holder = holder(runtime);
        StackTraceElement[] stack = holder == null ? null : holder.getStackTrace();
        if (stack == null
                || isWaitingForEvents(stack)
                || turn != runtime.scheduler().counts().turns()) {
            // The turn is long because nothing happens. What ends it is not to blame for that.
            seen.isHeld = false;
            return;
        }
        if (!seen.isHeld) {
            seen.isHeld = true;
            seen.heldSinceNanos = nowNanos;
        }
        long heldNanos = nowNanos - seen.heldSinceNanos;
        if (heldNanos < stallNanos(runtime)) {
            return;
        }
        seen.told = true;
        Object lock = LockSupport.getBlocker(holder);
        runtime.owner()
                .stalled(
                        Duration.ofNanos(heldNanos),
                        holder,
                        List.of(stack),
                        lock,
                        LockOwner.of(lock));
    }

    /**
     * The thread that keeps the loop from its next turn, or null. If the loop waits for something
     * (a lock, say), frames go on beside it and the loop itself is the holder. Otherwise it is the
     * thread that runs.
     */
    static Thread holder(RuntimeCore runtime) {
        Thread loop = runtime.scheduler().loopThread();
        if (loop != null && waits(loop) && !isWaitingForEvents(loop.getStackTrace())) {
            return loop;
        }
        Thread frame = runtime.scheduler().mounted();
        Thread withOther = runtime.carrier().withOther();
        return frame != null ? frame : withOther != null ? withOther : loop;
    }

    private static boolean waits(Thread thread) {
        return switch (thread.getState()) {
            case BLOCKED, WAITING, TIMED_WAITING -> true;
            default -> false;
        };
    }

    /**
     * What stands in the kernel, or with the JDK's pollers, until there is something to do: the
     * loop's own wait, and not one of a handler's, between which and the loop there is other code.
     */
    private static boolean isWaitingForEvents(StackTraceElement[] stack) {
        for (StackTraceElement element : stack) {
            String type = element.getClassName();
            if (type.endsWith(".Native") && type.startsWith("io.netty.channel.")) {
                return isWait(element.getMethodName());
            } else if (type.endsWith("SelectorImpl")) {
                return isBelowHandler(stack);
            } else if (!isJdks(type)) {
                return false;
            }
        }
        return false;
    }

    private static boolean isWait(String method) {
        return method.startsWith("epoll")
                || method.startsWith("ioUringEnter")
                || method.startsWith("kevent");
    }

    /** Whether the first that is not the JDK's is Netty's loop of selectors. */
    private static boolean isBelowHandler(StackTraceElement[] stack) {
        for (StackTraceElement element : stack) {
            if (!isJdks(element.getClassName())) {
                return element.getClassName().startsWith("io.netty.channel.nio.");
            }
        }
        return false;
    }

    private static boolean isJdks(String type) {
        return type.startsWith("java.") || type.startsWith("jdk.") || type.startsWith("sun.");
    }
}
