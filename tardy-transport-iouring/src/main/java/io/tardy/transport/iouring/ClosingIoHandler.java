package io.tardy.transport.iouring;

import io.netty.channel.IoHandle;
import io.netty.channel.IoHandler;
import io.netty.channel.IoHandlerContext;
import io.netty.channel.IoRegistration;
import io.tardy.spi.DelegatingIoHandler;
import io.tardy.spi.DelegatingIoHandlerContext;
import java.lang.System.Logger.Level;
import java.util.ArrayList;
import java.util.List;

/**
 * Netty's io_uring handler, which ends without the barrier of its {@code prepareToDestroy}.
 *
 * <p>The fault: Netty's channels close in steps, each waiting for the completion of the one before:
 * reads and writes in flight are cancelled, then the descriptor is closed, through the ring as
 * well, and in a task of the loop the channel cancels what is still armed. That is a poll, where a
 * read was in flight: as of 4.2.18 the channel takes the end of the cancelled read for a reason to
 * poll again.
 *
 * <p>In every turn of a loop that ends, Netty's {@code prepareToDestroy} puts a barrier in the
 * ring: what is submitted behind it begins when all before it has ended. As of 4.2.18
 *
 * <ul>
 *   <li>a cancel behind it never comes to the poll, or the wait of a frame, that the barrier waits
 *       for: the loop stands for ever,
 *   <li>where the ring goes before the barrier has fallen, a close behind it is never done, and
 *   <li>the read of the eventfd is not found by the cancel of {@code destroy}, which frees its
 *       memory: the kernel may write there, and the JVM is aborted.
 * </ul>
 *
 * <p>So here the channels are closed while the loop turns on, and the only barrier is that of
 * {@code destroy}, which comes after the last task and does not wait for ever.
 *
 * <p>And it passes on no wake while the loop is awake: as of 4.2.18 each would be a write to the
 * eventfd, a completion, and one more call to read the eventfd again.
 */
final class ClosingIoHandler extends DelegatingIoHandler {

    private static final System.Logger LOGGER = System.getLogger("io.tardy");

    /** Cancel and close are two; the others are for completions that come late. */
    private static final int STEPS_MAX = 64;

    private static final int PRUNED_AT_LEAST = 64;

    private record Registered(IoHandle handle, IoRegistration registration) {}

    private final IoHandler netty;

    /** Also some that have ended: they are taken out when they may be half of all. */
    private final List<Registered> channels = new ArrayList<>();

    private int pruneAt = PRUNED_AT_LEAST;
    private boolean ending;

    /**
     * Set before it is asked whether it may wait. Who gives the loop work reads it afterwards: so
     * either the work is seen, or a wake.
     */
    private volatile boolean mayWait;

    ClosingIoHandler(IoHandler netty) {
        super(netty);
        this.netty = netty;
    }

    @Override
    public int run(IoHandlerContext context) {
        mayWait = true;
        try {
            return super.run(context);
        } finally {
            mayWait = false;
        }
    }

    @Override
    public void wakeup() {
        if (mayWait) {
            super.wakeup();
        }
    }

    @Override
    public void prepareToDestroy() {
        ending = true;
        List.copyOf(channels).forEach(ClosingIoHandler::close);
        runUntilClosed();
    }

    /** At least once: what has just been cancelled is given back. */
    private void runUntilClosed() {
        int step = 0;
        do {
            netty.run(DelegatingIoHandlerContext.NOT_WAITING);
        } while (++step < STEPS_MAX && isAnyOpen());
    }

    private static void close(Registered channel) {
        try {
            channel.handle().close();
        } catch (Exception e) {
            // It is closed once more in the next turn.
            LOGGER.log(Level.DEBUG, "a channel did not close", e);
        }
    }

    private boolean isAnyOpen() {
        prune();
        return !channels.isEmpty();
    }

    private void prune() {
        channels.removeIf(channel -> !channel.registration().isValid());
        pruneAt = Math.max(PRUNED_AT_LEAST, channels.size() * 2);
    }

    @Override
    public void destroy() {
        runUntilClosed();
        netty.destroy();
    }

    @Override
    public IoRegistration register(IoHandle handle) throws Exception {
        boolean isChannel = !(handle instanceof Ring.Handle);
        if (isChannel && ending) {
            throw new IllegalStateException("the loop ends");
        }
        IoRegistration registration = ChannelRegistration.of(handle, netty);
        if (isChannel) {
            if (channels.size() >= pruneAt) {
                prune();
            }
            channels.add(new Registered(handle, registration));
        }
        return registration;
    }
}
