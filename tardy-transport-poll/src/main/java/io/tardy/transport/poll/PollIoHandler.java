package io.tardy.transport.poll;

import io.netty.channel.IoHandle;
import io.netty.channel.IoHandler;
import io.netty.channel.IoHandlerContext;
import io.netty.channel.IoRegistration;
import java.util.ArrayDeque;
import java.util.concurrent.TimeUnit;

/**
 * Netty's handler, with what a runtime needs beyond it:
 *
 * <ul>
 *   <li>A reap brings our sockets a bounded number of events; what is too much comes first next
 *       time. (Netty's own channels get all of theirs.)
 *   <li>A wake costs a system call only while the handler may wait. Netty asks whose thread it is,
 *       and a frame is another thread than the loop although it runs on it.
 *   <li>A wait ends after its deadline, not up to half a millisecond before it: the loop would turn
 *       without a pause until then.
 * </ul>
 */
final class PollIoHandler implements IoHandler {

    private static final long MILLI_NANOS = TimeUnit.MILLISECONDS.toNanos(1);

    private final IoHandler nio;
    private final int eventsMax;
    private final WholeMillis wholeMillis = new WholeMillis();
    private final ArrayDeque<PollRegistration> late = new ArrayDeque<>();

    /** How many more events this reap brings. */
    private int eventsLeft;

    /**
     * Set before we look whether we may wait; whoever gives us work looks at it after that. So
     * either we see the work, or it sees that a wake is due.
     */
    private volatile boolean mayWait;

    PollIoHandler(IoHandler nio, int eventsMax) {
        this.nio = nio;
        this.eventsMax = eventsMax;
    }

    @Override
    public int run(IoHandlerContext context) {
        eventsLeft = eventsMax;
        for (int kept = Math.min(late.size(), eventsMax); kept > 0; kept--) {
            eventsLeft--;
            late.poll().deliverKept();
        }
        mayWait = true;
        try {
            return nio.run(wholeMillis.over(context));
        } finally {
            mayWait = false;
        }
    }

    /** An event of one of our sockets. */
    void take(PollRegistration registration, int operations) {
        if (eventsLeft > 0) {
            eventsLeft--;
            registration.deliver(operations);
        } else if (registration.keep(operations)) {
            late.add(registration);
        }
    }

    @Override
    public void wakeup() {
        if (mayWait) {
            nio.wakeup();
        }
    }

    @Override
    public IoRegistration register(IoHandle handle) throws Exception {
        if (handle instanceof PollRegistration.Handle ours) {
            ours.joins(this);
        }
        return nio.register(handle);
    }

    @Override
    public boolean isCompatible(Class<? extends IoHandle> handleType) {
        return nio.isCompatible(handleType);
    }

    @Override
    public void initialize() {
        nio.initialize();
    }

    @Override
    public void prepareToDestroy() {
        nio.prepareToDestroy();
    }

    @Override
    public void destroy() {
        nio.destroy();
    }

    /** The loop's context with delays rounded up, for Netty rounds to the nearest millisecond. */
    private static final class WholeMillis implements IoHandlerContext {

        private IoHandlerContext context;

        IoHandlerContext over(IoHandlerContext context) {
            this.context = context;
            return this;
        }

        @Override
        public boolean canBlock() {
            return context.canBlock();
        }

        @Override
        public long delayNanos(long currentTimeNanos) {
            long delay = context.delayNanos(currentTimeNanos);
            return delay > Long.MAX_VALUE - MILLI_NANOS
                    ? delay
                    : (delay + MILLI_NANOS - 1) / MILLI_NANOS * MILLI_NANOS;
        }

        @Override
        public long deadlineNanos() {
            return context.deadlineNanos();
        }

        @Override
        public void reportActiveIoTime(long activeNanos) {
            context.reportActiveIoTime(activeNanos);
        }

        @Override
        public boolean shouldReportActiveIoTime() {
            return context.shouldReportActiveIoTime();
        }
    }
}
