package io.tardy.transport.epoll;

import io.netty.channel.IoHandle;
import io.netty.channel.IoHandler;
import io.netty.channel.IoHandlerFactory;
import io.netty.channel.IoOps;
import io.netty.channel.IoRegistration;
import io.netty.channel.epoll.EpollIoOps;
import io.tardy.spi.DelegatingIoHandler;
import io.tardy.spi.DelegatingIoRegistration;

/**
 * Netty's epoll handler, which keeps a descriptor in the epoll set.
 *
 * <p>The fault: as of 4.2.18 Netty removes a descriptor from the set when its channel has no
 * interest left, and forgets that it did. The next interest fails with ENOENT. That happens to a
 * channel when its peer has ended its direction and the answer is longer than the socket's buffer.
 * Here the descriptor stays in the set instead, edge-triggered, so that an error or the end of the
 * connection wakes once. Sockets of ours always have interest.
 */
final class KeepingIoHandler extends DelegatingIoHandler {

    private KeepingIoHandler(IoHandler netty) {
        super(netty);
    }

    static IoHandlerFactory factory(IoHandlerFactory netty) {
        return factory(netty, KeepingIoHandler::new);
    }

    @Override
    public IoRegistration register(IoHandle handle) throws Exception {
        IoRegistration registration = super.register(handle);
        return handle instanceof EpollRegistration ? registration : new Kept(registration);
    }

    private static final class Kept extends DelegatingIoRegistration {

        private volatile boolean isAdded;

        Kept(IoRegistration netty) {
            super(netty);
        }

        @Override
        public long submit(IoOps ops) {
            boolean isNone = ops.equals(EpollIoOps.NONE);
            if (isNone && isAdded) {
                super.submit(EpollIoOps.EPOLLET);
                return EpollIoOps.NONE.value();
            }
            long result = super.submit(ops);
            isAdded |= !isNone;
            return result;
        }
    }
}
