package io.tardy;

import io.netty.buffer.ByteBufAllocator;
import io.netty.channel.Channel;
import io.netty.channel.ChannelFuture;
import io.netty.channel.IoEventLoop;
import io.netty.channel.IoEventLoopGroup;
import io.netty.util.concurrent.Future;
import io.tardy.aio.AsyncError;
import io.tardy.aio.AsyncFeatures;
import io.tardy.aio.AsyncSubmission;
import io.tardy.aio.CancelledException;
import io.tardy.aio.DeadlineExceededException;
import io.tardy.aio.Resulted;
import io.tardy.aio.TardyIOException;
import io.tardy.aio.TaskState;
import io.tardy.runtime.NoFrame;
import io.tardy.runtime.OperationWait;
import io.tardy.runtime.RuntimeCore;
import io.tardy.runtime.Task;
import io.tardy.runtime.TransportChoice;
import io.tardy.spi.ChannelTypes;
import java.io.IOException;
import java.time.Clock;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.Executor;
import java.util.concurrent.Flow;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/**
 * One thread with its event loop, scheduler, tasks and storage; nothing in it is shared.
 *
 * <p>From any thread: {@link #spawn}, {@link #submit}, {@link #trigger}, {@link #wake}, {@link
 * #stop}, {@link #isRunning}, {@link #siblings}, {@link #dump} and the counts; from any frame:
 * {@link #call}. Everything else belongs to the runtime's own thread and its frames.
 */
public final class TardyRuntime {

    private final TardyOptions options;
    private final Backend backend;
    private final RuntimeCore core;
    private final Scheduler scheduler;
    private final Storage storage = new Storage(this);
    private final CoreOwner owner = new CoreOwner(this);

    /**
     * @param group the group of Netty's that the runtime serves, or null
     */
    TardyRuntime(
            int id,
            TardyOptions options,
            TransportChoice choice,
            IoEventLoopGroup group,
            Executor executor) {
        this.options = options;
        this.backend = Backend.of(choice);
        this.core = new RuntimeCore(owner, options.settings(id, choice), group, executor);
        this.scheduler = new Scheduler(core.scheduler());
        RuntimeBeans.register(this);
    }

    /** The runtime with this core, or null of null. */
    static TardyRuntime of(RuntimeCore core) {
        return core == null ? null : ((CoreOwner) core.owner()).runtime();
    }

    RuntimeCore core() {
        return core;
    }

    /** What its {@link Tardy} was built with; from any thread. */
    public TardyOptions options() {
        return options;
    }

    /**
     * The runtime of the current thread, inside of a frame or not.
     *
     * @throws IllegalStateException if the thread is not a runtime's
     */
    public static TardyRuntime current() {
        TardyRuntime runtime = of(RuntimeCore.currentOrNull());
        if (runtime == null) {
            throw new IllegalStateException(
                    "this thread is no runtime's: " + Thread.currentThread() + "; use rt.spawn");
        }
        return runtime;
    }

    /**
     * The runtime that a channel lives on; from any thread.
     *
     * @throws IllegalStateException if the channel is not registered with a loop of Tardy
     */
    public static TardyRuntime of(Channel channel) {
        TardyRuntime runtime =
                channel.eventLoop() instanceof IoEventLoop loop ? of(RuntimeCore.of(loop)) : null;
        if (runtime != null) {
            return runtime;
        }
        throw new IllegalStateException(
                channel
                        + " lives on "
                        + channel.eventLoop().getClass().getName()
                        + ", which has no runtime: give its bootstrap a TardyEventLoopGroup");
    }

    /** Whether the current thread is a frame, and so can wait. */
    public static boolean isInFrame() {
        return Task.current() != null;
    }

    /**
     * Submits an operation and makes the calling frame wait until it is over; the low level under
     * {@code Socket} and {@code Frame.delay}.
     *
     * @return its outcome; a frame that is cancelled or interrupted gets {@code CANCELED}, and one
     *     whose {@link Deadline} has passed gets it with {@code ETIME}
     * @throws IllegalStateException outside of a frame; the message says to use {@code rt.spawn}
     */
    public static <T extends @Nullable Object, E extends Enum<E> & AsyncError>
            Resulted<T, E> ioAwait(AsyncSubmission<T, E> submission) {
        Task task = Task.current();
        if (task == null) {
            throw NoFrame.refusal(submission.op().label());
        }
        return OperationWait.outcome(task, submission);
    }

