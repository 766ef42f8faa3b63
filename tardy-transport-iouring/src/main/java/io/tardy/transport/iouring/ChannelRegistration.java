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
 * A channel of Netty's in a ring, whose socket lets neither the loop nor a thread of the kernel's
 * wait for the peer. As of Netty 4.2.18 it would, in two places:
 *
 * <ul>
 *   <li>What is accepted is in blocking mode, for reads and writes have the ring poll. A splice has
 *       not: it always goes to a thread of the kernel's, which stands there for as long as the peer
 *       takes nothing. Non-blocking, as the sockets are that Netty's channels connect, it ends with
 *       EAGAIN, and the channel polls before the next.
 *   <li>The ring closes a socket on the loop's thread, which stands there for as long as the socket
 *       lingers. It does not linger then: Linux sends what is left all the same.
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

    /** Registers, whatever it is: what is no channel gets Netty's own registration. */
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

    /** Netty marks the socket as closed, and submits that. */
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
