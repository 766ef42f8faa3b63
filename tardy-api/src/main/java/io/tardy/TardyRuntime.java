package io.tardy;

import io.netty.channel.Channel;
import io.netty.channel.ChannelException;
import io.netty.channel.ChannelFuture;
import io.netty.channel.IoEventLoop;
import io.netty.channel.IoEventLoopGroup;
import io.netty.util.concurrent.Future;
import io.netty.util.concurrent.FutureListener;
import io.tardy.aio.AsyncError;
import io.tardy.aio.AsyncFeatures;
import io.tardy.aio.AsyncSubmission;
import io.tardy.aio.CancelledException;
import io.tardy.aio.DeadlineExceededException;
import io.tardy.aio.Resulted;
import io.tardy.aio.TardyIOException;
import io.tardy.spi.BackendContext;
import io.tardy.spi.ChannelTypes;
import io.tardy.spi.FreeDescriptors;
import io.tardy.spi.NativeLibrary;
import java.lang.System.Logger.Level;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Executor;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import org.jspecify.annotations.Nullable;

/**
 * One thread with its event loop, scheduler, tasks and storage; nothing in it is shared.
 *
 * <p>From any thread: {@link #spawn}, {@link #trigger}, {@link #wake}, {@link #stop}, {@link
 * #isRunning} and the counts. Everything else belongs to the runtime's own thread and its frames.
 */
public final class TardyRuntime {

    private static final System.Logger LOGGER = System.getLogger("io.tardy");
    private static final ThreadLocal<TardyRuntime> OF_THREAD = new ThreadLocal<>();

    /** What a loop takes, and some to load the classes with that report that there are none. */
    private static final int DESCRIPTORS = 24;

    private final int id;
    private final TardyOptions options;
    private final TransportChoice choice;
    private final Scheduler scheduler;
    private final Carrier carrier;
    private final TardyEventLoop loop;
    private final OffloadPool offload = new OffloadPool(this);
    private final Async async;
    private final Storage storage = new Storage(this);

    private final AtomicLong framesNamed = new AtomicLong();
    private final AtomicLong stalls = new AtomicLong();

    private volatile boolean entered;
    private volatile boolean stopRequested;
    private volatile boolean ended;

    /** Why it ends although nobody has asked for that; the first of several. */
    private volatile Throwable failure;

    private volatile Runnable whenFailed = () -> {};

    // The runtime's thread.
    private TardyRuntime outer;
    private boolean stopping;
    private long stopBeganNanos;

    /**
     * @param group the group of Netty's that the runtime serves, or null
     */
    TardyRuntime(
            int id,
            TardyOptions options,
            TransportChoice choice,
            IoEventLoopGroup group,
            Executor executor) {
        this.id = id;
        this.options = options;
        this.choice = choice;
        this.scheduler = new Scheduler(this, options);
        this.carrier = new Carrier(this, scheduler, executor);
        this.loop = newLoop(group);
        this.async =
                new Async(
                        choice.transport()
                                .newBackend(
                                        new BackendContext(
                                                loop, options.aioReapMax(), options.allocator())),
                        offload,
                        options.clock());
    }

    private TardyEventLoop newLoop(IoEventLoopGroup group) {
        if (!FreeDescriptors.areThere(DESCRIPTORS)) {
            throw noDescriptors("too few descriptors are left", null);
        }
        try {
            return new TardyEventLoop(
                    this,
                    group,
                    carrier,
                    TransportIoHandler.factory(
                            choice.transport().ioHandlerFactory(options.aioReapMax())));
        } catch (ChannelException e) {
            throw noDescriptors(NativeLibrary.rootCause(e).toString(), e);
        }
    }

    private IllegalStateException noDescriptors(String reason, Exception cause) {
        return new IllegalStateException(
                "the loop of "
                        + this
                        + " cannot be made ("
                        + reason
                        + "): raise the limit that ulimit -n shows, or have fewer runtimes",
                cause);
    }

    /**
     * The runtime of the current thread, inside of a frame or not.
     *
     * @throws IllegalStateException on a thread that is no runtime's
     */
    public static TardyRuntime current() {
        TardyRuntime runtime = currentOrNull();
        if (runtime == null) {
            throw new IllegalStateException(
                    "this thread is no runtime's: " + Thread.currentThread() + "; use rt.spawn");
        }
        return runtime;
    }

