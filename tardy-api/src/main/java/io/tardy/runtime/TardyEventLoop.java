package io.tardy.runtime;

import io.netty.channel.Channel;
import io.netty.channel.ChannelFuture;
import io.netty.channel.ChannelPromise;
import io.netty.channel.IoEventLoopGroup;
import io.netty.channel.IoHandler;
import io.netty.channel.IoHandlerContext;
import io.netty.channel.IoHandlerFactory;
import io.netty.channel.SingleThreadIoEventLoop;
import io.netty.util.concurrent.Future;
import io.netty.util.concurrent.Ticker;
import java.util.Queue;
import java.util.concurrent.Executor;
import java.util.concurrent.TimeUnit;

/**
 * The loop of a runtime: Netty's event loop with frames in it. One turn is
 *
 * <ol>
 *   <li>frames that are runnable, within a budget
 *   <li>Netty's tasks, within a budget; if no frame was left over, then once more both, for the
 *       frames that they have made runnable
 *   <li>submit: what the frames have asked for goes to the transport
 *   <li>reap: wait for completions if nothing is runnable, else only look
 *   <li>timers whose time has come
 * </ol>
 *
 * <p>Steps 3 to 5 make tasks runnable and run none of them.
 *
 * <p>The loop is a virtual thread, and gives way to the frames in step 1. Wherever it meets a lock
 * that another has it is suspended, and frames run meanwhile; see {@link Carrier}.
 */
public final class TardyEventLoop extends SingleThreadIoEventLoop {

    private static final long TASKS_BUDGET_NANOS = TimeUnit.MILLISECONDS.toNanos(10);
    private static final long STOP_LOOK_NANOS = TimeUnit.MILLISECONDS.toNanos(50);

    /** How long a wait for a clock of the user's may last: it need not go as time does. */
    private static final long CLOCK_LOOK_NANOS_MIN = TimeUnit.MILLISECONDS.toNanos(1);

    private static final long CLOCK_LOOK_NANOS_MAX = TimeUnit.MILLISECONDS.toNanos(10);

    /** The clock is looked at once for so many tasks of Netty's. */
    private static final int TASKS_PER_CLOCK_LOOK = 64;

    private static final long NO_DEADLINE = -1;

    private final RuntimeCore runtime;

    /** Null of a loop that is not simulated. */
    private final SimulatedEnd simulatedEnd;

    private final IoHandlerContext reapContext = new ReapContext();
    private final ServedChannels channels = new ServedChannels(this);

    /** A wake that came while the loop was awake: the next reap must not wait. */
    private volatile boolean woken;

    // The loop's thread.
    private boolean isRunning;

    /** Whether this turn was free to wait for events. */
    private boolean mayWait;

    private boolean leavesThread;

    /** Whether Netty is to have the system's time, whatever our clock says; the loop's thread. */
    private boolean onRealTime;

    /** How often a simulated shutdown has looked at the time, which stands still meanwhile. */
    private long looks;

    /**
     * @param group the group that the loop serves until it is shut down, or null for a loop that
     *     ends with its last frame
     */
    TardyEventLoop(
            RuntimeCore runtime,
            IoEventLoopGroup group,
            Executor executor,
            IoHandlerFactory ioHandlerFactory) {
        super(group, executor, ioHandlerFactory);
        this.runtime = runtime;
        this.simulatedEnd = isSimulated() ? new SimulatedEnd() : null;
    }

    /** Netty asks for it in its constructor, before there is anything of ours. */
    @Override
    protected Queue<Runnable> newTaskQueue(int maxPendingTasks) {
        return new LoopTaskQueue(maxPendingTasks);
    }

    @Override
    public Future<?> terminationFuture() {
        return simulatedEnd != null ? simulatedEnd : super.terminationFuture();
    }

    /** A simulation has run it to its end, or until it gave its thread up. */
    void steppedToItsEnd() {
        if (super.terminationFuture().isDone()) {
            simulatedEnd.trySuccess(null);
        }
    }

    RuntimeCore runtime() {
        return runtime;
    }

    /** Those with which it serves others. */
    ServedChannels channels() {
        return channels;
    }

    @Override
    public ChannelFuture register(ChannelPromise promise) {
        ChannelPromise registered = promise.unvoid();
        if (ForeignChannel.isOne(registered.channel(), this)) {
            return registered.setFailure(ForeignChannel.refusal(registered.channel(), this));
        }
        channels.watch(registered.channel(), registered);
        return super.register(registered);
    }

    @Override
    @SuppressWarnings("deprecation") // it is another way in
    public ChannelFuture register(Channel channel, ChannelPromise promise) {
        ChannelPromise registered = promise.unvoid();
        if (ForeignChannel.isOne(channel, this)) {
            return registered.setFailure(ForeignChannel.refusal(channel, this));
        }
        channels.watch(channel, registered);
        return super.register(channel, registered);
    }

    /** Whether the loop goes on until its group is shut down. */
    public boolean servesGroup() {
        return parent() != null;
    }

