package io.tardy.runtime;

import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.atomic.AtomicBoolean;

/**
 * Has a loop start a task that was not spawned by the frame which runs there. It is made before a
 * place is taken for the task: then neither a full heap nor a full stack keeps the one who spawns
 * from giving that back, and no loop waits for a task that nobody starts.
 */
final class LaterStart extends LoopTaskQueue.Own {

    private final Task task;

    /** Whether the loop starts it, or it was given up before. */
    private final AtomicBoolean isDecided = new AtomicBoolean();

    private LaterStart(Task task) {
        this.task = task;
    }

    /**
     * Takes a place, and starts the task: in a later step, or now if this is the loop; any thread.
     *
     * @return false if there is no room for it
     * @throws RejectedExecutionException if the runtime has ended
     */
    static boolean tryStart(Task task, TaskRoom room) {
        StackRoom.requireToOpen();
        LaterStart start = new LaterStart(task);
        if (!room.tryEnter()) {
            return false;
        }
        RuntimeCore runtime = task.scheduler().runtime();
        if (task.scheduler().isRuntimeThread()) {
            runtime.start(task);
            return true;
        }
        try {
            runtime.startLater(start);
        } catch (RuntimeException | Error e) { // a loop without a thread is perhaps refused one
            if (start.isDecided.compareAndSet(false, true)) {
                room.leaveUnused();
                if (e instanceof RejectedExecutionException && runtime.hasEnded()) {
                    throw task.scheduler().hasEnded();
                }
                throw e;
            }
        }
        return true;
    }

    Task task() {
        return task;
    }

    /** On the loop. */
    @Override
    public void run() {
        if (isDecided.compareAndSet(false, true)) {
            task.scheduler().runtime().start(task);
        }
    }
}