    /**
     * The runtime that a channel lives on; from any thread.
     *
     * @throws IllegalStateException if the channel is not registered, or not with a loop of Tardy's
     */
    public static TardyRuntime of(Channel channel) {
        if (channel.eventLoop() instanceof TardyEventLoop loop) {
            return loop.runtime();
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
            throw Scheduler.outsideFrame(submission.op().label());
        }
        return task.scheduler().ioAwait(task, submission);
    }

    /** The number of this runtime in its entry or group, from 0. */
    public int id() {
        return id;
    }

    /** The named values of this runtime. */
    public Storage storage() {
        return storage;
    }

    /** Which transport runs, and why each better one does not. */
    public Backend backend() {
        return choice.backend();
    }

    /**
     * The channels of Netty's that this runtime's transport carries: {@code new
     * Bootstrap().group(rt.eventLoop()).channel(rt.channelTypes().socket())}.
     *
     * @throws UnsupportedOperationException if a custom transport carries none
     */
    public ChannelTypes channelTypes() {
        return choice.transport().channelTypes();
    }

    /** What the transport does natively. */
    public AsyncFeatures features() {
        return async.features();
    }

    /** The low level: waiting for submissions and triggers. */
    public Scheduler scheduler() {
        return scheduler;
    }

    /** Netty's view of this runtime: channels can be registered with it. */
    public IoEventLoop eventLoop() {
        return loop;
    }

    /**
     * Starts a frame; from any thread. It begins in a later step of the loop, not inside this call.
     *
     * @throws TaskPoolFullException if the pool is static and full
     * @throws java.util.concurrent.RejectedExecutionException if the runtime has ended
     * @throws IllegalStateException if the JVM lacks the flag that frames need; the message names
     *     it
     */
    public Frame<@Nullable Void> spawn(FrameBody body) {
        return spawn(null, body);
    }

    /** {@link #spawn(FrameBody)} with a value, which {@link Frame#join} returns. */
    public <T extends @Nullable Object> Frame<T> spawnCall(Callable<? extends T> body) {
        return scheduler.spawn(null, body);
    }

    /** {@link #spawn(FrameBody)} with a name for thread dumps. */
    public Frame<@Nullable Void> spawn(String name, FrameBody body) {
        return scheduler.spawn(name, asCallable(body));
    }

    /** {@link #spawnCall(Callable)} with a name for thread dumps. */
    public <T extends @Nullable Object> Frame<T> spawnCall(
            String name, Callable<? extends T> body) {
        return scheduler.spawn(name, body);
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
        return scheduler.spawnAwait(null, asCallable(body));
    }

    /**
     * Runs what blocks on a platform thread of this runtime's pool and makes the calling frame wait
     * for it. If the frame is cancelled or its deadline passes, the thread is interrupted, and its
     * end is awaited all the same.
     *
     * @return what the call returns
     * @throws CancelledException if the frame was cancelled before the call began
     * @throws DeadlineExceededException if the frame's {@link Deadline} had passed before the call
     *     returned; what the interrupted call threw is the cause
     * @throws Exception what the call throws
     * @throws IllegalStateException outside of a frame of this runtime
     */
    public <T extends @Nullable Object> T offload(Callable<? extends T> call) throws Exception {
        return scheduler.offload(call);
    }

    /**
     * Makes the calling frame wait for a future of Netty's. A frame that is cancelled, or whose
     * deadline passes, goes on without it: the future is left as it is.
     *
     * @return the future's value
     * @throws CancelledException if the frame was cancelled meanwhile
     * @throws DeadlineExceededException if it had to wait beyond its {@link Deadline}
     * @throws java.util.concurrent.CancellationException if the future was cancelled
     * @throws Exception what the future failed with
     * @throws IllegalStateException outside of a frame of this runtime
     */
    public <V extends @Nullable Object> V await(Future<V> future) throws Exception {
        long task = scheduler.currentTask("await");
        if (!future.isDone()) {
            FutureListener<V> waker = done -> trigger(task);
            future.addListener(waker);
            try {
                while (!future.isDone()) {
                    scheduler.triggerAwait("await");
                }
            } finally {
                if (!future.isDone()) {
                    future.removeListener(waker);
                }
            }
        }
        if (future.isSuccess()) {
            return future.getNow();
        }
        throw asException(future.cause());
    }

