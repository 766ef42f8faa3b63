package io.tardy.runtime;

import io.tardy.aio.AsyncSubmission;
import io.tardy.aio.CancelledException;
import io.tardy.aio.TardyIOException;
import io.tardy.aio.TaskState;
import java.util.concurrent.Executor;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import java.util.function.BooleanSupplier;

/**
 * The scheduler's entry for a frame. The layer above knows what the frame does.
 *
 * <p>A task is the JDK's scheduler of its own frame's thread: the JDK gives it the thread's
 * continuation whenever that thread may run, be it for our {@code unpark}, for a released lock or
 * for a sleep that is over. So it is always known which task a continuation belongs to.
 */
public abstract class Task implements Executor, Runnable {

    /** How long a wait that cannot be given up holds the thread before it tries again. */
    private static final long RETRY_NANOS = TimeUnit.MILLISECONDS.toNanos(1);

    private final TaskScheduler scheduler;
    private final Thread thread;

    // All below but cancelled: the runtime's thread, or the frame while it has it.
    private long index = -1;
    private Runnable continuation;
    private boolean bodyEnded;

    /** The scheduler's, with its list of those that are due. */
    boolean isDue;

    Task nextDue;

    private TaskState state = TaskState.RUNNABLE;
    private boolean queued;
    private boolean triggered;
    boolean awaitsTrigger;

    /** The turn of the loop in which the frame's wait has begun, while it waits. */
    long waitsSince;

    /** The operation whose outcome the frame has not taken yet, or null. */
    TaskOperation operation;

    /** What serves the next submission; null before the first, and while it is left behind. */
    private TaskOperation spare;

    /** Whether the operation is to be started as soon as the frame is suspended. */
    private boolean isToStart;

    boolean awaitsOperation;
    private byte unbrokenOps;
    private int turns;
    private DeadlineBlock deadline;

    // The shield's too.
    volatile boolean cancelled;
    Shield shield;

    /**
     * Not started; in the thread that wants the frame, from whom the frame's thread inherits.
     *
     * @throws IllegalStateException if the JVM lacks the flag that frames need
     */
    @SuppressWarnings("this-escape") // nothing runs on the thread before it is started
    protected Task(TaskScheduler scheduler, String name) {
        this.scheduler = scheduler;
        this.thread = FrameFactory.newThread(this, name, this);
    }

    /** All that the frame's thread does; throws nothing, and ends with {@link #bodyHasEnded}. */
    @Override
    public abstract void run();

    /** Nothing is left to do; in the frame. */
    protected final void bodyHasEnded() {
        bodyEnded = true;
    }

    /** The frame is about to start; on the loop. */
    protected abstract void started();

    /** Whether the frame was cancelled before it had started; on the loop. */
    protected abstract boolean isCancelRequested();

    /**
     * The frame has ended; on the runtime's thread. Tells whoever waits; false if it has failed.
     */
    protected abstract boolean ended();

    /** The frame will never run, or never run again. Tells whoever waits for its end. */
    protected abstract void abandoned(Throwable reason);

    /** The name, as thread dumps show it. */
    public final String name() {
        return thread.getName();
    }

    /** The task whose frame is the current thread, or null. */
    public static Task current() {
        Thread current = Thread.currentThread();
        // A virtual thread that a frame starts inherits the scheduler, and is no frame.
        return FrameFactory.schedulerOf(current) instanceof Task task && task.thread == current
                ? task
                : null;
    }

    /** Who runs it. */
    public final TaskScheduler scheduler() {
        return scheduler;
    }

    /** What it is found by, from its start on. */
    public final long index() {
        return index;
    }

    final Thread thread() {
        return thread;
    }

    final TaskState state() {
        return state;
    }

    /** Whether it was cancelled, which no shield holds back; any thread. */
    public final boolean isCancelled() {
        return cancelled;
    }

    /** Whether its waits are to fail: the frame was cancelled, or its thread interrupted. */
    public final boolean isCancelledOrInterrupted() {
        return cancelled || thread.isInterrupted();
    }

    /** Throws, after others have had their turn, if no wait may begin; in the frame. */
    public final void requireMayWait(String operation) throws TardyIOException {
        requireNotCancelled(operation);
        if (isPastDeadline()) {
            giveWay(); // as below
            throw deadline.lateness(operation);
        }
    }

    final void requireNotCancelled(String operation) throws CancelledException {
        if (isCancelledOrInterrupted()) {
            giveWay(); // a frame that will not hear of it must not keep the thread either
            restoreInterrupt();
            throw new CancelledException(operation);
        }
    }

    /** A cancelled frame's thread is interrupted whenever it runs, for the JDK's own waits. */
    final void restoreInterrupt() {
        if (cancelled && !thread.isInterrupted()) {
            thread.interrupt();
        }
    }

