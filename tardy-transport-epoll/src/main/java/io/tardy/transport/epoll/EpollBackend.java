package io.tardy.transport.epoll;

import io.tardy.aio.AsyncOp;
import io.tardy.aio.OpenSocket;
import io.tardy.os.DescriptorOwner;
import io.tardy.os.SocketHandle;
import io.tardy.spi.BackendContext;
import io.tardy.spi.ReadinessBackend;
import io.tardy.spi.ReadinessRegistration;

/** One runtime's sockets on its epoll instance. */
final class EpollBackend extends ReadinessBackend {

    /** Netty's handler waits with a timerfd, or epoll_pwait2, for the runtime's next deadline. */
    EpollBackend(BackendContext context) {
        super(context, AsyncOp.TIMER);
    }

    @Override
    protected ReadinessRegistration newRegistration(OpenSocket socket) {
        if (socket instanceof DescriptorOwner owner) {
            return new EpollRegistration(this, owner);
        }
        throw SocketHandle.ofAnotherTransport(socket);
    }
}
