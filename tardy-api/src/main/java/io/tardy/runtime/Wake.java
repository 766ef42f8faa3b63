package io.tardy.runtime;

/**
 * Wakes one frame, once. It is made before anything is handed to that frame, and then neither a
 * full heap nor a full stack keeps it from waking: what it has been given would be lost on it.
 */
public class Wake extends LoopTaskQueue.Own {

    private final Task task;

    /** The {@link DueTasks}'. */
    Wake nextDue;

    /**
     * In the frame that is going to wait.
     *
     * @param operation for the message outside of a frame
     * @throws IllegalStateException outside of a frame
     */
    public Wake(String operation) {
        this.task = TaskScheduler.taskHere(operation);
    }

    /** Whose frame it wakes. */
    final Task task() {
        return task;
    }

    /** Lets the frame go on that waits, or is about to; any thread. */
    public final void wake() {
        try {
            task.scheduler().trigger(this);
        } catch (StackOverflowError e) { // of the check, before anything was done
            Task current = Task.current();
            if (current == null) {
                task.scheduler().runtime().loop().lazyExecute(this); // in its next turn
                throw e;
            }
            current.scheduler().due().add(this);
        }
    }

    /** On the thread of the frame's runtime. */
    @Override
    public final void run() {
        task.scheduler().triggerHere(task.index());
    }
}