    /**
     * {@link #await(Future)} for what ends with a channel, a bind or a connect: {@code Channel
     * server = rt.await(bootstrap.bind(address))}.
     *
     * @return the future's channel
     */
    public Channel await(ChannelFuture future) throws Exception {
        await((Future<Void>) future);
        return future.channel();
    }

    /**
     * {@link #await(Future)} for a stage of the JDK's, with what the stage failed with itself. A
     * frame that goes on without a {@code CompletableFuture} leaves nothing behind there; a stage
     * of another kind keeps a dependent stage until it completes.
     */
    public <V extends @Nullable Object> V await(CompletionStage<V> stage) throws Exception {
        long task = scheduler.currentTask("await");
        CompletableFuture<V> future = futureOf(stage);
        if (!future.isDone()) {
            // A dependent that is over stays with its source; of anyOf it does not.
            CompletableFuture<Void> over = new CompletableFuture<>();
            CompletableFuture.anyOf(future, over)
                    .whenComplete(
                            (value, failure) -> {
                                if (!over.isDone()) {
                                    trigger(task);
                                }
                            });
            try {
                while (!future.isDone()) {
                    scheduler.triggerAwait("await");
                }
            } finally {
                over.complete(null);
            }
        }
        if (!future.isCompletedExceptionally()) {
            return future.resultNow();
        }
        Throwable failure = future.handle((value, cause) -> cause).join();
        throw asException(
                failure instanceof CompletionException && failure.getCause() != null
                        ? failure.getCause()
                        : failure);
    }

    private static <V> CompletableFuture<V> futureOf(CompletionStage<V> stage) {
        try {
            return stage.toCompletableFuture();
        } catch (UnsupportedOperationException e) { // which it may throw
            CompletableFuture<V> future = new CompletableFuture<>();
            stage.whenComplete(
                    (value, failure) -> {
                        if (failure == null) {
                            future.complete(value);
                        } else {
                            future.completeExceptionally(failure);
                        }
                    });
            return future;
        }
    }

    private static Exception asException(Throwable failure) {
        if (failure instanceof Error error) {
            throw error;
        }
        return failure instanceof Exception exception ? exception : new ExecutionException(failure);
    }

    /**
     * Makes a task that waits for a trigger runnable; from any thread. A task that does not wait
     * now will not wait next time. An index whose task has ended does nothing.
     *
     * @param task as of {@link Scheduler#currentTask}
     */
    public void trigger(long task) {
        scheduler.onRuntime(() -> scheduler.trigger(task));
    }

    /**
     * Makes the runtime come back if it waits in reap; from any thread, at any time. A wake before
     * the wait is not lost.
     */
    public void wake() {
        if (!ended) {
            loop.wakeUp();
        }
    }

    /**
     * Ends the runtime; from any thread, at any time. Its frames are cancelled and run to their
     * end; those that have not ended after {@code stopTimeout} are left behind, with a warning that
     * names them. For the runtime of a group: shuts its loop down, without a quiet period.
     */
    public void stop() {
        if (loop.servesGroup()) {
            loop.shutdownGracefully(0, 0, TimeUnit.NANOSECONDS);
            return;
        }
        stopRequested = true;
        wake();
    }

    /** Whether the entry function was called, or the group's loop began, and it has not ended. */
    public boolean isRunning() {
        return entered && !ended;
    }

    /** Whether the loop is gone: nothing that waits would ever be resumed. */
    boolean hasEnded() {
        return ended;
    }

    /** How many tasks live, in all states. */
    public int tasks() {
        return scheduler.live();
    }

    /** How many tasks are in this state; from another thread, a value of the recent past. */
    public int tasks(TaskState state) {
        return scheduler.pool().count(state);
    }

    /** How many frames have ended with an exception, cancelled ones not counted. */
    public long framesFailed() {
        return scheduler.framesFailed();
    }

    /** How often the loop has stood still; see {@link Tardy.Builder#stallAfter}. */
    public long stalls() {
        return stalls.get();
    }

    /** On the watchdog's thread. */
    void stalled(Stall stall) {
        stalls.incrementAndGet();
        try {
            options.stalled().stalled(this, stall);
        } catch (RuntimeException | Error e) {
            RuntimeLog.log(Level.ERROR, "the handler of stalls failed", e);
        }
    }

    /**
     * How many timers run, those of deadlines included; on the runtime's thread.
     *
     * @throws IllegalStateException on another thread
     */
    public int timersActive() {
        requireThread();
        return async.timersActive();
    }