    /** The number of this runtime in its entry or group, from 0. */
    public int id() {
        return core.settings().id();
    }

    /**
     * The runtimes of its entry or group, itself among them, by their {@link #id}s: {@code
     * rt.siblings().get(i)} has the id {@code i}. From any thread; the list never changes.
     *
     * <p>All are there when the first entry function is called. What is spawned on one of them, by
     * frames of others too, begins when its own entry function has returned, and finds what that
     * has prepared. One that drains takes on what it is given; one that has ended ({@link
     * #isRunning}) throws a {@code RejectedExecutionException}. An entry's runtime ends as soon as
     * it has no frame: one that only serves others needs a frame that stays, such as {@code
     * serve}'s.
     */
    public List<TardyRuntime> siblings() {
        return owner.siblings();
    }

    CoreOwner owner() {
        return owner;
    }

    /** The named values of this runtime. */
    public Storage storage() {
        return storage;
    }

    /**
     * What {@link Tardy.Builder#allocator} has set: {@code recv()} takes its buffers there, and so
     * may a program. May be used from any thread.
     */
    public ByteBufAllocator allocator() {
        return options.allocator();
    }

    /** Which transport runs, and why each better one does not. */
    public Backend backend() {
        return backend;
    }

    /**
     * The Netty channel classes that this runtime's transport supports: {@code new
     * Bootstrap().group(rt.eventLoop()).channel(rt.channelTypes().socket())}.
     *
     * @throws UnsupportedOperationException if a custom transport supports none
     */
    public ChannelTypes channelTypes() {
        return core.settings().transport().channelTypes();
    }

    /** What the transport does natively. */
    public AsyncFeatures features() {
        return core.async().features();
    }

    /**
     * The time of day, for programs that are to be simulated: in place of {@code
     * Clock.systemUTC()}, which it is by default. If {@link Tardy.Builder#clock} has set another
     * clock, it is what that says as an {@code InstantSource}; if it is none, its nanoseconds since
     * the epoch of 1970. May be used from any thread.
     */
    public Clock clock() {
        return options.timeOfDay();
    }

    /** Low-level waits: for submissions and triggers. */
    public Scheduler scheduler() {
        return scheduler;
    }

    /** Netty's view of this runtime: channels can be registered with it. */
    public IoEventLoop eventLoop() {
        return core.loop();
    }

    /**
     * Starts a frame; from any thread. It begins in a later step of the loop, not inside this call.
     *
     * @throws TaskPoolFullException if the pool is static and full
     * @throws java.util.concurrent.RejectedExecutionException if the runtime has ended
     * @throws IllegalStateException if the JVM lacks the flag that frames need; the message names
     *     it
     * @throws UnsupportedOperationException if Tardy does not know how this JDK makes virtual
     *     threads
     */
    public Frame<@Nullable Void> spawn(FrameBody body) {
        return FrameStart.of(this, null, body);
    }

    /** {@link #spawn(FrameBody)} with a value, which {@link Frame#join} returns. */
    public <T extends @Nullable Object> Frame<T> spawnCall(Callable<? extends T> body) {
        return FrameStart.ofCall(this, null, body);
    }

    /** {@link #spawn(FrameBody)} with a name for thread dumps. */
    public Frame<@Nullable Void> spawn(String name, FrameBody body) {
        return FrameStart.of(this, name, body);
    }

    /** {@link #spawnCall(Callable)} with a name for thread dumps. */
    public <T extends @Nullable Object> Frame<T> spawnCall(
            @Nullable String name, Callable<? extends T> body) {
        return FrameStart.ofCall(this, name, body);
    }

    /**
     * {@link #spawn(FrameBody)} of a daemon: a frame that keeps its runtime no longer than the
     * others need it, for what accompanies them (a report now and then, a watch for signals). When
     * only daemons are left on a runtime of an entry, that ends: they are cancelled as by {@link
     * #stop}, and so is what they and other threads spawn meanwhile.
     *
     * <p>Every frame that a daemon starts is a daemon too: by {@code spawn} on any runtime, by a
     * {@link Scope}, by {@code serve}. The runtimes of a group end with the group, and make no
     * difference.
     */
    public Frame<@Nullable Void> spawnDaemon(FrameBody body) {
        return FrameStart.ofDaemon(this, null, body);
    }

