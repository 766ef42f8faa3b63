package io.tardy.runtime;

import io.tardy.aio.AsyncError;
import io.tardy.aio.AsyncSubmission;
import io.tardy.aio.CancelledException;
import io.tardy.aio.DeadlineExceededException;
import io.tardy.aio.Errno;
import io.tardy.aio.Resulted;
import io.tardy.aio.TardyIOException;
import io.tardy.aio.TaskState;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.RejectedExecutionException;
import java.util.function.Consumer;

/** Runs the tasks of one runtime, and makes their frames wait. */
public final class TaskScheduler {

    private final RuntimeCore runtime;
    private final RuntimeSettings settings;
    private final TaskPool pool;
    private final RunQueue runQueue;
    private final RunBatch batch;
    private final TaskRoom room;
    private final DueTasks due = new DueTasks(this);
    private final RuntimeCounts counts = new RuntimeCounts();

    // The runtime's thread. `mounted` is compared by others too: only the frame itself can find
    // itself there, so a stale value never misleads.
    private Thread loopThread;
    private Thread mounted;
    private boolean stopping;
    private volatile long framesFailed;

    TaskScheduler(RuntimeCore runtime) {
        this.runtime = runtime;
        this.settings = runtime.settings();
        this.pool = new TaskPool(settings.tasksInitial());
        this.runQueue = new RunQueue(settings.frameOrder());
        this.batch = new RunBatch(runtime, this, runQueue);
        this.room = new TaskRoom(runtime, settings.tasksMax());
    }

    /**
     * Submits an operation and makes the calling frame wait until it is over.
     *
     * @return its outcome; a frame that is cancelled or interrupted gets {@code CANCELED}, and one
     *     whose deadline has passed gets it with {@link Errno#ETIME}
     * @throws IllegalStateException outside of a frame of this runtime; and where it would have to
     *     wait and a frame cannot be suspended (in a class initializer, say)
     */
    public <T, E extends Enum<E> & AsyncError> Resulted<T, E> ioAwait(
            AsyncSubmission<T, E> submission) {
        return OperationWait.outcome(requireFrame(submission.op().label()), submission);
    }

    /**
     * Makes the calling frame wait until somebody triggers its task.
     *
     * @param reason a {@link WaitReason}, or the name of the operation
     * @throws CancelledException if the frame is cancelled or interrupted
     * @throws DeadlineExceededException if the frame's deadline has passed; a trigger that came
     *     before it, or comes later, is kept for the next wait
     */
    public void triggerAwait(String operation, Object reason) throws TardyIOException {
        awaitTrigger(requireFrame(operation), operation, reason);
    }

    /** {@link #triggerAwait} for the frame of this task, which calls. */
    public void awaitTrigger(Task task, String operation, Object reason) throws TardyIOException {
        task.requireMayWait(operation);
        boolean triggered = task.awaitTrigger(operation, reason);
        task.requireNotCancelled(operation);
        if (!triggered && task.isPastDeadline()) {
            throw task.deadline().lateness(operation);
        }
    }

    /**
     * The index of the calling frame's task, which 2^31 tasks in the same slot do not get again.
     *
     * @throws IllegalStateException outside of a frame of this runtime
     */
    public long currentTask(String operation) {
        return requireFrame(operation).index();
    }

    /** The scheduler of the frame that is the current thread. */
    public static TaskScheduler current(String operation) {
        return taskHere(operation).scheduler();
    }

    /** The task whose frame is the current thread. */
    public static Task taskHere(String operation) {
        Task task = Task.current();
        if (task == null) {
            throw NoFrame.refusal(operation);
        }
        return task;
    }

    /** The runtime whose tasks these are. */
    public RuntimeCore runtime() {
        return runtime;
    }

    /** How many tasks are in this state; on another thread, a value of the recent past. */
    public int count(TaskState state) {
        return pool.count(state);
    }

    TaskPool pool() {
        return pool;
    }

    /** What the runtime has done so far. */
    public RuntimeCounts counts() {
        return counts;
    }

    /** Those that a frame has spawned or woken, until it is suspended. */
    DueTasks due() {
        return due;
    }

    /** The time by the runtime's clock. */
    public long clockNanos() {
        return settings.clock().nanoTime();
    }

