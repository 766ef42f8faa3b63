package io.tardy.sim;

import io.tardy.runtime.FrameFactory;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.Executor;
import java.util.concurrent.locks.LockSupport;

/**
 * Frames and loops that wait for a monitor, in {@code synchronized} or {@code Object.wait}. The JDK
 * has a thread of its own resume them, some time after they could go on. To be the same in every
 * run, they go on only when nothing else can; and then only after that thread has had its say.
 */
final class Monitors {

    /** The JDK's thread that resumes them. */
    private static final String UNBLOCKER = "VirtualThread-unblocker";

    /** Longer than the JDK ever takes. */
    private static final long PATIENCE_NANOS = 10_000_000_000L;

    /** Those that may go on, in the order in which the JDK has said so. */
    private final Queue<Deferred> deferred = new ConcurrentLinkedQueue<>();

    /** Whether any may wait. */
    private boolean anyBlocked;

    private record Deferred(long thread, Runnable resumption) {}

    /** One more waits for a monitor, perhaps. */
    void blocked() {
        anyBlocked = true;
    }

    /**
     * Keeps what is to go on, if this is the JDK's thread.
     *
     * @param thread the number of the thread that goes on, by which they are put in order
     * @return whether it is
     */
    boolean defer(long thread, Runnable resumption) {
        if (!Thread.currentThread().getName().equals(UNBLOCKER)) {
            return false;
        }
        deferred.add(new Deferred(thread, resumption));
        return true;
    }

    /** A virtual thread of ours, which is run by hand. */
    private static final class Marker implements Executor {
        private Runnable continuation;

        /** Whether it may go on, after it had to wait. */
        private volatile boolean isResumed;

        static Marker start(Runnable body) {
            Marker marker = new Marker();
            FrameFactory.newThread(marker, "marker", body).start();
            return marker;
        }

        @Override
        public void execute(Runnable runnable) {
            if (continuation == null) {
                continuation = runnable; // from start()
            } else {
                isResumed = true;
            }
        }

        void step() {
            continuation.run();
        }
    }

    /**
     * Has a virtual thread wait for a monitor that another one has, and then gives up; returns when
     * the JDK has resumed it.
     */
    private static void awaitUnblocker() {
        Object monitor = new Object();
        Marker owner =
                Marker.start(
                        () -> {
                            synchronized (monitor) {
                                Thread.yield();
                            }
                        });
        owner.step();
        Marker waiting =
                Marker.start(
                        () -> {
                            synchronized (monitor) {
                                Thread.onSpinWait(); // no more to do
                            }
                        });
        waiting.step();
        owner.step();
        long began = System.nanoTime();
        while (!waiting.isResumed) {
            LockSupport.parkNanos(1_000);
            if (System.nanoTime() - began > PATIENCE_NANOS) {
                throw new AssertionError(
                        "this JDK does not resume virtual threads that wait for monitors as"
                                + " JDK 25 does: a simulation cannot follow it");
            }
        }
        waiting.step();
    }

    /** Lets those go on that can; nothing else runs. */
    boolean release() {
        if (!anyBlocked) {
            return false;
        }
        // The JDK's thread takes all that there is at once, the last first. So the first of our own
        // may come before others that were there; the second comes after all of them.
        awaitUnblocker();
        awaitUnblocker();
        List<Deferred> released = new ArrayList<>();
        for (Deferred next; (next = deferred.poll()) != null; ) {
            released.add(next);
        }
        released.sort(Comparator.comparingLong(Deferred::thread));
        released.forEach(each -> each.resumption.run());
        return !released.isEmpty();
    }
}
