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

    private final SimHost host;
    private final ArrayDeque<Runnable> ends = new ArrayDeque<>();
    private final Context context = new Context();

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
