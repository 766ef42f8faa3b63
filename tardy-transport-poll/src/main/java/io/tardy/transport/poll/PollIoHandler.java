package io.tardy.transport.poll;

import io.netty.channel.IoHandle;
import io.netty.channel.IoHandler;
import io.netty.channel.IoHandlerContext;
import io.netty.channel.IoRegistration;
import io.tardy.spi.DelegatingIoHandler;
import io.tardy.spi.DelegatingIoHandlerContext;
import java.util.ArrayDeque;
import java.util.concurrent.TimeUnit;

/**
 * Netty's handler of the JDK's selectors, with what a runtime needs beyond it. The faults, as of
 * 4.2.18:
 *
 * <ul>
 *   <li>A reap brings every event there is. Here our sockets get a bounded number; the rest comes
 *       first next time. Netty's own channels get all of theirs.
 *   <li>A wake from another thread than the loop's costs a system call although the loop does not
 *       wait, and a frame is another thread although it runs on the loop's. Here a wake costs one
 *       only while the handler may wait.
 *   <li>Netty rounds a wait to the nearest millisecond, so it ends up to half a millisecond before
 *       its deadline, and the loop turns without a pause until then. Here it is rounded up.
 * </ul>
 */
final class PollIoHandler extends DelegatingIoHandler {

    private static final long MILLI_NANOS = TimeUnit.MILLISECONDS.toNanos(1);

    private final int eventsMax;
    private final WholeMillis wholeMillis = new WholeMillis();
    private final ArrayDeque<PollRegistration> late = new ArrayDeque<>();

    /** How many more events this reap brings. */
    private int eventsLeft;

    /**
     * Set before we check whether we may wait. A thread that gives us work reads it afterwards. So
     * either we see the work, or that thread sees that a wake is due.
     */
    private volatile boolean mayWait;

    PollIoHandler(IoHandler nio, int eventsMax) {
        super(nio);
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
            return super.run(wholeMillis.over(context));
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
            super.wakeup();
        }
    }

    @Override
    public IoRegistration register(IoHandle handle) throws Exception {
        if (handle instanceof PollRegistration.Handle ours) {
            ours.joins(this);
        }
        return super.register(handle);
    }

    /** The loop's context with delays rounded up, for Netty rounds to the nearest millisecond. */
    private static final class WholeMillis extends DelegatingIoHandlerContext {

        private IoHandlerContext context;

        IoHandlerContext over(IoHandlerContext context) {
            this.context = context;
            return this;
        }

        @Override
        protected IoHandlerContext loop() {
            return context;
        }

        @Override
        public long delayNanos(long currentTimeNanos) {
            long delay = super.delayNanos(currentTimeNanos);
            return delay > Long.MAX_VALUE - MILLI_NANOS
                    ? delay
                    : (delay + MILLI_NANOS - 1) / MILLI_NANOS * MILLI_NANOS;
        }
    }
}