    @Override
    public String toString() {
        return "runtime " + id + " (" + choice.backend().type().label() + ")";
    }

    static TardyRuntime currentOrNull() {
        Task task = Task.current();
        return task != null ? task.scheduler().runtime() : OF_THREAD.get();
    }

    /** The runtime whose thread this is, outside of any frame; else null. */
    static TardyRuntime ofThread() {
        return OF_THREAD.get();
    }

    TardyOptions options() {
        return options;
    }

    TransportChoice choice() {
        return choice;
    }

    Carrier carrier() {
        return carrier;
    }

    TardyEventLoop loop() {
        return loop;
    }

    Async async() {
        return async;
    }

    String nextFrameName() {
        return options.threadName() + "-" + id + "/frame-" + framesNamed.getAndIncrement();
    }

    void requireThread() {
        if (!scheduler.isRuntimeThread()) {
            throw new IllegalStateException(
                    "only for the thread of " + this + ", not " + Thread.currentThread());
        }
    }

    /** The loop begins, on its thread. */
    void begin() {
        outer = OF_THREAD.get(); // on the thread that ends a loop which got none of its own
        OF_THREAD.set(this);
        scheduler.begin(Thread.currentThread());
        if (loop.servesGroup()) {
            entered = true;
        }
        Watchdog.INSTANCE.watch(this);
    }

    /** Whether the loop's thread could go and another come. */
    boolean isIdle() {
        return scheduler.live() == 0 && !async.hasQueued() && !async.hasTimers();
    }

    /** The entry function has been called: from now on the runtime ends when no task is left. */
    void entered() {
        entered = true;
    }

    /**
     * Whether the loop should end; asked once a turn.
     *
     * @param shuttingDown whether Netty's side was asked to end, which is a stop for us
     */
    boolean isOver(boolean shuttingDown) {
        if (wantsStop(shuttingDown)) {
            beginStop();
        }
        if (!entered && !stopping) {
            return false;
        }
        return scheduler.tryEnd() || stopping && (stopTimedOut() || scheduler.onlyExitingLive());
    }

    /** Whether a stop waits for frames: the loop must look at the clock from time to time. */
    boolean isStopping() {
        return stopping;
    }

    /** Whether a stop was asked for and has not begun. */
    boolean wantsStop(boolean shuttingDown) {
        return (stopRequested || shuttingDown) && !stopping;
    }

    private void beginStop() {
        stopping = true;
        stopBeganNanos = System.nanoTime(); // real time: the user's clock may stand still
        scheduler.cancelAll();
    }

    /** The loop meets a fault, or a frame has failed that must not; on the loop. */
    void fail(Throwable cause) {
        if (failure != null) {
            return; // one is enough to tell
        }
        failure = cause;
        whenFailed.run();
        stop();
        RuntimeLog.log(Level.ERROR, this + " stops, for it has failed", cause);
    }

    /** Says what is to be done when it fails, as it perhaps has; any thread. */
    void whenFailed(Runnable action) {
        whenFailed = action;
        if (failure != null) {
            action.run();
        }
    }

    /** Why it ended although nobody had asked for that, or null. */
    Throwable failure() {
        return failure;
    }

    /** The loop gives its thread up for a while, on that thread. */
    void suspend() {
        leaveThread();
    }

    /** The loop has ended, on its thread. */
    void end() {
        if (scheduler.live() > 0) {
            scheduler.cancelAll(); // after a second fault nobody has done that yet
        }
        ended = true;
        async.close();
        List<String> left = scheduler.live() > 0 ? scheduler.abandonAll() : List.of();
        if (!left.isEmpty()) {
            LOGGER.log(
                    Level.WARNING,
                    "{0} ended around {1} frames that did not end when cancelled: {2}",
                    this,
                    left.size(),
                    left.subList(0, Math.min(left.size(), 10)));
        }
        scheduler.tryEnd();
        leaveThread();
    }

    private void leaveThread() {
        Watchdog.INSTANCE.leave(this);
        if (outer == null) {
            OF_THREAD.remove();
        } else {
            OF_THREAD.set(outer);
        }
    }

    private boolean stopTimedOut() {
        return System.nanoTime() - stopBeganNanos
                > TimeUnit.NANOSECONDS.convert(options.stopTimeout());
    }

    private static Callable<@Nullable Void> asCallable(FrameBody body) {
        return () -> {
            body.run();
            return null;
        };
    }
}
