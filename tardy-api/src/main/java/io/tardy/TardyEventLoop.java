package io.tardy;

import io.netty.channel.IoHandler;
import io.netty.channel.IoHandlerContext;
import io.netty.channel.IoHandlerFactory;
import io.netty.channel.SingleThreadIoEventLoop;
import io.netty.util.concurrent.Ticker;
import java.util.concurrent.Executor;
import java.util.concurrent.TimeUnit;

/**
 * The loop of a runtime: Netty's event loop with frames in it. One turn is
 *
 * <ol>
 *   <li>frames that were runnable when it began, within a budget
 *   <li>Netty's tasks, within a budget
 *   <li>submit: what the frames have asked for goes to the transport
 *   <li>reap: wait for completions if nothing is runnable, else only look
 *   <li>timers whose time has come
 * </ol>
 *
 * <p>Steps 3 to 5 make tasks runnable and run none of them.
 */
final class TardyEventLoop extends SingleThreadIoEventLoop {

    private static final long TASKS_BUDGET_NANOS = TimeUnit.MILLISECONDS.toNanos(10);
    private static final long STOP_LOOK_NANOS = TimeUnit.MILLISECONDS.toNanos(50);
    private static final long NO_DEADLINE = -1;

    private final TardyRuntime runtime;
    private final IoHandlerContext reapContext = new ReapContext();

    /** A wake that came while the loop was awake: the next reap must not wait. */
    private volatile boolean woken;

    TardyEventLoop(TardyRuntime runtime, Executor executor, IoHandlerFactory ioHandlerFactory) {
        super(null, executor, ioHandlerFactory);
        this.runtime = runtime;
    }

    /** The runtime's clock; null while Netty's constructor runs. */
    @Override
    public Ticker ticker() {
        return runtime == null ? Ticker.systemTicker() : runtime.options().clock();
    }

    void wakeUp() {
        woken = true;
        ioHandler().wakeup();
    }

    @Override
    protected void run() {
        IoHandler io = ioHandler();
        io.initialize();
        runtime.begin();
        try {
            boolean over;
            do {
                over = turn(io);
                if (over) {
                    shutdownGracefully(0, 0, TimeUnit.NANOSECONDS);
                    io.prepareToDestroy();
                }
            } while (!over || !confirmShutdown());
        } finally {
            runtime.end();
        }
    }

    /** Whether the runtime is over; nothing is left to wait for then. */
    private boolean turn(IoHandler io) {
        runtime.scheduler().runFrames();
        runAllTasks(TASKS_BUDGET_NANOS);
        runtime.async().submit();
        if (runtime.isOver(isShuttingDown())) {
            return true;
        }
        io.run(reapContext);
        woken = false;
        runtime.async().expireTimers(runtime.options().aioReapMax());
        return false;
    }

    /** What Netty's half asks before it waits. */
    private final class ReapContext implements IoHandlerContext {

        @Override
        public boolean canBlock() {
            return !woken
                    && !runtime.scheduler().hasRunnable()
                    && !runtime.async().hasQueued()
                    && !runtime.wantsStop(isShuttingDown())
                    && !hasTasks()
                    && !hasScheduledTasks()
                    && !(runtime.async().hasTimers() && runtime.async().timerDelayNanos() == 0);
        }

        @Override
        public long delayNanos(long currentTimeNanos) {
            long deadline = deadlineNanos();
            // Not by the time that is passed in, which is the system's: by our clock.
            return deadline == NO_DEADLINE
                    ? Long.MAX_VALUE
                    : Math.max(deadline - ticker().nanoTime(), 0);
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
            return deadline == Long.MAX_VALUE ? NO_DEADLINE : deadline;
        }
    }
}
