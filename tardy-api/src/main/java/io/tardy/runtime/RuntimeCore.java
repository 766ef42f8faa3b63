package io.tardy.runtime;

import io.netty.channel.ChannelException;
import io.netty.channel.IoEventLoop;
import io.netty.channel.IoEventLoopGroup;
import io.tardy.aio.AsyncSubmission;
import io.tardy.os.FreeDescriptors;
import io.tardy.os.LentBuffers;
import io.tardy.os.NativeLibrary;
import io.tardy.spi.BackendContext;
import java.lang.System.Logger.Level;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Executor;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;

/**
 * The parts of one runtime and its life: the loop, the carrier of loop and frames, the scheduler,
 * the operations in flight and the pool for what blocks. {@code TardyRuntime} is its face.
 *
 * <p>It begins with its loop. It ends when it was entered and no task but daemons is left, when it
 * is stopped, or when it fails; then its tasks are cancelled and have {@code stopTimeout} to end.
 */
public final class RuntimeCore {

    private static final System.Logger LOGGER = System.getLogger("io.tardy");
    private static final ThreadLocal<RuntimeCore> OF_THREAD = new ThreadLocal<>();

    /** What a loop takes, and some to load the classes with that report that there are none. */
    private static final int DESCRIPTORS = 24;

    static {
        // Where a class is initialized at the end of a stack, it is lost for the whole JVM.
        new AsyncSubmission.Timer(0).kind();
        StackRoom.requireToAdd();
    }

    private final RuntimeOwner owner;
    private final RuntimeSettings settings;
    private final TaskScheduler scheduler;
    private final Carrier carrier;
    private final TardyEventLoop loop;
    private final OffloadPool offload;
    private final Async async;
    private final LentBuffers lentBuffers;
    private final Draining draining = new Draining(this);
    private final TurnTimes turnTimes = new TurnTimes();
    private final AtomicLong framesNamed = new AtomicLong();

    private volatile boolean entered;
    private volatile boolean stopRequested;
    private volatile boolean ended;
    private volatile boolean leftFrames;

    /** Why it ends without being asked to: the first failure. */
    private volatile Throwable failure;

    private volatile Runnable whenFailed = () -> {};

    // The runtime's thread.
    private RuntimeCore outer;
    private boolean stopping;
    private long stopBeganNanos;
    private int daemons;

    /** What was spawned here before the entry function has returned. */
    private List<Task> early = new ArrayList<>();

