package io.tardy;

import io.tardy.aio.AsyncError;
import io.tardy.aio.AsyncOp;
import io.tardy.aio.AsyncSubmission;
import io.tardy.aio.CancelledException;
import io.tardy.aio.DeadlineExceededException;
import io.tardy.aio.Errno;
import io.tardy.aio.Resulted;
import io.tardy.aio.TardyIOException;
import io.tardy.spi.Operation;
import java.lang.System.Logger.Level;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.locks.LockSupport;
import org.jspecify.annotations.Nullable;

/**
 * Runs the tasks of one runtime. The public methods are the low level that {@code Socket}, {@code
 * Frame.delay} and {@code Spsc} are built on: they make the calling frame wait.
 */
public final class Scheduler {

    /** A frame whose operations never have to wait gives way after so many of them. */
    private static final int UNBROKEN_OPS_MAX = 64;

    /**
     * How long frames may run in one turn before I/O and Netty's tasks have theirs; in real time,
     * for a clock of the user's may stand still.
     */
    private static final long FRAMES_BUDGET_NANOS = 10_000_000;

    /** The clock is looked at once for so many frames. */
    private static final int FRAMES_PER_CLOCK_LOOK = 64;

    /** Of more frames than this not all will have called {@code System.exit}. */
    private static final int EXITING_MAX = 64;

    private final TardyRuntime runtime;
    private final TardyOptions options;
    private final TaskPool pool;
    private final RunQueue runQueue;
    private final TaskRoom room;

    // The runtime's thread. `mounted` is compared by others too: only the frame itself can find
    // itself there, so a stale value never misleads.
    private Thread loopThread;
    private Thread mounted;
    private Task dueFirst;
    private Task dueLast;
    private boolean isProceedingWithDue;
    private boolean stopping;
    private volatile long framesFailed;

    Scheduler(TardyRuntime runtime, TardyOptions options) {
        this.runtime = runtime;
        this.options = options;
        this.pool = new TaskPool(options.tasksInitial());
        this.runQueue = new RunQueue(options.frameOrder());
        boolean isBounded = options.pooling() == Pooling.STATIC;
        this.room = new TaskRoom(runtime, isBounded ? options.tasksInitial() : Integer.MAX_VALUE);
    }

    /**
     * Submits an operation and makes the frame wait until it is over.
     *
     * @return its outcome; a frame that is cancelled or interrupted gets {@code CANCELED}, and one
     *     whose {@link Deadline} has passed gets it with {@link Errno#ETIME}
     * @throws IllegalStateException outside of a frame of this runtime; and where it would have to
     *     wait and a frame cannot be suspended (in a class initializer, say)
     */
    public <T extends @Nullable Object, E extends Enum<E> & AsyncError> Resulted<T, E> ioAwait(
            AsyncSubmission<T, E> submission) {
        return ioAwait(requireFrame(submission.op().label()), submission);
    }

    <T, E extends Enum<E> & AsyncError> Resulted<T, E> ioAwait(
            Task task, AsyncSubmission<T, E> submission) {
        Async async = runtime.async();
        Async.TaskOperation operation = new Async.TaskOperation(task, submission);
        task.begin(operation);
        DeadlineBlock deadline = task.deadline();
        if (runtime.hasEnded()) {
            async.endWithoutLoop(operation);
        } else if ((task.isCancelledOrInterrupted() || deadline != null && task.isPastDeadline())
                && submission.op() != AsyncOp.CLOSE) {
            operation.fail(Errno.ECANCELED.number());
            Task.giveWay(); // a frame that will not hear of it must not keep the thread either
        } else if (!async.attempt(operation)) {
            if (!task.awaitOperation()) {
                return withoutWait(operation, submission);
            }
        } else if (task.countUnbrokenOp(UNBROKEN_OPS_MAX)) {
            Task.giveWay();
        }
        task.restoreInterrupt();
        Resulted<T, E> outcome = operation.result(submission);
        task.outcomeTaken();
        return deadline == null ? outcome : lateIfExpired(task, outcome);
    }

