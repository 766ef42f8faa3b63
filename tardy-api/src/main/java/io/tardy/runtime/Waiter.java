package io.tardy.runtime;

import io.tardy.aio.CancelledException;
import io.tardy.aio.DeadlineExceededException;
import io.tardy.aio.TardyIOException;
import java.util.concurrent.atomic.AtomicReferenceFieldUpdater;
import org.jspecify.annotations.Nullable;

/**
 * One wait of a frame for what others hand over: it stands in one queue or more, is settled in one
 * of them, or gives up. The first of these decides, and no more happens to it.
 *
 * <p>Who settles it does so on any thread, and wakes it afterwards, when it has let its own locks
 * go.
 */
public final class Waiter {

    /** Its place in one {@link WaitQueue}. Others extend it with what they hand over. */
    public static class Place {
        private final Waiter waiter;

        // Of the queue that it stands in, if any.
        @Nullable WaitQueue<?> queue;
        @Nullable Place previous;
        @Nullable Place next;

        /** In no queue yet. */
        public Place(Waiter waiter) {
            this.waiter = waiter;
        }

        /** Whose it is. */
        public final Waiter waiter() {
            return waiter;
        }

        /**
         * Ends the wait with what this place stands for; any thread. {@link Waiter#wake} follows.
         *
         * @return false if it is over already: nothing may be handed over
         */
        public final boolean settle() {
            return SETTLED.compareAndSet(waiter, null, this);
        }
    }

    private static final AtomicReferenceFieldUpdater<Waiter, Place> SETTLED =
            AtomicReferenceFieldUpdater.newUpdater(Waiter.class, Place.class, "settled");

    private final Task task;

    /** In place of the place of one that has given up. */
    private final Place nowhere;

    private volatile @Nullable Place settled;

    /**
     * In the frame that is going to wait.
     *
     * @param operation for the message outside of a frame
     * @throws IllegalStateException outside of a frame
     */
    public Waiter(String operation) {
        this.task = TaskScheduler.taskHere(operation);
        this.nowhere = new Place(this);
    }

    /** The thread of the frame. */
    public Thread thread() {
        return task.thread();
    }

    /** Lets the frame go on that was settled; any thread. */
    public void wake() {
        task.scheduler().trigger(task);
    }

    /**
     * Waits until it is settled; in the frame. If it was settled before the wait was given up, that
     * counts: what was handed over is not lost, and the frame's next wait fails.
     *
     * @return in which place it was settled
     * @throws CancelledException if the frame is cancelled or interrupted: nobody settles it any
     *     more, and whoever has put it into a queue takes it out
     * @throws DeadlineExceededException the same, once the frame's deadline has passed
     * @throws IllegalStateException the same, where the frame cannot be suspended
     */
    public Place await(String operation) throws TardyIOException {
        try {
            Place place;
            while ((place = settled) == null) {
                task.scheduler().awaitTrigger(task, operation);
            }
            return place;
        } catch (TardyIOException | RuntimeException | Error e) {
            if (hasGivenUp()) {
                throw e;
            }
            return settled;
        }
    }

    /**
     * {@link #await} that neither a cancel nor a deadline ends: for a wait that comes after one
     * that was given up, to restore what the caller relies on.
     */
    public void awaitRegardless(String operation) {
        try {
            task.awaitTriggerUntil(() -> settled != null, operation);
        } catch (RuntimeException | Error e) {
            if (hasGivenUp()) {
                throw e;
            }
        }
    }

    /** False if it was settled first. */
    private boolean hasGivenUp() {
        return SETTLED.compareAndSet(this, null, nowhere);
    }
}
