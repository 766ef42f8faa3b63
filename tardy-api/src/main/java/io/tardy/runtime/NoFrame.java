package io.tardy.runtime;

/** What to tell a program that waits where no frame is. */
public final class NoFrame {

    private NoFrame() {}

    /** The programmer's error of a wait where there is no frame; the message says what to do. */
    public static IllegalStateException refusal(String operation) {
        Thread current = Thread.currentThread();
        return new IllegalStateException(
                operation
                        + " waits, and only a frame can wait: call it inside rt.spawn(() -> ...)"
                        + (FrameFactory.schedulerOf(current) instanceof Task starter
                                ? startedBy(starter)
                                : "")
                        + " (current thread: "
                        + current
                        + ")");
    }

    /** A virtual thread inherits the scheduler of the one that has started it. */
    private static String startedBy(Task starter) {
        return "; this virtual thread was started by the JDK's means in the frame "
                + starter.name()
                + ", runs on the thread of "
                + starter.scheduler().runtime()
                + " and is no frame: use Scope.fork or rt.spawn in its place, or rt.offload for"
                + " what blocks";
    }
}
