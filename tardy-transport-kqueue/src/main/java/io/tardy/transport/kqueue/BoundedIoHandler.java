package io.tardy.transport.kqueue;

import io.netty.channel.IoHandle;
import io.netty.channel.IoHandler;
import io.netty.channel.IoHandlerContext;
import io.netty.channel.IoOps;
import io.netty.channel.IoRegistration;
import io.netty.channel.kqueue.KQueueIoOps;
import io.netty.util.concurrent.ThreadAwareExecutor;
import io.tardy.spi.DelegatingIoHandler;
import io.tardy.spi.DelegatingIoHandlerContext;
import io.tardy.spi.DelegatingIoRegistration;
import java.util.ArrayDeque;

/**
 * Netty's kqueue handler, given no more changes in one turn than its list has room for; the others
 * wait, in order, for the next turns, which do not wait for events meanwhile.
 *
 * <p>The fault: Netty collects changes and hands them to the system with the next kevent(2). Its
 * list must not be outgrown: as of 4.2.18 it then keeps a fraction of what it held and does not
 * note its new capacity ({@code KQueueEventArray.realloc}), so that changes are lost and, later,
 * memory beyond its end is written to. The list is as long as that of the events, so it is short
 * where a reap may collect few; and a runtime that closes thousands of sockets in one turn outgrows
 * any.
 *
 * <p>An order that is kept is enough also for descriptors that are closed while changes wait: the
 * deletions of one come before the additions of the next that has the same number.
 */
final class BoundedIoHandler extends DelegatingIoHandler {

    private final ThreadAwareExecutor executor;
    private final int changesMax;

    // The loop's thread:
    private final ArrayDeque<Runnable> waiting = new ArrayDeque<>();
    private int changes;

    /**
     * @param netty the handler that must not be overrun
     * @param executor the loop that runs it
     * @param changesMax how many changes it takes between two reaps
     */
    BoundedIoHandler(IoHandler netty, ThreadAwareExecutor executor, int changesMax) {
        super(netty);
        this.executor = executor;
        this.changesMax = changesMax;
    }

    @Override
    public int run(IoHandlerContext context) {
        while (hasRoom() && !waiting.isEmpty()) {
            waiting.poll().run();
        }
        changes = 0; // as the system takes them before it tells of any event
        return super.run(waiting.isEmpty() ? context : new Hurried(context));
    }

    @Override
    public IoRegistration register(IoHandle handle) throws Exception {
        return new Bounded(super.register(handle));
    }

    private boolean hasRoom() {
        return changes < changesMax;
    }

    /** Now, or after all that wait. */
    private void inOrder(Runnable action) {
        if (hasRoom() && waiting.isEmpty()) {
            action.run();
        } else {
            waiting.add(action);
        }
    }

    private void onLoop(Runnable action) {
        if (executor.isExecutorThread(Thread.currentThread())) {
            action.run();
        } else {
            executor.execute(action);
        }
    }

    /** A registration whose changes wait for room, and whose end waits for its changes. */
    private final class Bounded extends DelegatingIoRegistration {

        private volatile boolean cancelled;

        Bounded(IoRegistration registration) {
            super(registration);
        }

        @Override
        public long submit(IoOps ops) {
            if (!isValid()) {
                return -1;
            }
            onLoop(() -> inOrder(() -> change((KQueueIoOps) ops)));
            return 0;
        }

        @Override
        public boolean isValid() {
            return !cancelled && super.isValid();
        }

        @Override
        public boolean cancel() {
            if (!isValid()) {
                return false;
            }
            cancelled = true;
            onLoop(() -> inOrder(netty()::cancel));
            return true;
        }

        /** What was not added yet when it was given up is not added any more. */
        private void change(KQueueIoOps ops) {
            boolean deletes = (ops.flags() & KEvent.EV_DELETE) != 0;
            if (deletes || !cancelled) {
                changes++;
                netty().submit(ops);
            }
        }
    }

    /** The loop's context where there is more to do: no wait. */
    private static final class Hurried extends DelegatingIoHandlerContext {

        private final IoHandlerContext context;

        Hurried(IoHandlerContext context) {
            this.context = context;
        }

        @Override
        protected IoHandlerContext loop() {
            return context;
        }

        @Override
        public boolean canBlock() {
            return false;
        }

        @Override
        public long delayNanos(long currentTimeNanos) {
            return 0;
        }
    }
}