    /** {@link #spawnDaemon(FrameBody)} with a name for thread dumps. */
    public Frame<@Nullable Void> spawnDaemon(@Nullable String name, FrameBody body) {
        return FrameStart.ofDaemon(this, name, body);
    }

    /**
     * {@link #spawnCall(Callable)} for libraries, and for threads that are none of Tardy's: the end
     * of the frame as of {@link Frame#toCompletionStage}. From any thread; it never blocks. What
     * {@code spawn} would throw fails the future: the runtime has ended, or its pool is full.
     */
    public <T extends @Nullable Object> CompletableFuture<T> submit(Callable<? extends T> body) {
        return FrameStage.ofNew(this, body);
    }

    /**
     * Runs the body in a frame of this runtime, while the calling frame of another one waits; on
     * the calling frame's own runtime, in that frame and at once. The body has the caller's {@link
     * ScopedValue}s. If the caller is cancelled or its {@link Deadline} passes, the body is
     * cancelled, and the caller still waits until that has ended; if it returns all the same, that
     * is the result. A body that has not begun by then never does, and nobody waits for it.
     *
     * @return what the body returns
     * @throws IOException what the body throws, as by {@link Deadline#within}. The handler of
     *     uncaught frames does not hear of it
     * @throws CancelledException if the caller was cancelled or interrupted; what else the body has
     *     thrown is the cause
     * @throws DeadlineExceededException if the caller's deadline has passed; the same
     * @throws java.util.concurrent.RejectedExecutionException if this runtime has ended, or ends
     *     before the body has
     * @throws TaskPoolFullException if the pool of this runtime is static and full
     * @throws IllegalStateException outside of a frame
     */
    public <T extends @Nullable Object> T call(Callable<? extends T> body) throws IOException {
        return RuntimeCall.call(this, body);
    }

    /**
     * Like {@link #spawn(FrameBody)}, but if a static pool is full the calling frame waits for a
     * free task.
     *
     * @throws CancelledException if the calling frame is cancelled meanwhile
     * @throws DeadlineExceededException if it had to wait beyond its {@link Deadline}
     * @throws IllegalStateException outside of a frame of this runtime
     */
    public Frame<@Nullable Void> spawnAwait(FrameBody body) throws TardyIOException {
        return FrameStart.await(this, null, body);
    }

    /** {@link #spawnAwait(FrameBody)} with a name for thread dumps. */
    public Frame<@Nullable Void> spawnAwait(String name, FrameBody body) throws TardyIOException {
        return FrameStart.await(this, name, body);
    }

    /**
     * Runs a blocking call on a platform thread of this runtime's pool, while the calling frame
     * waits. If the frame is cancelled or its deadline passes, the thread is interrupted, and the
     * frame still waits until the call ends.
     *
     * @return what the call returns
     * @throws CancelledException if the frame was cancelled before the call began
     * @throws DeadlineExceededException if the frame's {@link Deadline} had passed before the call
     *     returned; what the interrupted call threw is the cause
     * @throws Exception what the call throws
     * @throws IllegalStateException outside of a frame of this runtime
     */
    public <T extends @Nullable Object> T offload(Callable<? extends T> call) throws Exception {
        return core.scheduler().offload(options.decorated(call));
    }

    /**
     * Waits in the calling frame for a Netty future. If the frame is cancelled or its deadline
     * passes, the wait ends and the future goes on.
     *
     * @return the future's value
     * @throws CancelledException if the frame was cancelled meanwhile
     * @throws DeadlineExceededException if it had to wait beyond its {@link Deadline}
     * @throws java.util.concurrent.CancellationException if the future was cancelled
     * @throws Exception what the future failed with
     * @throws IllegalStateException outside of a frame of this runtime
     */
    public <V extends @Nullable Object> V await(Future<V> future) throws Exception {
        return FutureWait.await(core.scheduler(), future);
    }

    /**
     * {@link #await(Future)} for a future of a channel, as of a bind or a connect: {@code Channel
     * server = rt.await(bootstrap.bind(address))}.
     *
     * @return the future's channel
     */
    public Channel await(ChannelFuture future) throws Exception {
        await((Future<Void>) future);
        return future.channel();
    }

    /**
     * {@link #await(Future)} for a JDK stage. Throws the failure of the stage itself, not a
     * wrapper. If the wait ends early, a {@code CompletableFuture} keeps nothing of it; a stage of
     * another kind keeps a dependent stage until it completes.
     */
    public <V extends @Nullable Object> V await(CompletionStage<V> stage) throws Exception {
        return FutureWait.await(core.scheduler(), stage);
    }

