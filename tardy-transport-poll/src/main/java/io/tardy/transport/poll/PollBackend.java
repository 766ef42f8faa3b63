package io.tardy.transport.poll;

import io.tardy.aio.OpenSocket;
import io.tardy.os.SocketHandle;
import io.tardy.spi.BackendContext;
import io.tardy.spi.ReadinessBackend;
import io.tardy.spi.ReadinessRegistration;

/** One runtime's sockets on its selector. */
final class PollBackend extends ReadinessBackend {

    PollBackend(BackendContext context) {
        super(context); // no TIMER: a selector waits to the millisecond
    }

    @Override
    protected ReadinessRegistration newRegistration(OpenSocket socket) {
        if (socket instanceof ChannelSocket channelSocket) {
            return new PollRegistration(this, channelSocket);
        }
        throw SocketHandle.ofAnotherTransport(socket);
    }
}
