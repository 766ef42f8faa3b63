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

    /** The deadline of the shield around this one, whose time goes on to count; or null. */
    private final DeadlineBlock base;

    /** When its time is over, by the runtime's clock. */
    private final long overNanos;

    private TimerQueue.Entry timer;
    private boolean wasInterrupted;

    /** Whether there is a cancel to be handed on. */
    private boolean holdsCancel;

    private boolean isOver;

    private Shield(Task task, long overNanos) {
        this.task = task;
        this.outer = task.shield;
        this.outside = task.deadline();
        this.base = outer == null ? null : outside.rightInside(outer.base);
        this.overNanos =
                outer != null && outer.overNanos - overNanos < 0 ? outer.overNanos : overNanos;
    }

    /**
     * Begins in the frame of this task.
     *
     * @param nanos for how long at most
     */
    public static Shield begin(Task task, long nanos) {
        StackRoom.requireToTry(); // nobody would end one that has begun halfway
        long now = task.scheduler().clockNanos();
        Shield shield = new Shield(task, now + Math.clamp(nanos, 0, TimerQueue.DELAY_NANOS_MAX));
        if (!task.scheduler().runtime().hasEnded()) { // after which no wait succeeds anyway
            shield.timer = task.scheduler().addTimer(shield, now, shield.overNanos - now);
        }
        shield.hold();
        return shield;
    }

    /** There was memory for all that it takes. */
    private void hold() {
        holdsCancel = task.cancelled;
        wasInterrupted = Thread.interrupted() && !holdsCancel; // a cancel interrupts again
        task.cancelled = false;
        task.shield = this;
        task.setDeadline(base);
    }

    /** Ends it in the frame: what it has held back counts. */
    public void end() {
        if (timer != null) {
            task.scheduler().removeTimer(timer);
        }
        task.shield = outer;
        task.setDeadline(DeadlineBlock.inForce(outside));
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

    /**
     * The task's runtime ends, and no time will be over any more: its cancel counts now, whatever
     * holds it back.
     */
    static void cancelAtEnd(Task task) {
        for (Shield at = task.shield; at != null; at = at.outer) {
            at.isOver = true;
        }
        task.cancel();
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
