package io.tardy.transport.epoll;

import io.netty.channel.IoEvent;
import io.netty.channel.IoRegistration;
import io.netty.channel.epoll.EpollIoEvent;
import io.netty.channel.epoll.EpollIoHandle;
import io.netty.channel.epoll.EpollIoOps;
import io.netty.channel.unix.FileDescriptor;
import io.tardy.aio.SocketKind;
import io.tardy.os.DescriptorOwner;
import io.tardy.os.SocketHandle;
import io.tardy.spi.ReadinessRegistration;
import java.io.IOException;
import java.io.UncheckedIOException;

/**
 * A descriptor on an epoll instance: added once, for everything, edge-triggered; never modified.
 * What it is to Netty is the same object, for each connection has one.
 */
final class EpollRegistration extends ReadinessRegistration implements EpollIoHandle {

    /** Urgent data; Netty has no constant for it (epoll_ctl(2)). */
    private static final int PRI = 0x2;

    private static final EpollIoOps EVERYTHING =
            EpollIoOps.EPOLLIN
                    .with(EpollIoOps.EPOLLOUT)
                    .with(EpollIoOps.EPOLLRDHUP)
                    .with(EpollIoOps.valueOf(PRI))
                    .with(EpollIoOps.EPOLLET);

    private static final int IN = EpollIoOps.EPOLLIN.value();
    private static final int OUT = EpollIoOps.EPOLLOUT.value();

    /** Reported without being asked for; Netty has no constant for it (epoll_ctl(2)). */
    private static final int HUP = 0x10;

    private static final int HANGUP =
            EpollIoOps.EPOLLRDHUP.value() | EpollIoOps.EPOLLERR.value() | HUP;

    private final DescriptorOwner socket;
    private final boolean isListener;
    private IoRegistration registration;

    EpollRegistration(EpollBackend backend, DescriptorOwner socket) {
        super(backend, socket);
        this.socket = socket;
        this.isListener = socket instanceof SocketHandle handle && handle.isListening();
    }

    @Override
    protected void arm() throws IOException {
        registration = register(this);
        try {
            registration.submit(EVERYTHING);
        } catch (UncheckedIOException e) {
            throw e.getCause();
        }
    }

    /**
     * To close a descriptor takes it out of the epoll set only if it was the last of its socket;
     * else it stays there, under a number that comes back. Others may have those of a listener,
     * here and in other processes.
     */
    @Override
    protected boolean disarmsBeforeClose() {
        return isListener;
    }

    @Override
    protected void disarm() {
        if (registration != null) {
            registration.cancel();
        }
    }

    /**
     * Of TCP only urgent data stops a receive early, which is reported when it comes, or again by
     * the edge of whatever comes next. Of descriptors in the Unix domain nothing tells.
     */
    @Override
    protected boolean reportsWhatIsLeft() {
        return socket.kind() == SocketKind.TCP && !hasUrgent();
    }

    @Override
    public FileDescriptor fd() {
        return socket.descriptor();
    }

    @Override
    public void handle(IoRegistration from, IoEvent event) {
        int bits = ((EpollIoEvent) event).ops().value();
        if ((bits & PRI) != 0) {
            urgent();
        }
        ready((bits & IN) != 0, (bits & OUT) != 0, (bits & HANGUP) != 0);
    }

    /** The loop ends; the runtime releases the socket at its end. */
    @Override
    public void close() {}
}
