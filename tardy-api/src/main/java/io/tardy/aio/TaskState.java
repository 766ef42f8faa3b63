package io.tardy.aio;

/**
 * What a task is doing. The legal moves:
 *
 * <pre>
 * RUNNABLE          -&gt; WAIT_FOR_IO, WAIT_FOR_TRIGGER, DEAD
 * WAIT_FOR_IO       -&gt; RUNNABLE
 * WAIT_FOR_TRIGGER  -&gt; RUNNABLE
 * DEAD              -&gt; (none)
 * </pre>
 */
public enum TaskState {
    /** Runs, or will in this turn or the next. */
    RUNNABLE,
    /** Waits for its submission to complete. */
    WAIT_FOR_IO,
    /** Waits for a trigger, or in a lock, a queue or a sleep of the JDK, which will resume it. */
    WAIT_FOR_TRIGGER,
    /** Has ended; its slot may serve another. */
    DEAD;

    /** Whether this move is legal; public for the scheduler, which is not of this package. */
    public boolean mayMoveTo(TaskState next) {
        return switch (this) {
            case RUNNABLE -> next != RUNNABLE;
            case WAIT_FOR_IO, WAIT_FOR_TRIGGER -> next == RUNNABLE;
            case DEAD -> false;
        };
    }
}
