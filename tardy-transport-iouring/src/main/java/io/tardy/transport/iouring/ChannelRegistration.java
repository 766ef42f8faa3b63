package io.tardy.transport.iouring;

import io.netty.channel.Channel;
import io.netty.channel.ChannelException;
import io.netty.channel.ChannelOption;
import io.netty.channel.IoHandle;
import io.netty.channel.IoHandler;
import io.netty.channel.IoOps;
import io.netty.channel.IoRegistration;
import io.netty.channel.unix.UnixChannel;
import io.netty.channel.uring.IoUringIoHandle;
import io.tardy.aio.Errno;
import io.tardy.os.DescriptorSocket;
import io.tardy.spi.DelegatingIoRegistration;
import java.io.IOException;
import java.lang.System.Logger.Level;

/**
 * A Netty channel in a ring, registered so that neither the loop nor a kernel thread waits for its
 * peer. The faults, as of Netty 4.2.18:
 *
 * <ul>
 *   <li>Accepted sockets are in blocking mode, because the ring polls for reads and writes. It does
 *       not for a splice, which always goes to a kernel thread and blocks it for as long as the
 *       peer reads nothing. Here accepted sockets are non-blocking, like those that Netty's
 *       channels connect: a splice ends with EAGAIN, and the channel polls before the next.
 *   <li>The ring closes a socket on the loop's thread, which blocks for as long as the socket
 *       lingers. Here it does not linger; Linux still sends what is left.
 * </ul>
 */
final class ChannelRegistration extends DelegatingIoRegistration {

    private static final System.Logger LOGGER = System.getLogger("io.tardy");

    private final UnixChannel channel;
    private final ChannelHandle handle;
    private boolean closes;

    private ChannelRegistration(IoRegistration netty, UnixChannel channel, ChannelHandle handle) {
        super(netty);
        this.channel = channel;
        this.handle = handle;
    }

    /** Registers any handle. One that is not a channel gets Netty's own registration. */
    static IoRegistration of(IoHandle handle, IoHandler netty) throws Exception {
        if (handle instanceof IoUringIoHandle completions
                && handle instanceof Channel.Unsafe unsafe
                && unsafe.voidPromise().channel() instanceof UnixChannel channel) {
            if (channel.isActive()) { // else it has opened its socket itself
                setNonBlocking(channel);
            }
            ChannelHandle between = new ChannelHandle(completions, channel);
            return new ChannelRegistration(netty.register(between), channel, between);
        }
        return netty.register(handle);
    }

    private static void setNonBlocking(UnixChannel channel) throws IOException {
        int outcome = DescriptorSocket.setNonBlocking(channel.fd());
        if (outcome < 0) {
            throw new IOException(channel + " cannot be made non-blocking: " + Errno.of(-outcome));
        }
    }

    /** Netty marks the socket as closed, and submits the close. */
    @Override
    public long submit(IoOps ops) {
        if (!closes && !channel.fd().isOpen()) {
            closes = true;
            endLingering();
            handle.cancelWait(netty());
        }
        return super.submit(ops);
    }

    private void endLingering() {
        try {
            Integer seconds = channel.config().getOption(ChannelOption.SO_LINGER);
            if (seconds != null && seconds > 0) { // 0 is a reset, which waits for nobody
                channel.config().setOption(ChannelOption.SO_LINGER, -1);
            }
        } catch (ChannelException e) {
            LOGGER.log(Level.DEBUG, "the socket is closed as it is", e);
        }
    }

    @Override
    public boolean cancel() {
        handle.cancelWait(netty());
        return super.cancel();
    }
}
