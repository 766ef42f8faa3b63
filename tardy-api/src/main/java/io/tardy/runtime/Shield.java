package io.tardy.runtime;

/**
 * Holds the cancel of a task back, and the deadlines around it, from {@link #begin} to {@link #end}
 * or until its time is over. All of it belongs to the runtime's thread, or to the frame while it
 * has it.
 */
public final class Shield implements TimerQueue.Expiring {

    private final Task task;

    /** The shield around this one, or null. */
    private final Shield outer;

    /** The innermost deadline that this holds back, or null. */
    private final DeadlineBlock outside;

    private final boolean wasInterrupted;
    private TimerQueue.Entry timer;

    /** Whether there is a cancel to be handed on. */
    private boolean holdsCancel;

    private boolean isOver;

    private Shield(Task task) {
        this.task = task;
        this.outer = task.shield;
        this.outside = task.deadline();
        this.holdsCancel = task.cancelled;
        this.wasInterrupted = Thread.interrupted() && !holdsCancel; // a cancel interrupts again
    }

    /**
     * Begins in the frame of this task.
     *
     * @param nanos for how long at most
     */
    public static Shield begin(Task task, long nanos) {
        Shield shield = new Shield(task);
        task.cancelled = false;
        task.shield = shield;
        // Of the shield around it, its own time goes on to count.
        task.setDeadline(shield.outer == null ? null : shield.outside.outermost());
        TaskScheduler scheduler = task.scheduler();
        if (!scheduler.runtime().hasEnded()) { // after which no wait succeeds anyway
            shield.timer =
                    scheduler.addTimer(
                            shield,
                            scheduler.clockNanos(),
                            Math.clamp(nanos, 0, TimerQueue.DELAY_NANOS_MAX));
        }
        return shield;
    }

    /** Ends it in the frame: what it has held back counts. */
    public void end() {
        if (timer != null) {
            task.scheduler().removeTimer(timer);
        }
        task.shield = outer;
        task.setDeadline(outside);
        handOn();
        if (wasInterrupted) {
            task.thread().interrupt();
        }
    }

    /** The task is to be cancelled; whether that has to wait. */
    boolean holdsBack() {
        if (isOver) {
            return outer != null && outer.holdsBack();
        }
        holdsCancel = true;
        return true;
    }

    /** On the loop. */
    @Override
    public void expire() {
        isOver = true;
        handOn();
    }

    private void handOn() {
        if (holdsCancel) {
            holdsCancel = false;
            task.cancel();
        }
    }
}