    /**
     * The frame cannot be suspended here. Nothing may stay open for that: what it closes, the loop
     * closes all the same, and nobody hears how.
     */
    private <T, E extends Enum<E> & AsyncError> Resulted<T, E> withoutWait(
            Async.TaskOperation operation, AsyncSubmission<T, E> submission) {
        if (submission.op() == AsyncOp.CLOSE) {
            runtime.async().closeUnawaited(operation);
            return new Resulted.Actual<>(null);
        }
        operation.fail(Errno.ECANCELED.number());
        throw FrameParking.refusal(submission.op().label(), runtime);
    }

    /**
     * Who else but the deadline has given it up, if nobody has cancelled the frame? That of an
     * outer block is a cancellation to the inner one.
     */
    private static <T, E extends Enum<E> & AsyncError> Resulted<T, E> lateIfExpired(
            Task task, Resulted<T, E> outcome) {
        return outcome instanceof Resulted.Err<T, E> err
                        && err.error().isCanceled()
                        && task.isPastOwnDeadline()
                        && !task.isCancelledOrInterrupted()
                ? new Resulted.Err<>(err.op(), err.error(), Errno.ETIME.number())
                : outcome;
    }

    /**
     * Makes the frame wait until somebody triggers its task ({@link TardyRuntime#trigger}). A
     * trigger that came since the last wait counts; several count as one. A late trigger of an
     * earlier wait may end this one: look at what you wait for, and wait again.
     *
     * @throws CancelledException if the frame is cancelled or interrupted
     * @throws DeadlineExceededException if the frame's {@link Deadline} has passed; a trigger that
     *     came before it, or comes later, is kept for the next wait
     * @throws IllegalStateException outside of a frame of this runtime, or where a frame cannot be
     *     suspended (in a class initializer, say)
     */
    public void triggerAwait() throws TardyIOException {
        triggerAwait("triggerAwait");
    }

    /**
     * {@link #triggerAwait()} for an operation that is made of it.
     *
     * @param operation its name, for the messages of what this throws
     */
    public void triggerAwait(String operation) throws TardyIOException {
        awaitTrigger(requireFrame(operation), operation);
    }

    /** {@link #triggerAwait()} for the frame of this task, which calls. */
    void awaitTrigger(Task task, String operation) throws TardyIOException {
        task.requireMayWait(operation);
        boolean triggered = task.awaitTrigger(operation);
        task.requireNotCancelled(operation);
        if (!triggered && task.isPastDeadline()) {
            throw task.lateness(operation);
        }
    }

    /**
     * The index of the calling frame's task, for {@link TardyRuntime#trigger}. It is never used
     * again for another task (but see the number of bits: after 2^31 tasks in the same slot).
     *
     * @throws IllegalStateException outside of a frame of this runtime
     */
    public long currentTask() {
        return currentTask("currentTask");
    }

    /**
     * {@link #currentTask()} for an operation that is going to wait.
     *
     * @param operation its name, for the message outside of a frame
     */
    public long currentTask(String operation) {
        return requireFrame(operation).index();
    }

    /** The scheduler of the frame that is the current thread. */
    static Scheduler current(String operation) {
        return taskHere(operation).scheduler();
    }

    /** The task whose frame is the current thread. */
    static Task taskHere(String operation) {
        Task task = Task.current();
        if (task == null) {
            throw outsideFrame(operation);
        }
        return task;
    }

    static IllegalStateException outsideFrame(String operation) {
        Thread current = Thread.currentThread();
        return new IllegalStateException(
                operation
                        + " waits, and only a frame can wait: call it inside rt.spawn(() -> ...)"
                        + (FrameFactory.schedulerOf(current) instanceof Task starter
                                ? startedBy(starter)
                                : "")
                        + " (current thread: "
                        + current
                        + ")");
    }

