package io.tardy;

import io.tardy.aio.AsyncError;
import io.tardy.aio.AsyncSubmission;
import io.tardy.aio.CancelledException;
import io.tardy.aio.DeadlineExceededException;
import io.tardy.aio.Errno;
import io.tardy.aio.Resulted;
import io.tardy.aio.TardyIOException;
import io.tardy.runtime.TaskScheduler;
import org.jspecify.annotations.Nullable;

/**
 * The low level that {@code Socket}, {@code Frame.delay} and {@code Spsc} are built on: it makes
 * the calling frame wait for an operation, or for a trigger.
 */
public final class Scheduler {

    private final TaskScheduler tasks;

    Scheduler(TaskScheduler tasks) {
        this.tasks = tasks;
    }

    /**
     * Submits an operation and makes the frame wait until it is over.
     *
     * @return its outcome; a frame that is cancelled or interrupted gets {@code CANCELED}, and one
     *     whose {@link Deadline} has passed gets it with {@link Errno#ETIME}
     * @throws IllegalStateException outside of a frame of this runtime; and where it would have to
     *     wait and a frame cannot be suspended (in a class initializer, say)
     */
    public <T extends @Nullable Object, E extends Enum<E> & AsyncError> Resulted<T, E> ioAwait(
            AsyncSubmission<T, E> submission) {
        return tasks.ioAwait(submission);
    }

    /**
     * Makes the frame wait until somebody triggers its task ({@link TardyRuntime#trigger}). A
     * trigger that came since the last wait counts; several count as one. A late trigger of an
     * earlier wait may end this one: look at what you wait for, and wait again.
     *
     * @throws CancelledException if the frame is cancelled or interrupted
     * @throws DeadlineExceededException if the frame's {@link Deadline} has passed; a trigger that
     *     came before it, or comes later, is kept for the next wait
     * @throws IllegalStateException outside of a frame of this runtime, or where a frame cannot be
     *     suspended (in a class initializer, say)
     */
    public void triggerAwait() throws TardyIOException {
        tasks.triggerAwait("triggerAwait", "triggerAwait");
    }

    /**
     * The index of the calling frame's task, for {@link TardyRuntime#trigger}. It is never used
     * again for another task (but see the number of bits: after 2^31 tasks in the same slot).
     *
     * @throws IllegalStateException outside of a frame of this runtime
     */
    public long currentTask() {
        return tasks.currentTask("currentTask");
    }
}
