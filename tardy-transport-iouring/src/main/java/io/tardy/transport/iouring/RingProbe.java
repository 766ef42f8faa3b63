package io.tardy.transport.iouring;

import io.netty.channel.IoEvent;
import io.netty.channel.IoHandler;
import io.netty.channel.IoHandlerFactory;
import io.netty.channel.IoRegistration;
import io.netty.channel.uring.IoUringIoEvent;
import io.netty.channel.uring.IoUringIoHandle;
import io.netty.util.concurrent.ThreadAwareExecutor;
import io.tardy.aio.Errno;
import io.tardy.spi.DelegatingIoHandlerContext;
import java.util.Optional;

/**
 * A ring that is made, asked, and gone again, on the thread that wants to know. Netty's own probe
 * makes a small one, and has fewer operations to ask for.
 */
final class RingProbe implements IoUringIoHandle {

    /**
     * Of the operations that we use the one that came last, in Linux 5.15. Without a path: a kernel
     * that knows it answers EFAULT, one that does not EINVAL, and neither makes a directory.
     */
    static final Sqe NEWEST = new Sqe().mkdirat(-1, 0, 0);

    /** The first already brings the answer of an operation that fails at once. */
    private static final int LOOKS_MAX = 16;

    private boolean answered;
    private int result;

    private RingProbe() {}

    /**
     * @param newest an operation that cannot be done, for one reason or another
     */
    static Optional<String> refusal(IoHandlerFactory rings, Sqe newest) {
        try {
            RingProbe probe = new RingProbe();
            probe.ask(rings.newHandler(new CallingThread()), newest);
            return probe.result == -Errno.EINVAL.number()
                    ? Optional.of(IoUringRefusal.tooOld(System.getProperty("os.version")))
                    : Optional.empty();
        } catch (Exception e) {
            return Optional.of(IoUringRefusal.explain(e));
        }
    }

    private void ask(IoHandler ring, Sqe newest) throws Exception {
        ring.initialize();
        try {
            IoRegistration registration = ring.register(this);
            registration.submit(newest.toOps(0));
            for (int look = 0; look < LOOKS_MAX && !answered; look++) {
                ring.run(DelegatingIoHandlerContext.NOT_WAITING);
            }
        } finally {
            ring.prepareToDestroy();
            ring.destroy();
        }
        if (!answered) {
            throw new IllegalStateException("it did not answer");
        }
    }

    @Override
    public void handle(IoRegistration from, IoEvent event) {
        answered = true;
        result = ((IoUringIoEvent) event).res();
    }

    @Override
    public void close() {}

    /** The calling thread is the ring's. */
    private static final class CallingThread implements ThreadAwareExecutor {

        private final Thread thread = Thread.currentThread();

        @Override
        public boolean isExecutorThread(Thread asked) {
            return asked == thread;
        }

        @Override
        public void execute(Runnable task) {
            task.run();
        }
    }
}