    TimerQueue.Entry addTimer(TimerQueue.Expiring owner, long nowNanos, long delayNanos) {
        return runtime.async().addTimer(owner, nowNanos, delayNanos);
    }

    void removeTimer(TimerQueue.Entry timer) {
        runtime.async().removeTimer(timer);
    }

    /** How many tasks have failed; any thread. */
    public long framesFailed() {
        return framesFailed;
    }

    /** How many tasks live or are about to; any thread. */
    public int live() {
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
    public boolean isRuntimeThread() {
        Thread current = Thread.currentThread();
        return current == loopThread || isBesideLoop(current);
    }

    /** Whether this, the current thread, is the frame that has the runtime's thread now. */
    boolean isMounted(Thread current) {
        return current == mounted;
    }

    /** Whether this, the current thread, is the frame that runs now, or the carrier. */
    boolean isBesideLoop(Thread current) {
        return isMounted(current) || runtime.carrier().is(current);
    }

    /**
     * Runs on the loop, now if we are there: for what touches the transport; dropped at the end.
     */
    public void onLoop(Runnable action) {
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

    /**
     * Starts a task, in a later step of the loop; any thread.
     *
     * @return false if there is no room for it
     * @throws RejectedExecutionException if the runtime has ended
     */
    public boolean trySpawn(Task task) {
        if (!isMounted(Thread.currentThread())) {
            return LaterStart.tryStart(task, room);
        }
        if (!room.tryEnter()) {
            return false;
        }
        due.add(task);
        return true;
    }

    /** {@link #trySpawn} that waits for room, in the frame of this task. */
    public void spawn(Task task, Task spawner, String operation) throws TardyIOException {
        room.enter(spawner, operation);
        due.add(task);
    }

    RejectedExecutionException hasEnded() {
        return new RejectedExecutionException(runtime + " has ended");
    }

    void start(Task task) {
        if (runtime.hasEnded() || !runtime.carrier().isCarrying()) {
            refuse(task, runtime.hasEnded() ? hasEnded() : notCarried());
            return;
        }
        try {
            batch.reserve(room.count());
            task.index(pool.take());
        } catch (OutOfMemoryError e) {
            refuse(task, e);
            return;
        }
        pool.put(task);
        try {
            task.start();
            counts.frameBegun();
        } catch (OutOfMemoryError e) {
            task.end();
            pool.release(task);
            refuse(task, e);
            return;
        }
        if (stopping || task.isCancelRequested()) {
            task.cancel(); // it still runs, and cleans up what it was given
        }
    }

    /** It never runs, and whoever joins it hears why. */
    void refuse(Task task, Throwable reason) {
        room.leave();
        task.abandoned(reason);
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
        if (due.isWaiting() && runtime.carrier().is(Thread.currentThread())) {
            due.resumeAll(); // a frame gives way to those whom it has woken
        }
        task.enqueue(batch.queueFor(isMounted(task.thread())));
    }

    /** Lets the frames that are runnable now have their turn; on the loop. */
    void runFrames() {
        if (hasRunnable()) {
            runtime.carrier().giveWay();
        }
    }

    /** On the carrier. */
    void runBatch() {
        batch.run();
    }

    /** How many frames are runnable that no other thread has just made so. */
    int countQueued() {
        return runQueue.count();
    }

    /** Runs one of the frames that are runnable, of which there is one; on the carrier. */
    void runOne(Consumer<Thread> chosen) {
        Task next = runQueue.take();
        chosen.accept(next.thread());
        runFrame(next);
    }

    void runFrame(Task task) {
        mounted = task.thread();
        try {
            task.proceed();
        } finally {
            mounted = null;
            due.resumeAll();
        }
        if (task.bodyEnded() && task.state() != TaskState.DEAD) {
            release(task);
        }
    }

    private void release(Task task) {
        task.end();
        pool.release(task);
        room.leave();
        counts.frameEnded();
        if (!task.ended()) {
            framesFailed = framesFailed + 1;
        }
    }

    /** Has a user be told of something outside of any frame: on the loop, or here after its end. */
    public void tell(Runnable telling) {
        if (Thread.currentThread() == loopThread) {
            telling.run();
            return;
        }
        try {
            runtime.loop().execute(telling);
        } catch (RejectedExecutionException e) {
            telling.run();
        }
    }

    /** Makes a task that waits for a trigger runnable, unless it has ended; any thread. */
    public void trigger(long index) {
        if (isRuntimeThread()) {
            triggerHere(index);
        } else {
            triggerFromOutside(() -> triggerHere(index));
        }
    }

    /** {@link #trigger(long)} of what this wakes; once. */
    void trigger(Wake wake) {
        if (isRuntimeThread()) {
            wake.run();
        } else {
            triggerFromOutside(wake);
        }
    }

    /** A frame that the runtime left behind when it ended has perhaps been given something. */
    private void triggerFromOutside(Runnable trigger) {
        try {
            runtime.loop().execute(trigger);
        } catch (RejectedExecutionException e) {
            if (runtime.hasLeft()) {
                runtime.carrier().resumeOther(trigger);
            }
        }
    }

    void triggerHere(long index) {
        Task task = pool.find(index);
        if (task != null) {
            task.trigger();
        }
    }

    /** {@link #trigger(long)} of this task, which may have ended. */
    public void trigger(Task task) {
        trigger(task.index());
    }

    /** Gives an operation up; on the loop, which alone touches what is the transport's. */
    void cancel(TaskOperation operation) {
        int sequence = operation.sequence();
        onLoop(
                () -> {
                    if (operation.sequence() == sequence) { // or it is over
                        runtime.async().cancel(operation);
                    }
                });
    }

    /** Cancels every frame, and all that will be spawned. */
    void cancelAll() {
        stopping = true;
        pool.forEach(Task::cancel);
    }

    /** The same at the end, which no frame outlives by holding its cancel back. */
    void cancelAllAtEnd() {
        stopping = true;
        pool.forEach(Shield::cancelAtEnd);
    }

    /** The loop, as another thread sees it, or null. */
    public Thread loopThread() {
        return loopThread;
    }

    /** Which frame has the runtime's thread, as another thread sees it, or null. */
    public Thread mounted() {
        return mounted;
    }

    /** The threads of the frames that live, for messages. */
    public void forEachThread(Consumer<Thread> action) {
        pool.forEach(task -> action.accept(task.thread()));
    }

    /** Whether nobody need wait for those that live: all are in {@code System.exit}. */
    boolean onlyExitingLive() {
        return JvmExit.isAwaitedByAll(pool, live());
    }

    /** Whether the loop itself is in {@code System.exit}; any thread. */
    public boolean isLoopExiting() {
        Thread thread = loopThread;
        return thread != null && JvmExit.hasBegun() && JvmExit.isAwaitedBy(thread);
    }

    /** Ends the runtime if no task is left; from then on no frame can be spawned. */
    boolean tryEnd() {
        return room.tryEnd();
    }

    /** From now on no frame can be spawned; those that are there may end. */
    void close() {
        room.close();
    }

    /** Ends the runtime around frames that do not end. */
    List<String> abandonAll() {
        room.end();
        List<String> names = new ArrayList<>();
        var reason = new RejectedExecutionException(runtime + " ended before this frame did");
        pool.forEach(
                task -> {
                    names.add(task.name());
                    task.abandoned(reason);
                });
        return names;
    }

    /** Lets every other runnable frame, and I/O, have its turn; in a frame. */
    public void yieldFrame() throws CancelledException {
        Task task = requireFrame("yield");
        task.requireNotCancelled("yield");
        if (!task.tryYield()) {
            throw FrameParking.refusal("yield", runtime);
        }
        task.requireNotCancelled("yield");
    }

    void requireSuspendable(String operation) {
        batch.suspendOnce(requireFrame(operation), operation);
    }

    /** Runs what blocks on a thread of the pool and makes the calling frame wait for it. */
    public <T> T offload(Callable<? extends T> call) throws Exception {
        return OperationWait.call(requireFrame("offload"), call);
    }

    /** The task of the calling frame; throws outside of a frame of this runtime. */
    public Task requireFrame(String operation) {
        Task task = Task.current();
        if (task == null) {
            throw NoFrame.refusal(operation);
        }
        if (task.scheduler() != this) {
            throw new IllegalStateException(
                    operation + ": this frame belongs to " + task.scheduler().runtime);
        }
        return task;
    }
}
