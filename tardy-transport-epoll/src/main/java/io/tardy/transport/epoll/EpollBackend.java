package io.tardy.transport.epoll;

import io.netty.channel.IoEventLoop;
import io.tardy.spi.BackendContext;
import io.tardy.spi.DescriptorSocket;
import io.tardy.spi.ReadinessBackend;
import io.tardy.spi.ReadinessRegistration;
import io.tardy.spi.SocketHandle;

/** One runtime's sockets on its epoll instance. */
final class EpollBackend extends ReadinessBackend {

    EpollBackend(BackendContext context) {
        super(context);
    }

    @Override
    protected ReadinessRegistration newRegistration(SocketHandle socket) {
        if (socket instanceof DescriptorSocket descriptorSocket) {
            return new EpollRegistration(this, descriptorSocket);
        }
        throw new IllegalStateException(
                socket
                        + " was opened for another transport: open it with the Tardy that runs it,"
                        + " Socket.tcp(tardy, host, port)");
    }

    IoEventLoop eventLoop() {
        return loop();
    }
}
