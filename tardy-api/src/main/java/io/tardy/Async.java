package io.tardy;

import io.netty.util.concurrent.Ticker;
import io.tardy.aio.AsyncFeatures;
import io.tardy.aio.AsyncSubmission;
import io.tardy.aio.Errno;
import io.tardy.spi.AsyncBackend;
import io.tardy.spi.Operation;
import java.util.ArrayDeque;

/**
 * The runtime's side of a transport: takes the submissions of its tasks, hands them over once a
 * turn, and does itself what the backend does not do natively (timers).
 */
final class Async {

    /** A submission of a task. */
    static final class TaskOperation extends Operation {
        private final Task task;
        private TimerQueue.Entry timer;

        TaskOperation(Task task, AsyncSubmission<?, ?> submission) {
            super(submission);
            this.task = task;
        }

        @Override
        protected void completed() {
            task.completed();
        }
    }

    private final AsyncBackend backend;
    private final Ticker clock;
    private final TimerQueue timers = new TimerQueue();
    private final ArrayDeque<TaskOperation> queued = new ArrayDeque<>();

    Async(AsyncBackend backend, Ticker clock) {
        this.backend = backend;
        this.clock = clock;
    }

    AsyncFeatures features() {
        return backend.features();
    }

    int timersActive() {
        return timers.count();
    }

    /** Tries to be done without a wait; in the frame. */
    boolean attempt(TaskOperation operation) {
        return backend.attempt(operation);
    }

    /** Queues a job for the next {@link #submit}; in the frame. */
    void queueJob(TaskOperation operation) {
        queued.add(operation);
    }

    boolean hasQueued() {
        return !queued.isEmpty();
    }

    /** Hands over what was queued when this began. */
    void submit() {
        for (int left = queued.size(); left > 0; left--) {
            start(queued.poll());
        }
        backend.submit();
    }

    /** Gives up an operation that may be queued, started or over. */
    void cancel(Operation operation) {
        if (operation == null || operation.isDone()) {
            return;
        }
        if (queued.remove(operation)) {
            if (operation.submission() instanceof AsyncSubmission.Close) {
                start((TaskOperation) operation); // giving up is no reason to keep it open
            } else {
                operation.fail(Errno.ECANCELED.number());
            }
            return;
        }
        TimerQueue.Entry timer = ((TaskOperation) operation).timer;
        if (timer == null) {
            backend.cancel(operation);
        } else if (timers.remove(timer)) {
            operation.fail(Errno.ECANCELED.number());
        }
    }

    /**
     * Completes timers whose time has come.
     *
     * @param countMax how many at most
     */
    void expireTimers(int countMax) {
        if (timers.count() == 0) {
            return;
        }
        long now = clock.nanoTime();
        for (int left = countMax; left > 0; left--) {
            Operation expired = timers.pollExpired(now);
            if (expired == null) {
                return;
            }
            expired.succeed(null);
        }
    }

    boolean hasTimers() {
        return timers.count() > 0;
    }

    long timerDelayNanos() {
        return timers.delayNanos(clock.nanoTime());
    }

    long timerDeadlineNanos() {
        return timers.deadlineNanos();
    }

    void close() {
        backend.close();
    }

    private void start(TaskOperation operation) {
        if (operation.submission() instanceof AsyncSubmission.Timer timer) {
            operation.timer = timers.add(operation, clock.nanoTime(), timer.delayNanos());
        } else {
            backend.start(operation);
        }
    }
}
