package io.tardy.runtime;

import io.tardy.aio.CancelledException;
import io.tardy.aio.DeadlineExceededException;
import io.tardy.aio.TardyIOException;
import java.time.Duration;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicReferenceFieldUpdater;
import org.jspecify.annotations.Nullable;

/**
 * One wait of a frame for what others hand over: it stands in one queue or more, is settled in one
 * of them, or gives up. The first of these decides, and no more happens to it.
 *
 * <p>Who settles it does so on any thread, and wakes it afterwards, when it has let its own locks
 * go.
 */
public final class Waiter extends Wake implements WaitReason {

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

    private final String operation;
    private final Object target;

    /** In place of the place of one that has given up. */
    private final Place nowhere;

    private volatile @Nullable Place settled;

    /**
     * In the frame that is going to wait.
     *
     * @param operation for the message outside of a frame, and for who looks at the frame
     * @param target what it waits at; its description must be had from any thread
     * @throws IllegalStateException outside of a frame
     */
    public Waiter(String operation, Object target) {
        super(operation);
        this.operation = operation;
        this.target = target;
        this.nowhere = new Place(this);
    }

    /**
     * Fails now if the stack is too full to settle others, and to wake them: an overflow halfway
     * would leave locks and queues in no state. To be called before anything is changed.
     *
     * @throws StackOverflowError if so
     */
    public static void requireRoom() {
        StackRoom.requireToAdd();
    }

    /**
     * The same for who perhaps has to wait, with more room: what it is given can be given back in
     * the same method.
     *
     * @throws StackOverflowError if not
     */
    public static void requireRoomToWait() {
        StackRoom.requireToResume();
    }

    /**
     * The same for who must be able to wait once more when it has given up.
     *
     * @throws StackOverflowError if not
     */
    public static void requireRoomToWaitTwice() {
        StackRoom.requireToWake();
    }

    /**
     * Fails now if the calling frame cannot be suspended: for who gives something up first that it
     * would have to wait for afterwards. Others may run meanwhile.
     *
     * @param operation for the message
     * @throws IllegalStateException if so, and outside of a frame
     */
    public static void requireSuspendable(String operation) {
        TaskScheduler.taskHere(operation).scheduler().requireSuspendable(operation);
    }

    @Override
    public String operation() {
        return operation;
    }

    @Override
    public Object target() {
        return target;
    }

    /** The thread of the frame. */
    public Thread thread() {
        return task().thread();
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
                task().scheduler().awaitTrigger(task(), operation, this);
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
     * {@link #await} for no longer than this.
     *
     * @return null if this time is over, and none of a deadline around it
     */
    public @Nullable Place awaitWithin(Duration time, String operation) throws TardyIOException {
        Task task = task();
        try {
            DeadlineBlock block =
                    DeadlineBlock.begin(task, TimeUnit.NANOSECONDS.convert(time)); // saturates
            try {
                return await(operation);
            } catch (DeadlineExceededException e) {
                return null; // the block's own: an outer one is a cancellation in it
            } finally {
                block.end();
            }
        } catch (CancelledException e) {
            // There is no block that the caller has begun: to it, a deadline is one.
            throw task.isPastDeadline() && !task.isCancelledOrInterrupted()
                    ? task.deadline().lateness(operation)
                    : e;
        } catch (RuntimeException | Error e) { // perhaps before it has begun to wait
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
            task().awaitTriggerUntil(() -> settled != null, operation, this);
        } catch (RuntimeException | Error e) {
            if (hasGivenUp()) {
                throw e;
            }
        }
    }

    /**
     * Waits no longer, or has not begun to.
     *
     * @return in which place it was settled before; null if nobody settles it any more
     */
    public @Nullable Place giveUp() {
        return hasGivenUp() ? null : settled;
    }

    /** False if it was settled first. */
    private boolean hasGivenUp() {
        return SETTLED.compareAndSet(this, null, nowhere) || settled == nowhere;
    }
}