    /** The nearest deadline of the frame's waits, or null. */
    public final DeadlineBlock deadline() {
        return deadline;
    }

    final void setDeadline(DeadlineBlock deadline) {
        this.deadline = deadline;
    }

    final boolean isPastDeadline() {
        return deadline != null && deadline.outermostExpired() != null;
    }

    /** Whether the deadline of the innermost block has passed, and of no other. */
    final boolean isPastOwnDeadline() {
        return deadline != null && deadline.outermostExpired() == deadline;
    }

    /** Gives it the index that it is found by, before it is started. */
    final void index(long index) {
        this.index = index;
    }

    final void start() {
        Simulation simulation = scheduler.runtime().settings().simulation();
        if (simulation != null) {
            simulation.made(thread);
        }
        started();
        thread.start();
    }

    /** Whether its frame has nothing left to do; on the runtime's thread. */
    final boolean bodyEnded() {
        return bodyEnded;
    }

    final boolean isStarted() {
        return index >= 0;
    }

    /** Called by the JDK, on any thread: this continuation may run. */
    @Override
    public final void execute(Runnable runnable) {
        if (continuation == null) {
            continuation = runnable; // from start(), on the runtime's thread
        }
        if (runnable == continuation) {
            scheduler.resume(this);
        } else {
            // A virtual thread that the frame started without naming a scheduler inherits ours.
            scheduler.resumeOther(runnable);
        }
    }

    /**
     * Queues the task, on the runtime's thread. The JDK may ask for it more often than the frame
     * becomes runnable, and too late: whoever looks at a virtual thread's stack has it submitted
     * once more, for a run that fell into that moment did nothing.
     */
    final void enqueue(RunQueue queue) {
        if (queued || state == TaskState.DEAD) {
            return;
        }
        if (state != TaskState.RUNNABLE) {
            moveTo(TaskState.RUNNABLE);
        }
        queued = true;
        queue.add(this);
    }

    /** Runs the frame until it waits or ends, on the runtime's thread. */
    final void proceed() {
        queued = false;
        unbrokenOps = 0;
        turns++;
        continuation.run();
        if (!queued && !bodyEnded) {
            suspended();
        }
    }

    /**
     * The frame waits for what it has said in its fields. That much it does itself; the rest is
     * done here, where an Error of the frame's (its stack is full, say) cannot cut it in two.
     */
    private void suspended() {
        boolean isStarting = isToStart && !operation.isDone(); // or it was given up before
        isToStart = false;
        moveTo(awaitsOperation ? TaskState.WAIT_FOR_IO : TaskState.WAIT_FOR_TRIGGER);
        if (!awaitsOperation && !awaitsTrigger) {
            waitsSince = scheduler.counts().turns(); // in the JDK
        }
        if (isStarting) {
            try {
                scheduler.runtime().async().queueJob(operation);
            } catch (OutOfMemoryError e) { // this frame's, and nobody else's
                operation.rejectUnlessOver(e);
            }
        }
    }

    /** The frame has ended, however it did: what it has left open is given up. */
    final void end() {
        giveUpOperation();
        while (deadline != null) { // of a scope that was never closed
            deadline.end();
        }
        moveTo(TaskState.DEAD);
    }

    /** The frame wants the outcome of a submission; {@link #outcomeTaken} follows. */
    final TaskOperation begin(AsyncSubmission<?, ?> submission) {
        TaskOperation next = spare != null ? spare : new TaskOperation(this);
        spare = null;
        next.beginNext(submission);
        scheduler.counts().begun(next.op());
        begin(next);
        return next;
    }

    /** The frame wants the outcome of a call; {@link #outcomeTaken} follows. */
    final void begin(TaskOperation next) {
        if (operation != null) {
            giveUpOperation();
        }
        operation = next;
    }

    /** The frame has the outcome of its operation. */
    final void outcomeTaken() {
        TaskOperation taken = operation;
        operation = null;
        taken.taken();
        spare = taken;
    }

    /** The frame goes on without the outcome, which somebody else still works on. */
    final void leaveOperation() {
        operation = null;
    }

    /** How many operations Errors have torn frames away from, this one's with them. */
    public final int torn() {
        int others = TaskOperation.torn();
        return operation == null || operation.isDone() ? others : others + 1;
    }

    /** Nobody will take the outcome: an Error has torn the frame away from its wait. */
    private void giveUpOperation() {
        TaskOperation left = operation;
        operation = null;
        if (left != null) {
            if (!left.isDone()) {
                left.tear();
            }
            isToStart = false;
            scheduler.onLoop(() -> scheduler.runtime().async().abandon(left));
        }
    }

    /** Marks an operation that ended without a wait; true if others should have their turn now. */
    final boolean countUnbrokenOp(int unbrokenOpsMax) {
        return ++unbrokenOps >= unbrokenOpsMax;
    }