    /** A virtual thread inherits the scheduler of the one that has started it. */
    private static String startedBy(Task starter) {
        return "; this virtual thread was started by the JDK's means in the frame "
                + starter.frame().name()
                + ", runs on the thread of "
                + starter.scheduler().runtime()
                + " and is no frame: use Scope.fork or rt.spawn in its place, or rt.offload for"
                + " what blocks";
    }

    TardyRuntime runtime() {
        return runtime;
    }

    TaskPool pool() {
        return pool;
    }

    /** The time by the runtime's clock. */
    long clockNanos() {
        return options.clock().nanoTime();
    }

    TimerQueue.Entry addTimer(TimerQueue.Expiring owner, long nowNanos, long delayNanos) {
        return runtime.async().addTimer(owner, nowNanos, delayNanos);
    }

    void removeTimer(TimerQueue.Entry timer) {
        runtime.async().removeTimer(timer);
    }

    long framesFailed() {
        return framesFailed;
    }

    int live() {
        return room.count();
    }

    boolean hasRunnable() {
        return hasQueued() || runtime.carrier().hasInbound();
    }

    /** Whether frames are runnable that no other thread has just made so. */
    boolean hasQueued() {
        return !runQueue.isEmpty();
    }

    void begin(Thread thread) {
        loopThread = thread;
    }

    /** Whether the current thread is the runtime's, be it in a frame or not. */
    boolean isRuntimeThread() {
        Thread current = Thread.currentThread();
        return current == loopThread || isBesideLoop(current);
    }

    /** Whether this, the current thread, is the frame that has the runtime's thread now. */
    boolean isMounted(Thread current) {
        return current == mounted;
    }

    /**
     * Whether this, the current thread, is the frame that has the runtime's thread now, or the
     * carrier of loop and frames.
     */
    boolean isBesideLoop(Thread current) {
        return isMounted(current) || runtime.carrier().is(current);
    }

    /**
     * Runs now if this is the runtime's thread, else there, soon. Dropped once the runtime ended.
     */
    void onRuntime(Runnable action) {
        if (isRuntimeThread()) {
            action.run();
        } else {
            onLoop(action);
        }
    }

    /**
     * Runs on the runtime's thread outside of any frame, now if we are there: for what touches the
     * transport. Dropped once the runtime ended.
     */
    void onLoop(Runnable action) {
        if (Thread.currentThread() == loopThread) {
            action.run();
            return;
        }
        try {
            runtime.loop().execute(action);
        } catch (RejectedExecutionException e) {
            assert runtime.loop().isShuttingDown(); // which cancels everything anyway
        }
    }

    <T> Frame<T> spawn(String name, Callable<? extends T> body) {
        FrameFactory.requireUsable();
        boolean inFrame = isMounted(Thread.currentThread());
        Frame<T> frame = newFrame(name, body);
        Task task = new Task(this, frame);
        if (!room.tryEnter()) {
            throw new TaskPoolFullException(options.tasksInitial());
        }
        if (inFrame) {
            due(task);
        } else {
            startFromOutside(task);
        }
        return frame;
    }

    <T> Frame<T> spawnAwait(String name, Callable<? extends T> body) throws TardyIOException {
        Task spawner = requireFrame("spawnAwait");
        Frame<T> frame = newFrame(name, body);
        Task task = new Task(this, frame);
        room.enter(spawner, "spawnAwait");
        due(task);
        return frame;
    }

    private <T> Frame<T> newFrame(String name, Callable<? extends T> body) {
        return new Frame<>(this, name == null ? runtime.nextFrameName() : name, body);
    }

    private void startFromOutside(Task task) {
        if (isRuntimeThread()) {
            start(task);
            return;
        }
        try {
            runtime.loop().execute(() -> start(task));
        } catch (RejectedExecutionException e) {
            room.leaveUnused();
            throw new RejectedExecutionException(runtime + " has ended", e);
        }
    }

