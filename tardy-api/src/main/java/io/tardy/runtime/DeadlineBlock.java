package io.tardy.runtime;

import io.tardy.aio.CancelledException;
import io.tardy.aio.DeadlineExceededException;
import io.tardy.aio.TardyIOException;
import java.time.Duration;

/**
 * A deadline that counts for the waits of one task, from {@link #begin} to {@link #end}. The blocks
 * of a task form a chain, the innermost first. One inside of a nearer one has no timer: it only
 * tells that what passes is not its own.
 *
 * <p>It has one entry among the runtime's timers, however many waits there are in it. All of it
 * belongs to the runtime's thread, or to the frame while it has it.
 */
public final class DeadlineBlock implements TimerQueue.Expiring {

    private final Task task;
    private final DeadlineBlock outer;
    private final long givenNanos;
    private final long deadlineNanos;
    private TimerQueue.Entry timer;
    private boolean expired;
    private boolean ended;

    private DeadlineBlock(Task task, long givenNanos, long deadlineNanos) {
        this.task = task;
        this.outer = task.deadline();
        this.givenNanos = givenNanos;
        this.deadlineNanos = deadlineNanos;
    }

    /**
     * Begins a block in the frame of this task.
     *
     * @param delayNanos from now; zero or less has passed already
     */
    public static DeadlineBlock begin(Task task, long delayNanos) {
        long now = task.scheduler().clockNanos();
        return begin(task, now, now + Math.clamp(delayNanos, 0, TimerQueue.DELAY_NANOS_MAX));
    }

    /** {@link #begin(Task, long)} with the time of the deadline itself, of another block's. */
    public static DeadlineBlock beginAt(Task task, long deadlineNanos) {
        return begin(task, task.scheduler().clockNanos(), deadlineNanos);
    }

    /** Begins a block without a time of its own, in the frame of this task; see expireIn. */
    static DeadlineBlock beginUntimed(Task task) {
        StackRoom.requireToTry(); // as below
        DeadlineBlock outer = task.deadline();
        long never = task.scheduler().clockNanos() + TimerQueue.DELAY_NANOS_MAX;
        long deadlineNanos = outer == null ? never : outer.nearestNanos();
        DeadlineBlock block = new DeadlineBlock(task, TimerQueue.DELAY_NANOS_MAX, deadlineNanos);
        task.setDeadline(block);
        return block;
    }

    /** The block has no more time than this; on the runtime's thread. */
    void expireIn(long nanos) {
        if (timer == null && !expired && !task.isCancelled()) { // whose waits fail anyway
            timer = task.scheduler().addTimer(this, task.scheduler().clockNanos(), nanos);
        }
    }

    private static DeadlineBlock begin(Task task, long now, long deadlineNanos) {
        StackRoom.requireToTry(); // an overflow among the timers would be everybody's
        DeadlineBlock outer = task.deadline();
        DeadlineBlock block = new DeadlineBlock(task, deadlineNanos - now, deadlineNanos);
        // Where an outer one passes first, that one counts, and this one needs no timer.
        boolean isNearest = outer == null || outer.nearestNanos() - deadlineNanos > 0;
        if (isNearest && deadlineNanos - now <= 0) {
            block.expired = true; // it does not take a turn of the loop to know it
        } else if (isNearest && !task.isCancelled()) {
            // If cancelled its waits fail anyway, perhaps after the runtime's end.
            block.timer = task.scheduler().addTimer(block, now, deadlineNanos - now);
        }
        task.setDeadline(block);
        return block;
    }

    /** The nearest deadline of this block and those around it. */
    long nearestNanos() {
        long nearest = deadlineNanos;
        for (DeadlineBlock at = outer; at != null; at = at.outer) {
            if (at.deadlineNanos - nearest < 0) {
                nearest = at.deadlineNanos;
            }
        }
        return nearest;
    }

    /** Whether the deadline has passed and the loop has seen it. */
    public boolean isExpired() {
        return expired;
    }

    /** How much time it was given when it began. */
    public Duration given() {
        return Duration.ofNanos(givenNanos);
    }

    /** The outermost of this block and those around it whose deadline has passed, or null. */
    public DeadlineBlock outermostExpired() {
        DeadlineBlock found = null;
        for (DeadlineBlock at = this; at != null; at = at.outer) {
            if (at.expired) {
                found = at;
            }
        }
        return found;
    }

    /**
     * What a late wait throws in this block, the innermost: of an outer one, the deadline is a
     * cancellation.
     */
    TardyIOException lateness(String operation) {
        DeadlineBlock passed = outermostExpired();
        return passed == this
                ? new DeadlineExceededException(operation)
                : new CancelledException(operation, passed.given(), null);
    }

    /**
     * Expires each block, of this one and those around it, whose deadline had passed at this time,
     * although its timer may not have been looked at yet; in the frame.
     *
     * @return whether there is one
     */
    public boolean expireIfPassed(long nowNanos) {
        boolean found = false;
        for (DeadlineBlock at = this; at != null; at = at.outer) {
            if (nowNanos - at.deadlineNanos >= 0) {
                at.expired = true;
                found = true;
            }
        }
        return found;
    }

    /** The time of the deadline, by the runtime's clock. */
    public long deadlineNanos() {
        return deadlineNanos;
    }

    /** The deadline counts no more, nor does that of a block inside that has not ended. */
    public void end() {
        ended = true;
        removeTimer(); // a shield may hide it: a scope is closed where its owner likes
        task.setDeadline(inForce(task.deadline()));
    }

    /**
     * Of this block and those around it, the innermost that counts: it has not ended, nor has one
     * around it. Those inside of it are given up.
     *
     * @param innermost or null
     */
    static DeadlineBlock inForce(DeadlineBlock innermost) {
        DeadlineBlock found = innermost;
        for (DeadlineBlock at = innermost; at != null; at = at.outer) {
            if (at.ended) {
                found = at.outer;
            }
        }
        for (DeadlineBlock at = innermost; at != found; at = at.outer) {
            at.removeTimer();
        }
        return found;
    }

    /** On the loop. */
    @Override
    public void expire() {
        expired = true;
        DeadlineBlock inForce = task.deadline();
        if (inForce != null && inForce.isWithin(this)) { // else a shield holds it back
            task.endWait();
        }
    }

    /**
     * Of this block and those around it, the one right inside of that.
     *
     * @param around null for the outermost
     */
    DeadlineBlock rightInside(DeadlineBlock around) {
        DeadlineBlock at = this;
        while (at.outer != around) {
            at = at.outer;
        }
        return at;
    }

    /** Whether this is that block, or one inside of it. */
    private boolean isWithin(DeadlineBlock block) {
        for (DeadlineBlock at = this; at != null; at = at.outer) {
            if (at == block) {
                return true;
            }
        }
        return false;
    }

    private void removeTimer() {
        if (timer != null) {
            task.scheduler().removeTimer(timer);
        }
    }
}
