package io.tardy.runtime;

import io.tardy.aio.AsyncError;
import io.tardy.aio.AsyncOp;
import io.tardy.aio.AsyncSubmission;
import io.tardy.aio.AsyncSubmission.AwaitReadable;
import io.tardy.aio.CancelledException;
import io.tardy.aio.Errno;
import io.tardy.aio.Resulted;
import io.tardy.aio.TardyIOException;
import io.tardy.os.Arrival;
import io.tardy.spi.Operation;
import java.util.concurrent.Callable;

/**
 * Makes a frame wait for an operation until it is over. The outcome of one that is given up is
 * {@code ECANCELED}, or {@code ETIME} where nothing but the frame's own deadline has ended it.
 */
public final class OperationWait {

    /** The outcome of a receive at the end of the stream. */
    public static final int END = Operation.END;

    /** A frame whose operations never have to wait gives way after so many of them. */
    private static final int UNBROKEN_OPS_MAX = 64;

    private OperationWait() {}

    /** Waits in the frame of this task, which calls. */
    public static <T, E extends Enum<E> & AsyncError> Resulted<T, E> outcome(
            Task task, AsyncSubmission<T, E> submission) {
        TaskOperation operation = perform(task, submission);
        if (operation == null) {
            return new Resulted.Actual<>(null);
        }
        Resulted<T, E> outcome = operation.result(submission);
        task.outcomeTaken();
        return outcome;
    }

    /**
     * Waits in the calling frame for an operation whose value is a number of bytes, without an
     * object for its outcome.
     *
     * @return the number, or {@link #END} at the end of a stream
     * @throws TardyIOException if it has failed
     */
    public static <E extends Enum<E> & AsyncError> int count(AsyncSubmission<Integer, E> submission)
            throws TardyIOException {
        Task task = TaskScheduler.taskHere(submission.op().label());
        int count = perform(task, submission).bytes(submission);
        task.outcomeTaken();
        return count;
    }

    /**
     * Waits in the frame of this task, which calls, until there is something to receive.
     *
     * @return what receives it; null at the end of the stream
     * @throws TardyIOException if it has failed
     */
    public static Arrival arrival(Task task, AwaitReadable submission) throws TardyIOException {
        Object arrival = perform(task, submission).valueUnlessEnd(submission);
        task.outcomeTaken();
        return (Arrival) arrival;
    }

    /**
     * Waits in the calling frame, without an object for the outcome.
     *
     * @return the operation's value
     * @throws TardyIOException if it has failed
     */
    public static <T, E extends Enum<E> & AsyncError> T value(AsyncSubmission<T, E> submission)
            throws TardyIOException {
        Task task = TaskScheduler.taskHere(submission.op().label());
        TaskOperation operation = perform(task, submission);
        if (operation == null) {
            return null;
        }
        T value = operation.valueOf(submission);
        task.outcomeTaken();
        return value;
    }

    /**
     * @return the operation, until its outcome is taken; null if it goes on by itself, of which
     *     nobody hears
     */
    private static TaskOperation perform(Task task, AsyncSubmission<?, ?> submission) {
        requireRoom(submission.op());
        RuntimeCore runtime = task.scheduler().runtime();
        Async async = runtime.async();
        TaskOperation operation = task.begin(submission);
        boolean hasDeadline = task.deadline() != null;
        if (runtime.hasEnded()) {
            async.endWithoutLoop(operation);
        } else if ((task.isCancelledOrInterrupted() || hasDeadline && task.isPastDeadline())
                && submission.op() != AsyncOp.CLOSE) {
            operation.fail(Errno.ECANCELED.number());
            Task.giveWay(); // a frame that will not hear of it must not keep the thread either
        } else if (!async.attempt(operation)) {
            if (!task.awaitOperation()) {
                return withoutWait(runtime, task, operation);
            }
        } else if (task.countUnbrokenOp(UNBROKEN_OPS_MAX)) {
            Task.giveWay();
        }
        task.restoreInterrupt();
        // What has given it up but the deadline, if nobody has cancelled the frame? The deadline of
        // an outer block is a cancellation to the inner one.
        if (hasDeadline
                && operation.wasGivenUp()
                && task.isPastOwnDeadline()
                && !task.isCancelledOrInterrupted()) {
            operation.endedByDeadline();
        }
        return operation;
    }

    /**
     * A close that overflows halfway has told that it is closed, and closes nothing. What is opened
     * needs as much, so that who could open it can close it.
     */
    private static void requireRoom(AsyncOp op) {
        switch (op) {
            case CLOSE -> StackRoom.requireToWake();
            case OPEN, ACCEPT -> StackRoom.requireToOpen();
            default -> StackRoom.requireToTry();
        }
    }

    /**
     * The frame cannot be suspended here. Nothing may stay open for that: what it closes, the loop
     * closes all the same, and nobody hears how.
     */
    private static TaskOperation withoutWait(
            RuntimeCore runtime, Task task, TaskOperation operation) {
        if (operation.op() == AsyncOp.CLOSE) {
            task.leaveOperation();
            runtime.async().closeUnawaited(operation);
            return null;
        }
        String label = operation.op().label();
        operation.fail(Errno.ECANCELED.number());
        throw FrameParking.refusal(label, runtime);
    }

    /** Waits in the frame of this task, which calls, for a thread of the pool to do this. */
    static <T> T call(Task task, Callable<? extends T> call) throws Exception {
        task.requireMayWait("offload");
        CallOperation<T> operation = new CallOperation<>(task, call);
        task.begin(operation);
        if (!task.awaitOperation()) {
            throw FrameParking.refusal("offload", task.scheduler().runtime());
        }
        task.restoreInterrupt();
        task.leaveOperation();
        try {
            return operation.outcome();
        } catch (Exception e) {
            throw operation.isGivenUp() && task.isPastDeadline() && !task.isCancelledOrInterrupted()
                    ? late(task, "offload", e)
                    : e;
        }
    }

    private static TardyIOException late(Task task, String operation, Exception cause) {
        TardyIOException late = task.deadline().lateness(operation);
        if (!(cause instanceof CancelledException)) { // which says no more than that it never began
            late.initCause(cause);
        }
        return late;
    }
}