    /**
     * Suspends the frame until its operation is over, which is started meanwhile; in the frame.
     *
     * @return false if the frame cannot be suspended here: the operation was not started
     */
    final boolean awaitOperation() {
        StackRoom.requireToResume(turns);
        TaskOperation awaited = operation;
        boolean interrupted = false;
        int turn = turns;
        isToStart = true;
        waitsSince = scheduler.counts().turns();
        awaitsOperation = true;
        try {
            while (!awaited.isSettled()) {
                if (!FrameParking.park(thread, awaited) && !waitsAgain(awaited, turn)) {
                    isToStart = false;
                    return false;
                }
                if (!awaited.isSettled() && Thread.interrupted()) {
                    interrupted = true;
                    scheduler.cancel(awaited);
                }
            }
        } finally {
            awaitsOperation = false;
        }
        isToStart = false;
        if (interrupted) {
            thread.interrupt();
        }
        return true;
    }

    /**
     * The frame could not be suspended, whose wait began in this turn of it. Not called around the
     * suspension: each call there is kept for as long as the frame waits. False if nobody has begun
     * what it waits for.
     */
    private boolean waitsAgain(Object blocker, int turn) {
        if (turns == turn) {
            return false;
        }
        LockSupport.parkNanos(blocker, RETRY_NANOS); // as when the JVM lacked memory for it
        return true;
    }

    /** Lets others have their turn; in a frame. */
    static void giveWay() {
        StackRoom.requireToResume();
        Thread.yield();
    }

    /** Whether giving way has let anybody else run; in the frame. */
    final boolean tryYield() {
        int turn = turns;
        giveWay();
        return turns != turn;
    }

    /**
     * An operation is over that was started for the frame; on the runtime's thread. Tells whether
     * the frame will take its outcome.
     */
    final boolean completed(TaskOperation over) {
        if (operation != over) {
            return false;
        }
        if (awaitsOperation) { // whatever its state: it may be queued for no reason
            LockSupport.unpark(thread);
        }
        return true;
    }

    /**
     * Suspends the frame until it is triggered, cancelled, interrupted or late; in the frame.
     *
     * @param reason a {@link WaitReason}, or the name of the operation
     * @return whether it was triggered
     * @throws IllegalStateException if the frame cannot be suspended here
     */
    final boolean awaitTrigger(String operation, Object reason) {
        if (!triggered) {
            StackRoom.requireToResume();
            int turn = turns;
            waitsSince = scheduler.counts().turns();
            awaitsTrigger = true;
            try {
                while (awaitsTrigger) {
                    if (!FrameParking.park(thread, reason) && !waitsAgain(reason, turn)) {
                        throw FrameParking.refusal(operation, scheduler.runtime());
                    }
                    if (thread.isInterrupted()) {
                        break;
                    }
                }
            } finally {
                awaitsTrigger = false;
            }
        }
        boolean wasTriggered = triggered;
        triggered = false;
        return wasTriggered;
    }

    /**
     * Suspends the frame until the condition holds, be it cancelled, interrupted or late; each of
     * these only makes it look once more. Whoever makes the condition true triggers the task.
     *
     * @throws IllegalStateException if the frame cannot be suspended here
     */
    public final void awaitTriggerUntil(BooleanSupplier until, String operation, Object reason) {
        boolean interrupted = false;
        try {
            while (!until.getAsBoolean()) {
                interrupted |= Thread.interrupted(); // or no wait would suspend it
                awaitTrigger(operation, reason);
            }
        } finally {
            if (interrupted) {
                thread.interrupt();
            }
        }
    }

    /** A trigger that comes while the frame does not wait for one is kept for its next wait. */
    public final void trigger() {
        triggered = true;
        endAwaitTrigger();
    }

    /** From now on every wait of the frame fails; on the runtime's thread. */
    public final void cancel() {
        if (cancelled || shield != null && shield.holdsBack()) {
            return;
        }
        cancelled = true;
        if (!endWait() && state != TaskState.DEAD) {
            thread.interrupt();
        }
    }

    /** Gives up the frame's wait, on the runtime's thread; false if it is in none of ours. */
    final boolean endWait() {
        if (awaitsOperation && operation != null && !operation.isDone()) {
            scheduler.cancel(operation);
            return true;
        }
        return endAwaitTrigger();
    }

    private boolean endAwaitTrigger() {
        if (!awaitsTrigger) {
            return false;
        }
        awaitsTrigger = false;
        if (scheduler.isMounted(Thread.currentThread())) {
            scheduler.due().add(this);
        } else {
            LockSupport.unpark(thread);
        }
        return true;
    }

    private void moveTo(TaskState next) {
        if (!state.mayMoveTo(next)) {
            throw new IllegalStateException("task " + index + ": " + state + " -> " + next);
        }
        scheduler.pool().moved(state, next);
        state = next;
    }
}
