package io.tardy.sim;

import io.netty.channel.IoHandler;
import io.netty.channel.IoHandlerContext;
import io.tardy.sim.time.Timeline;
import io.tardy.spi.DelegatingIoHandler;
import io.tardy.spi.DelegatingIoHandlerContext;
import java.util.ArrayDeque;

/**
 * The poll transport's handler, whose waits end by virtual time; and what the disk has done since
 * the last reap.
 */
final class SimIoHandler extends DelegatingIoHandler {

    private static final long NO_DEADLINE = -1;

    /** A loop that turns so often without a wait lets the rest of the world have a step. */
    private static final int TURNS_AT_ONCE_MAX = 8;

    private final SimHost host;
    private final ArrayDeque<Runnable> ends = new ArrayDeque<>();
    private final Context context = new Context();
    private long step;
    private int turnsAtOnce;

    SimIoHandler(IoHandler poll, SimHost host) {
        super(poll);
        this.host = host;
    }

    /** An operation of the disk is over: it ends in the next reap. */
    void ended(Runnable end) {
        ends.add(end);
        super.wakeup();
    }

    @Override
    public int run(IoHandlerContext loop) {
        giveWayIfBusy();
        Timeline.Event deadline = wakeAt(loop.deadlineNanos());
        int handled;
        try {
            handled = super.run(context.over(loop));
        } finally {
            if (deadline != null) {
                deadline.cancel();
            }
        }
        for (Runnable end; (end = ends.poll()) != null; handled++) {
            end.run();
        }
        return handled;
    }

    /** Perhaps it waits for what only others can do; and if not, its steps are counted. */
    private void giveWayIfBusy() {
        if (step != host.sim().stage().steps()) {
            step = host.sim().stage().steps();
            turnsAtOnce = 0;
        } else if (++turnsAtOnce >= TURNS_AT_ONCE_MAX) {
            Thread.yield();
        }
    }

    private Timeline.Event wakeAt(long deadlineNanos) {
        return deadlineNanos == NO_DEADLINE ? null : host.at(deadlineNanos, super::wakeup);
    }

    private final class Context extends DelegatingIoHandlerContext {

        private IoHandlerContext loop;

        Context over(IoHandlerContext loop) {
            this.loop = loop;
            return this;
        }

        @Override
        protected IoHandlerContext loop() {
            return loop;
        }

        @Override
        public boolean canBlock() {
            return ends.isEmpty() && super.canBlock();
        }
    }
}
