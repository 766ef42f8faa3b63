package io.tardy;

/**
 * Receives the failures that no other frame asks for: {@link Frame#join} was not called on the
 * failed frame, no {@link Frame#joinAny} waits for it, and either no {@link Scope} has forked it or
 * the scope was closed without a join.
 */
@FunctionalInterface
public interface UncaughtFrameHandler {

    /**
     * Runs on the frame's runtime, outside of any frame: it must be quick and must not wait. What
     * it throws is logged and goes no further.
     *
     * @param frame the frame, which has ended
     * @param failure what its body threw
     */
    void uncaught(Frame<?> frame, Throwable failure);

    /**
     * The default: one line in the log ({@code System.Logger} "io.tardy") for each kind of failure,
     * and the stack trace too unless it and its causes are all {@code IOException}s. A kind is the
     * exception's class and the classes of its causes with, for operations, the operation and its
     * error; what repeats is only counted. The number of all failures is {@link
     * TardyRuntime#framesFailed()}.
     */
    static UncaughtFrameHandler oncePerKind() {
        return new FailureLog();
    }

    /**
     * The first such failure ends the entry: every runtime is stopped, and {@link Tardy#entry}
     * throws a {@link FrameFailedException} with it as the cause. For programs that are worth
     * nothing without one of their frames. A group of Netty's has no entry: only the loop of the
     * frame is shut down.
     */
    static UncaughtFrameHandler endingEntry() {
        return EndingEntry.INSTANCE;
    }
}