    /** The runtime's clock; null while Netty's constructor runs. */
    @Override
    public Ticker ticker() {
        return runtime == null ? Ticker.systemTicker() : runtime.settings().clock();
    }

    /** Whether time is what everybody takes for it. */
    private boolean hasSystemClock() {
        return ticker() == Ticker.systemTicker();
    }

    /** The time of what is scheduled, and of the shutdown. */
    @Override
    @SuppressWarnings("deprecation") // it is where Netty's half asks for both
    protected long getCurrentTimeNanos() {
        if (!onRealTime || !inEventLoop()) {
            return ticker().nanoTime();
        }
        // Netty wants more than no time to pass before a shutdown goes on.
        return runtime.settings().realNanos() + (isSimulated() ? ++looks : 0);
    }

    /** The end comes in real time, be the clock the user's and stand still. */
    @Override
    protected boolean confirmShutdown() {
        onRealTime = true;
        try {
            boolean isConfirmed = super.confirmShutdown();
            if (isConfirmed && !isRunning && !runtime.hasEnded()) {
                runtime.end(); // it was shut down while it gave its thread up
            }
            return isConfirmed;
        } finally {
            onRealTime = false;
        }
    }

    /** The quiet period of the shutdown begins anew. */
    private void tasksRan() {
        onRealTime = true;
        updateLastExecutionTime();
        onRealTime = false;
    }

    void wakeUp() {
        StackRoom.requireToWake();
        woken = true;
        ioHandler().wakeup();
    }

    /** There is something to do beside the loop, or for it, while it perhaps waits for events. */
    void wakeFromWait() {
        ioHandler().wakeup();
    }

    /** Whether it was woken, or has tasks to run. */
    boolean isAwaited() {
        return woken || pendingTasks() > 0; // hasTasks is for the loop only
    }

    /** A frame has the loop's thread, so the loop does not wait: no need to wake it. */
    @Override
    public void execute(Runnable task) {
        Thread current = Thread.currentThread();
        if (runtime != null && runtime.scheduler().isBesideLoop(current)) {
            if (current.isVirtual()) {
                StackRoom.requireToAdd();
            }
            lazyExecute(task);
            return;
        }
        if (!inEventLoop()) {
            StackRoom.requireToWakeFrom(current);
        }
        if (runtime != null && isSimulated()) {
            runtime.settings().simulation().requireSimulated(runtime);
        }
        super.execute(task);
    }

    /** A quiet period is a sleep of Netty's, in real time: a simulation has none. */
    @Override
    public Future<?> shutdownGracefully(long quietPeriod, long timeout, TimeUnit unit) {
        return super.shutdownGracefully(isSimulated() ? 0 : quietPeriod, timeout, unit);
    }

    private boolean isSimulated() {
        return runtime.settings().simulation() != null;
    }

    /** The type that the transport wraps counts too: Netty's users ask for that. */
    @Override
    public boolean isIoType(Class<? extends IoHandler> handlerType) {
        return super.isIoType(handlerType)
                || runtime.settings().transport().channelTypes().ioHandler().equals(handlerType);
    }

    /**
     * Netty asks once more after {@link #run} has returned for this reason, and takes a no for the
     * end of the loop: a task that came in between would have been the last. So the first answer is
     * the one that was acted upon; the second question, when the loop counts as suspended, is open.
     */
    @Override
    protected boolean canSuspend(int state) {
        if (leavesThread && !isShuttingDown()) {
            leavesThread = false;
            return true;
        }
        return super.canSuspend(state) && runtime.isIdle();
    }

    @Override
    protected void run() {
        IoHandler io = ioHandler();
        io.initialize();
        runtime.begin();
        tasksRan();
        boolean suspended = false;
        isRunning = true;
        try {
            suspended = serve(io);
        } finally {
            isRunning = false;
            if (suspended) {
                runtime.suspend();
                leavesThread = true;
            } else {
                runtime.end();
            }
        }
    }

    /**
     * A fault of ours, or of a transport, stops the runtime as anything else does: its frames are
     * cancelled, and have time to end. A second one ends it at once.
     *
     * @return as of {@link #serveGroup}
     */
    private boolean serve(IoHandler io) {
        try {
            return serveOnce(io);
        } catch (RuntimeException | Error e) {
            runtime.fail(e);
            return serveOnce(io);
        }
    }

    private boolean serveOnce(IoHandler io) {
        if (servesGroup()) {
            return serveGroup(io);
        }
        serveEntry(io);
        return false;
    }

    /** Until the last frame has ended, or the runtime is stopped. */
    private void serveEntry(IoHandler io) {
        boolean over;
        do {
            work();
            over = runtime.isOver(isShuttingDown());
            if (over) {
                shutdownGracefully(0, 0, TimeUnit.NANOSECONDS);
                prepareToEnd(io);
            } else {
                reap(io);
            }
        } while (!over || !confirmShutdown());
    }