    private void start(Task task) {
        Frame<?> frame = task.frame();
        if (!runtime.carrier().isCarrying()) {
            room.leave();
            frame.abandon(notCarried());
            return;
        }
        task.index(pool.take());
        pool.put(task);
        frame.start(task);
        task.start();
        if (stopping || frame.isCancelRequested()) {
            task.cancel(); // it still runs, and cleans up what it was given
        }
    }

    /**
     * A task that the frame which runs now has spawned or woken is started or resumed when that
     * frame is suspended: what would be left half done where its stack is full is done on the
     * carrier, whose stack is not. Here nothing is called that could fail.
     */
    void due(Task task) {
        if (task.isDue) {
            return;
        }
        task.isDue = true;
        if (dueLast == null) {
            dueFirst = task;
        } else {
            dueLast.nextDue = task;
        }
        dueLast = task;
    }

    /** On the carrier. */
    private void proceedWithDue() {
        isProceedingWithDue = true;
        try {
            for (Task task; (task = dueFirst) != null; ) {
                dueFirst = task.nextDue;
                if (dueFirst == null) {
                    dueLast = null;
                }
                task.nextDue = null;
                task.isDue = false;
                if (task.isStarted()) {
                    LockSupport.unpark(task.thread());
                } else {
                    start(task);
                }
            }
        } finally {
            isProceedingWithDue = false;
        }
    }

    private IllegalStateException notCarried() {
        return new IllegalStateException(
                runtime
                        + " cannot run frames, for its loop runs in a virtual thread: give the"
                        + " group an executor or a factory of platform threads");
    }

    /** The JDK says that a frame may run; any thread. */
    void resume(Task task) {
        if (isRuntimeThread()) {
            enqueue(task);
        } else {
            runtime.carrier().resume(task);
        }
    }

    /** The JDK says that a thread which is no frame, but inherited a frame's scheduler, may run. */
    void resumeOther(Runnable continuation) {
        runtime.carrier().resumeOther(continuation);
    }

    void enqueue(Task task) {
        if (dueFirst != null
                && !isProceedingWithDue
                && runtime.carrier().is(Thread.currentThread())) {
            proceedWithDue(); // a frame gives way to those whom it has woken
        }
        task.enqueue(runQueue);
    }

    /** Lets the frames that are runnable now have their turn; on the loop. */
    void runFrames() {
        if (hasRunnable()) {
            runtime.carrier().giveWay();
        }
    }

    /** Runs the frames that are runnable now, within a budget of time; on the carrier. */
    void runBatch() {
        int left = runQueue.count();
        if (left == 0) {
            return;
        }
        long began = left > FRAMES_PER_CLOCK_LOOK ? System.nanoTime() : 0;
        for (int ran = 1; left > 0; left--, ran++) {
            runFrame(runQueue.take());
            if (ran % FRAMES_PER_CLOCK_LOOK == 0
                    && System.nanoTime() - began > FRAMES_BUDGET_NANOS) {
                return;
            }
        }
    }

    private void runFrame(Task task) {
        mounted = task.thread();
        try {
            task.proceed();
        } finally {
            mounted = null;
            proceedWithDue();
        }
        if (task.frame().bodyEnded() && task.state() != TaskState.DEAD) {
            release(task);
        }
    }

    private void release(Task task) {
        task.end();
        pool.release(task);
        room.leave();
        task.frame().end(task);
        if (task.frame().hasFailed()) {
            framesFailed = framesFailed + 1;
        }
    }

    /** Nobody has heard of this failure: the handler will, on the loop, for it is a user's. */
    void uncaught(Frame<?> frame) {
        Runnable telling = () -> tellHandler(frame);
        if (Thread.currentThread() == loopThread) {
            telling.run();
            return;
        }
        try {
            runtime.loop().execute(telling);
        } catch (RejectedExecutionException e) {
            telling.run(); // the runtime has ended around the frame
        }
    }