    /**
     * @param owner the runtime as programs know it
     * @param group the group of Netty's that the runtime serves, or null
     * @param executor starts the loop's thread
     * @throws IllegalStateException if the loop cannot be made, for want of descriptors
     */
    public RuntimeCore(
            RuntimeOwner owner,
            RuntimeSettings settings,
            IoEventLoopGroup group,
            Executor executor) {
        this.owner = owner;
        this.settings = settings;
        this.lentBuffers = new LentBuffers(settings.simulation() != null);
        this.offload = new OffloadPool(this);
        this.scheduler = new TaskScheduler(this);
        this.carrier = new Carrier(this, scheduler, executor);
        this.loop = newLoop(group);
        this.async =
                new Async(
                        settings.transport()
                                .newBackend(
                                        new BackendContext(
                                                loop, settings.aioReapMax(), settings.allocator())),
                        offload,
                        settings.clock(),
                        scheduler.counts(),
                        settings.simulation() != null);
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
                            settings.transport().ioHandlerFactory(settings.aioReapMax())));
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

    /** The runtime whose thread this is, inside of a frame or not; else null. */
    public static RuntimeCore currentOrNull() {
        Task task = Task.current();
        return task != null ? task.scheduler().runtime() : OF_THREAD.get();
    }

    /**
     * The runtime that runs this virtual thread, which is no frame but was started in one, or in
     * the loop of a simulation; else null.
     */
    public static RuntimeCore ofOther(Thread thread) {
        Executor scheduler = FrameFactory.schedulerOf(thread);
        if (scheduler instanceof Task starter) {
            return starter.scheduler().runtime();
        }
        return scheduler instanceof SteppedCarrier carrier ? carrier.runtime() : null;
    }

    /** The runtime whose thread this is, outside of any frame; else null. */
    public static RuntimeCore ofThread() {
        return OF_THREAD.get();
    }

    /** The runtime of a loop, or null if the loop is none of ours. */
    public static RuntimeCore of(IoEventLoop loop) {
        return loop instanceof TardyEventLoop ours ? ours.runtime() : null;
    }

    /** The runtime as programs know it. */
    public RuntimeOwner owner() {
        return owner;
    }

    /** What it was made with. */
    public RuntimeSettings settings() {
        return settings;
    }

    /** Runs its tasks. */
    public TaskScheduler scheduler() {
        return scheduler;
    }

    /** Runs its loop and its frames, one at a time. */
    public Carrier carrier() {
        return carrier;
    }

    /** Netty's half. */
    public TardyEventLoop loop() {
        return loop;
    }

    /** Its operations in flight, and its timers. */
    public Async async() {
        return async;
    }

    /** What it lends to its frames for what they receive. */
    public LentBuffers lentBuffers() {
        return lentBuffers;
    }

    /** Its end by itself. */
    public Draining draining() {
        return draining;
    }

    /** The jobs of its threads for what blocks. */
    public OffloadPool offload() {
        return offload;
    }

    /** When its loop was in which turn, as far as somebody has looked. */
    TurnTimes turnTimes() {
        return turnTimes;
    }

    /** The name of the next frame that is given none; any thread. */
    public String nextFrameName() {
        return settings.threadName()
                + "-"
                + settings.id()
                + "/frame-"
                + framesNamed.getAndIncrement();
    }

    /**
     * Refuses every thread but the runtime's.
     *
     * @throws IllegalStateException on another
     */
    public void requireThread() {
        if (!scheduler.isRuntimeThread()) {
            throw new IllegalStateException(
                    "only for the thread of " + this + ", not " + Thread.currentThread());
        }
    }

    /**
     * Makes the loop come back if it waits for events; any thread, at any time. A wake before the
     * wait is not lost.
     */
    public void wake() {
        if (!ended) {
            loop.wakeUp();
        }
    }

    /** Asks the runtime to end; any thread, at any time. */
    public void stop() {
        if (loop.servesGroup()) {
            loop.shutdownGracefully(0, 0, TimeUnit.NANOSECONDS);
            return;
        }
        stopRequested = true;
        wake();
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

    /** Whether anything waits for the loop, or for frames that others have made runnable. */
    boolean hasOtherWork() {
        return loop.isAwaited() || async.hasQueued() || carrier.hasInbound();
    }

    /** The entry function has been called: from now on the runtime ends when no task is left. */
    public void entered() {
        entered = true;
        startEarly();
    }

    /** Has the loop start a task that another thread has spawned, which is the calling one. */
    void startLater(LaterStart start) {
        loop.execute(start);
        if (ended) { // its queue was perhaps emptied at the end, and what was in it never runs
            start.task().abandoned(scheduler.hasEnded());
        }
    }

    /**
     * Starts a task once the entry function has returned, which may park at a lock before it does;
     * on the loop.
     */
    void start(Task task) {
        if (entered || stopping || ended) {
            scheduler.start(task);
            return;
        }
        try {
            early.add(task);
        } catch (OutOfMemoryError e) {
            scheduler.refuse(task, e);
        }
    }

    private void startEarly() {
        List<Task> held = early;
        early = List.of(); // from now on none is added
        held.forEach(scheduler::start);
    }

    /** Whether it was entered, or the group's loop has begun, and it has not ended. */
    public boolean isRunning() {
        return entered && !ended;
    }

    /** Whether it has ended around frames that had not. */
    public boolean hasLeft() {
        return leftFrames;
    }

    /** Whether the loop is gone: nothing that waits would ever be resumed. */
    public boolean hasEnded() {
        return ended;
    }

    /**
     * Whether the loop should end; asked once a turn.
     *
     * @param shuttingDown whether Netty's side was asked to end, which is a stop for us
     */
    boolean isOver(boolean shuttingDown) {
        if (wantsStop(shuttingDown) || !stopping && isLeftToDaemons()) {
            beginStop();
        }
        if (!entered && !stopping) {
            return false;
        }
        boolean isOver =
                scheduler.tryEnd() || stopping && (stopTimedOut() || scheduler.onlyExitingLive());
        if (isOver) {
            scheduler.close(); // or the loop would never be through with what others spawn
        }
        return isOver;
    }

    /** Whether nothing is left but frames that accompany others; those wait to be cancelled. */
    private boolean isLeftToDaemons() {
        return daemons > 0
                && entered
                && !loop.servesGroup()
                && scheduler.live() <= daemons; // one that was only spawned counts as none yet
    }

    /** A frame that does not keep the runtime has started; on the runtime's thread. */
    public void daemonStarted() {
        daemons++;
    }

    /** Such a frame has ended; on the runtime's thread. */
    public void daemonEnded() {
        daemons--;
    }

    /** Whether a stop waits for frames: the loop must look at the clock from time to time. */
    boolean isStopping() {
        return stopping;
    }

    /** Whether a stop was asked for and has not begun. */
    boolean wantsStop(boolean shuttingDown) {
        return (stopRequested || shuttingDown) && !stopping;
    }

    /** Has the frames of a group end before its loop does; on the loop. */
    void cancelFrames() {
        if (!stopping) {
            beginStop();
        }
    }

    /** Whether these frames have ended, or had their time; asked once a turn. */
    boolean isCancelOver() {
        return stopping && (scheduler.live() == 0 || stopTimedOut() || scheduler.onlyExitingLive());
    }

    /** Whether a drain of a group need not wait for it: it serves nobody any more; on the loop. */
    public boolean isDrained() {
        return loop.channels().isEmpty()
                && (scheduler.live() <= daemons || scheduler.onlyExitingLive());
    }

    private void beginStop() {
        stopping = true;
        stopBeganNanos = settings.realNanos(); // real time: the user's clock may stand still
        scheduler.cancelAll();
        startEarly();
    }

    private boolean stopTimedOut() {
        return settings.realNanos() - stopBeganNanos
                > TimeUnit.NANOSECONDS.convert(settings.stopTimeout());
    }

    /** The loop meets a fault, or a frame has failed that must not; on the loop. */
    public void fail(Throwable cause) {
        if (failure != null) {
            return; // one is enough to tell
        }
        failure = cause;
        whenFailed.run();
        stop();
        RuntimeLog.log(Level.ERROR, this + " stops, for it has failed", cause);
    }

    /** Says what is to be done when it fails, as it perhaps has; any thread. */
    public void whenFailed(Runnable action) {
        whenFailed = action;
        if (failure != null) {
            action.run();
        }
    }

    /** Why it ended without being asked to, or null. */
    public Throwable failure() {
        return failure;
    }

    /** The loop gives its thread up for a while, on that thread. */
    void suspend() {
        leaveThread();
    }

    /** The loop has ended, on its thread. */
    void end() {
        if (scheduler.live() > 0) {
            scheduler.cancelAllAtEnd(); // after a second fault nobody has cancelled them yet
        }
        boolean onlyExiting = scheduler.onlyExitingLive();
        ended = true;
        startEarly(); // who joins them hears that it has ended
        async.close();
        List<String> left = scheduler.live() > 0 ? scheduler.abandonAll() : List.of();
        if (!left.isEmpty()) {
            leftFrames = !onlyExiting;
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

    @Override
    public String toString() {
        return "runtime " + settings.id() + " (" + settings.transport().type().label() + ")";
    }
}
