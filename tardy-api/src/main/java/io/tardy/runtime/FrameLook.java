package io.tardy.runtime;

import io.tardy.aio.AsyncSubmission;
import io.tardy.aio.TaskState;
import java.time.Duration;
import java.util.concurrent.Future;
import java.util.concurrent.locks.LockSupport;
import org.jspecify.annotations.Nullable;

/**
 * What one frame was doing when somebody looked: references to what it waits for, of which only
 * {@link WaitTarget} makes text, on the thread of who has asked.
 *
 * @param operation the name of what it waits for; null if it does not wait
 * @param target on what; null if nobody knows
 * @param since the turn of the loop in which the wait has begun; -1 if it does not wait
 * @param deadlineNanos how long until its nearest deadline; {@code Long.MAX_VALUE} without one
 */
public record FrameLook(
        String name,
        TaskState state,
        boolean runs,
        boolean isCancelled,
        @Nullable String operation,
        @Nullable Object target,
        long since,
        long deadlineNanos) {

    /** Further away than anybody's: of a block without a time of its own. */
    private static final long FOREVER = TimerQueue.DELAY_NANOS_MAX / 2;

    /** On the runtime's thread. */
    static FrameLook at(Task task) {
        TaskScheduler scheduler = task.scheduler();
        // Whom the frame that runs now has woken is resumed as soon as that is suspended.
        TaskState state = task.isDue ? TaskState.RUNNABLE : task.state();
        boolean waits = state == TaskState.WAIT_FOR_IO || state == TaskState.WAIT_FOR_TRIGGER;
        return new FrameLook(
                task.name(),
                state,
                scheduler.mounted() == task.thread(),
                task.isCancelled(),
                waits ? operation(task) : null,
                waits ? target(task) : null,
                waits ? task.waitsSince : -1,
                deadlineNanos(task));
    }

    private static long deadlineNanos(Task task) {
        DeadlineBlock deadline = task.deadline();
        if (deadline == null) {
            return Long.MAX_VALUE;
        }
        long left = deadline.nearestNanos() - task.scheduler().clockNanos();
        return left > FOREVER ? Long.MAX_VALUE : left;
    }

    private static String operation(Task task) {
        if (isInOperation(task)) {
            return task.operation.submission() == null ? "offload" : task.operation.op().label();
        }
        Object blocker = LockSupport.getBlocker(task.thread());
        if (task.awaitsTrigger) {
            return blocker instanceof WaitReason reason
                    ? reason.operation()
                    : blocker instanceof String name ? name : "trigger";
        }
        return operationOfJdk(task.thread(), blocker);
    }

    /** The JDK says no more than what kind of object its threads wait at. */
    private static String operationOfJdk(Thread thread, @Nullable Object blocker) {
        Thread.State state = thread.getState();
        if (state == Thread.State.BLOCKED) {
            return "synchronized";
        }
        if (blocker == null) {
            return state == Thread.State.TIMED_WAITING ? "sleep" : "wait";
        }
        String type = blocker.getClass().getName();
        if (type.contains("Lock$")) {
            return "lock";
        }
        return blocker instanceof Future || type.contains("Future$") ? "future" : "park";
    }

    private static @Nullable Object target(Task task) {
        if (isInOperation(task)) {
            return target(task.operation.submission());
        }
        Object blocker = LockSupport.getBlocker(task.thread());
        if (blocker instanceof WaitReason reason) {
            return reason.target();
        }
        return blocker instanceof String ? null : blocker;
    }

    private static boolean isInOperation(Task task) {
        return task.awaitsOperation && task.operation != null;
    }

    private static @Nullable Object target(@Nullable AsyncSubmission<?, ?> submission) {
        return switch (submission) {
            case null -> null;
            case AsyncSubmission.Connect connect -> connect.address();
            case AsyncSubmission.Timer timer -> Duration.ofNanos(timer.delayNanos());
            case AsyncSubmission.Open open -> open.path();
            case AsyncSubmission.Delete delete -> delete.path();
            case AsyncSubmission.Mkdir mkdir -> mkdir.path();
            case AsyncSubmission.Rename rename -> rename.path();
            case AsyncSubmission.SendFile send -> send.socket();
            case AsyncSubmission.StatPath stat when !stat.path().toString().isEmpty() ->
                    stat.path();
            case AsyncSubmission.OnSocket onSocket -> onSocket.socket();
            case AsyncSubmission.OnFile onFile -> onFile.file();
            default -> null;
        };
    }
}