    private void tellHandler(Frame<?> frame) {
        try {
            options.uncaughtFrame().uncaught(frame, frame.failure());
        } catch (Throwable t) {
            RuntimeLog.log(
                    Level.ERROR,
                    "the handler of uncaught frames failed, for frame " + frame.name(),
                    t);
        }
    }

    void trigger(long index) {
        Task task = pool.find(index);
        if (task != null) {
            task.trigger();
        }
    }

    /**
     * Gives an operation up: on the loop, for what belongs to the transport is touched there only.
     */
    void cancel(Operation operation) {
        onLoop(() -> runtime.async().cancel(operation));
    }

    /** Cancels every frame, and all that will be spawned. */
    void cancelAll() {
        stopping = true;
        pool.forEach(Task::cancel);
    }

    /** The loop, as another thread sees it, or null. */
    Thread loopThread() {
        return loopThread;
    }

    /** Which frame has the runtime's thread, as another thread sees it, or null. */
    Thread mounted() {
        return mounted;
    }

    /**
     * Whether all that live, which are few, are in {@code System.exit}: nobody need wait for them.
     */
    boolean onlyExitingLive() {
        if (live() > EXITING_MAX || !JvmExit.hasBegun()) {
            return false;
        }
        boolean[] others = new boolean[1];
        pool.forEach(
                task ->
                        others[0] |=
                                task.state() != TaskState.WAIT_FOR_TRIGGER
                                        || !JvmExit.isAwaitedBy(task.thread()));
        return !others[0];
    }

    /** Whether the loop itself is in {@code System.exit}; any thread. */
    boolean isLoopExiting() {
        Thread thread = loopThread;
        return thread != null && JvmExit.hasBegun() && JvmExit.isAwaitedBy(thread);
    }

    /** Ends the runtime if no task is left; from then on no frame can be spawned. */
    boolean tryEnd() {
        return room.tryEnd();
    }

    /** Ends the runtime around frames that do not end. */
    List<String> abandonAll() {
        room.end();
        List<String> names = new ArrayList<>();
        RejectedExecutionException reason =
                new RejectedExecutionException(runtime + " ended before this frame did");
        pool.forEach(
                task -> {
                    names.add(task.frame().name());
                    task.frame().abandon(reason);
                });
        return names;
    }

    void yieldFrame() throws CancelledException {
        Task task = requireFrame("yield");
        task.requireNotCancelled("yield");
        if (!task.tryYield()) {
            throw FrameParking.refusal("yield", runtime);
        }
        task.requireNotCancelled("yield");
    }

    <T> T offload(Callable<? extends T> call) throws Exception {
        Task task = requireFrame("offload");
        task.requireMayWait("offload");
        Async.CallOperation<T> operation = new Async.CallOperation<>(task, call);
        task.begin(operation);
        if (!task.awaitOperation()) {
            throw FrameParking.refusal("offload", runtime);
        }
        task.restoreInterrupt();
        task.outcomeTaken();
        try {
            return operation.outcome();
        } catch (Exception e) {
            throw operation.isGivenUp() && task.isPastDeadline() && !task.isCancelledOrInterrupted()
                    ? late(task, "offload", e)
                    : e;
        }
    }

    private static TardyIOException late(Task task, String operation, Exception cause) {
        TardyIOException late = task.lateness(operation);
        if (!(cause instanceof CancelledException)) { // which says no more than that it never began
            late.initCause(cause);
        }
        return late;
    }

    private Task requireFrame(String operation) {
        Task task = Task.current();
        if (task == null) {
            throw outsideFrame(operation);
        }
        if (task.scheduler() != this) {
            throw new IllegalStateException(
                    operation + ": this frame belongs to " + task.scheduler().runtime);
        }
        return task;
    }
}