    /**
     * Until the loop is shut down and quiet, as any loop of Netty's; then until the frames have
     * ended.
     *
     * @return whether the thread is given up although the loop goes on
     */
    private boolean serveGroup(IoHandler io) {
        do {
            work();
            if (runtime.isCancelOver()) { // the end of a drain
                shutdownGracefully(0, 0, TimeUnit.NANOSECONDS);
            } else {
                reap(io);
            }
            if (isShuttingDown()) {
                io.prepareToDestroy(); // closes the channels, those that came meanwhile included
            } else if (canSuspend()) {
                return true;
            }
        } while (!confirmShutdown());
        for (work(); !runtime.isOver(true); work()) {
            reap(io);
        }
        prepareToEnd(io);
        return false;
    }

    private void work() {
        TaskScheduler scheduler = runtime.scheduler();
        scheduler.counts().turn();
        if (simulatedEnd != null) {
            runtime.turnTimes().seen(scheduler.counts().turns(), ticker().nanoTime());
        }
        scheduler.runFrames();
        boolean isNoneLeft = !scheduler.hasRunnable();
        runTasks();
        if (isNoneLeft && scheduler.hasRunnable()) {
            scheduler.runFrames(); // which tasks have made runnable, as a spawn from outside
            runTasks(); // for who has yielded comes behind them
        }
        runtime.async().submit();
    }

    private void runTasks() {
        if (hasSystemClock()) {
            runAllTasks(TASKS_BUDGET_NANOS);
        } else {
            runTasksInRealTime();
        }
    }

    /** Netty's {@code runAllTasks} with a budget that ends although our clock may stand still. */
    private void runTasksInRealTime() {
        long now = ticker().nanoTime();
        for (Runnable due; (due = pollScheduledTask(now)) != null; ) {
            addTask(due);
        }
        long began = runtime.settings().realNanos();
        int ran = 0;
        for (Runnable next; (next = pollTask()) != null; ) {
            Runnable task = next;
            safeExecute(isSimulated() ? () -> runSimulated(task) : task);
            // A simulation's clock stands still meanwhile.
            if (++ran % TASKS_PER_CLOCK_LOOK == 0
                    && (isSimulated()
                            || runtime.settings().realNanos() - began > TASKS_BUDGET_NANOS)) {
                break;
            }
        }
        afterRunningAllTasks();
        if (ran > 0) {
            tasksRan();
        }
    }

    /** Netty only logs what a task throws. */
    private void runSimulated(Runnable task) {
        try {
            task.run();
        } catch (AssertionError e) {
            runtime.settings().simulation().failed(e);
            throw e;
        }
    }

    private void reap(IoHandler io) {
        mayWait = false;
        io.run(reapContext);
        woken = false;
        if (mayWait) {
            runtime.scheduler().counts().waited();
        }
        runtime.async().expireTimers(runtime.settings().aioReapMax());
    }

    private void prepareToEnd(IoHandler io) {
        runtime.async().cancelAll();
        io.prepareToDestroy();
    }

    /** What Netty's half asks before it waits. */
    private final class ReapContext implements IoHandlerContext {

        @Override
        public boolean canBlock() {
            boolean isFree = isFree();
            mayWait |= isFree; // some ask again when they have waited
            return isFree;
        }

        private boolean isFree() {
            return !woken
                    && !runtime.scheduler().hasRunnable()
                    && !runtime.async().hasQueued()
                    && !runtime.wantsStop(isShuttingDown())
                    && !hasTasks()
                    && !hasScheduledTasks()
                    && !(isSuspended() && canSuspend())
                    && !(runtime.async().hasTimers() && runtime.async().timerDelayNanos() == 0);
        }

        @Override
        public long delayNanos(long currentTimeNanos) {
            long deadline = deadlineNanos();
            if (deadline == NO_DEADLINE) {
                return Long.MAX_VALUE;
            }
            // Not by the time that is passed in, which is the system's: by our clock.
            long delay = Math.max(deadline - ticker().nanoTime(), 0);
            return delay == 0 || hasSystemClock()
                    ? delay
                    : Math.clamp(delay, CLOCK_LOOK_NANOS_MIN, CLOCK_LOOK_NANOS_MAX);
        }

        /** The same value for the same timers, so that Netty need not arm its timer again. */
        @Override
        public long deadlineNanos() {
            long deadline = Long.MAX_VALUE;
            if (runtime.async().hasTimers()) {
                deadline = runtime.async().timerDeadlineNanos();
            }
            long scheduled = nextScheduledTaskDeadlineNanos();
            if (scheduled != NO_DEADLINE) {
                deadline = Math.min(deadline, scheduled);
            }
            if (runtime.isStopping()) {
                deadline = Math.min(deadline, ticker().nanoTime() + STOP_LOOK_NANOS);
            }
            if (deadline == Long.MAX_VALUE) {
                return NO_DEADLINE;
            }
            return deadline == NO_DEADLINE ? deadline + 1 : deadline; // a clock may be below zero
        }

        @Override
        public void reportActiveIoTime(long activeNanos) {
            TardyEventLoop.this.reportActiveIoTime(activeNanos);
        }

        @Override
        public boolean shouldReportActiveIoTime() {
            return isSuspensionSupported();
        }
    }
}
