package io.tardy.transport.iouring;

import io.netty.channel.IoEvent;
import io.netty.channel.IoRegistration;
import io.netty.channel.unix.UnixChannel;
import io.netty.channel.uring.IoUringIoEvent;
import io.netty.channel.uring.IoUringIoHandle;
import io.tardy.aio.Errno;
import java.lang.System.Logger.Level;

/**
 * Passes completions to a Netty channel, except those of polls for POLLOUT that end because the
 * peer has ended its direction.
 *
 * <p>The kernel adds POLLRDHUP to whatever a poll asks for. So, after the peer's FIN, a poll for
 * POLLOUT ends at once, or with the FIN, and has only POLLRDHUP to tell. As of Netty 4.2.18 a
 * channel takes that for the end of its own poll for POLLRDHUP, goes on believing that it polls for
 * POLLOUT, and never writes again: a write that has stalled never goes on.
 *
 * <p>Every registration polls once for POLLRDHUP, so each further completion that tells nothing
 * else is that of a poll for POLLOUT. Here another poll takes its place, and the channel gets the
 * completion of that one. It is one of many shots, which is triggered by edges: the POLLRDHUP does
 * not end it. It is cancelled with its first POLLOUT, or when the channel is closed: until then it
 * holds the socket.
 */
final class ChannelHandle implements IoUringIoHandle {

    private static final System.Logger LOGGER = System.getLogger("io.tardy");

    /** Netty's user data of polls are shorts. */
    private static final long FIRST_WAIT = 1L << 16;

    private static final long NONE = 0;

    private final IoUringIoHandle netty;
    private final UnixChannel channel;
    private boolean hasPeerEnded;
    private long nextWait = FIRST_WAIT;

    /** The user data of the poll, or NONE; those of earlier ones still complete. */
    private long wait = NONE;

    private long waitId;

    ChannelHandle(IoUringIoHandle netty, UnixChannel channel) {
        this.netty = netty;
        this.channel = channel;
    }

    @Override
    public void handle(IoRegistration registration, IoEvent event) {
        IoUringIoEvent completion = (IoUringIoEvent) event;
        if (completion.opcode() != Sqe.POLL_ADD) {
            netty.handle(registration, event);
        } else if (completion.userData() >= FIRST_WAIT) {
            if (completion.userData() == wait) {
                waited(registration, completion.res(), completion.flags());
            }
        } else if (!isPeerEndOnly(completion.res())) {
            netty.handle(registration, event);
        } else if (!hasPeerEnded) {
            hasPeerEnded = true;
            netty.handle(registration, event);
        } else if (channel.fd().isOpen() && wait == NONE) {
            awaitWritable(registration);
        }
    }

    private static boolean isPeerEndOnly(int result) {
        return result > 0
                && (result & Sqe.POLLRDHUP) != 0
                && (result & (Sqe.POLLIN | Sqe.POLLOUT)) == 0;
    }

    private void awaitWritable(IoRegistration registration) {
        wait = nextWait++;
        waitId = registration.submit(new Sqe().pollOutEdges(channel.fd().intValue()).toOps(wait));
    }

    private void waited(IoRegistration registration, int result, int flags) {
        boolean hasMore = (flags & Sqe.CQE_MORE) != 0;
        if (result > 0 && (result & Sqe.POLLOUT) != 0) {
            if (hasMore) {
                cancelWait(registration);
            }
            wait = NONE;
            netty.handle(registration, new IoUringIoEvent(Sqe.POLLOUT, 0, Sqe.POLL_ADD, 0L));
        } else if (!hasMore) {
            wait = NONE;
            if (result > 0) {
                awaitWritable(registration); // the completion queue was full
            } else {
                failed(-result);
            }
        }
    }

    /** Nothing else would wake the channel. */
    private void failed(int errno) {
        LOGGER.log(Level.WARNING, channel + " cannot be polled, and is closed: " + Errno.of(errno));
        channel.close();
    }

    /** No more of it comes to the channel; before the socket is closed. */
    void cancelWait(IoRegistration registration) {
        if (wait != NONE) {
            wait = NONE;
            registration.submit(new Sqe().cancel(waitId).toOps(0));
        }
    }

    @Override
    public void registered() {
        netty.registered();
    }

    @Override
    public void unregistered() {
        netty.unregistered();
    }

    @Override
    public void close() throws Exception {
        netty.close();
    }
}