    /**
     * Subscribes in the calling frame, requests one value, and waits there for it. Cancels the
     * subscription then, and if the wait ends early, unless the publisher has completed or failed.
     *
     * @return the value, or null if the publisher completes without one
     * @throws Exception what the publisher failed with, as it is; as of {@link #await(Future)}
     */
    public <V> @Nullable V awaitFirst(Flow.Publisher<? extends V> publisher) throws Exception {
        return FirstValue.await(core.scheduler(), publisher);
    }

    /**
     * Makes a task that waits for a trigger runnable; from any thread. If the task does not wait
     * now, its next wait returns at once. The index of an ended task does nothing.
     *
     * @param task as of {@link Scheduler#currentTask}
     */
    public void trigger(long task) {
        core.scheduler().trigger(task);
    }

    /**
     * Wakes the runtime if it waits in reap; from any thread, at any time. A wake that comes before
     * the wait is not lost.
     */
    public void wake() {
        core.wake();
    }

    /**
     * Ends the runtime; from any thread, at any time. Its frames are cancelled and run to their
     * end; those that have not ended after {@code stopTimeout} are left behind, with a warning that
     * names them. For the runtime of a group: shuts its loop down, without a quiet period.
     */
    public void stop() {
        core.stop();
    }

    /**
     * Ends the runtime in order; from any thread, at any time, and returns at once. {@code serve}
     * serves the connections that the system has accepted for it, closes its socket (for all
     * runtimes that share it) and returns, and so do listeners of Netty's on its loop, whose
     * channels see a {@link DrainEvent}; frames in {@link Frame#idle} go on with their ends; {@link
     * #isDraining} tells all others, who may take their time. When that is over, what is left is
     * cancelled, as by {@link #stop}, and has {@link Tardy.Builder#stopTimeout} to end.
     *
     * <p>A runtime of an entry ends as soon as no frame is left. One of a group goes on until its
     * frames were cancelled; {@link io.tardy.netty.TardyEventLoopGroup#drain} ends all together.
     *
     * @param within by the runtime's clock; of several calls, the one whose time is over first
     *     counts
     */
    public void drain(Duration within) {
        core.draining().begin(TimeUnit.NANOSECONDS.convert(within), DrainEvent.INSTANCE);
    }

    /**
     * Whether a {@link #drain} has begun; from any thread. A server tells its peers then: {@code
     * Connection: close}, a close frame with 1001, GOAWAY.
     */
    public boolean isDraining() {
        return core.draining().hasBegun();
    }

    /** Whether the entry function was called, or the group's loop began, and it has not ended. */
    public boolean isRunning() {
        return core.isRunning();
    }

    /** How many tasks live, in all states. */
    public int tasks() {
        return core.scheduler().live();
    }

    /** How many tasks are in this state; on another thread, a recent value. */
    public int tasks(TaskState state) {
        return core.scheduler().count(state);
    }

    /** How many frames have ended with an exception, not counting cancelled ones. */
    public long framesFailed() {
        return core.scheduler().framesFailed();
    }

    /** How often the loop has stalled; see {@link Tardy.Builder#stallAfter}. */
    public long stalls() {
        return owner.stalls();
    }

    /**
     * How many timers run, including those of deadlines. On the runtime's thread only.
     *
     * @throws IllegalStateException on another thread
     */
    public int timersActive() {
        core.requireThread();
        return core.async().timersActive();
    }

    /**
     * Its counters, and how many frames it has; from any thread, without a lock: nobody waits.
     * Nothing is added up for this, so it may be asked as often as one likes.
     */
    public RuntimeStats stats() {
        return new RuntimeStats(core, stalls());
    }

    /**
     * What its frames wait for, and since when; from any thread. It is taken on this runtime's
     * thread, between two frames, and so fits together; the caller waits for that, for half a
     * second at most. If the runtime does not answer, the dump says who has its thread instead
     * ({@link RuntimeDump#stall}). It costs the runtime a small object for each frame; addresses
     * and other text are made where they are read. One that has no frames, or has ended, is not
     * asked. An interrupt, or a cancel of the frame that asks, does not end that wait.
     */
    public RuntimeDump dump() {
        return RuntimeDump.of(core);
    }

    @Override
    public String toString() {
        return core.toString();
    }
}
