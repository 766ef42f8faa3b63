package io.tardy.transport.poll;

import io.tardy.aio.AsyncFeatures;
import io.tardy.aio.AsyncOp;
import io.tardy.aio.OpenSocket;
import io.tardy.os.SocketHandle;
import io.tardy.spi.BackendContext;
import io.tardy.spi.ReadinessBackend;
import io.tardy.spi.ReadinessRegistration;

/** One runtime's sockets on its selector. */
final class PollBackend extends ReadinessBackend {

    /** No TIMER: a selector waits to the millisecond. */
    private static final AsyncFeatures FEATURES =
            AsyncFeatures.of(
                    AsyncOp.ACCEPT, AsyncOp.CONNECT, AsyncOp.RECV, AsyncOp.SEND, AsyncOp.CLOSE);

    PollBackend(BackendContext context) {
        super(context, FEATURES);
    }

    @Override
    protected ReadinessRegistration newRegistration(OpenSocket socket) {
        if (socket instanceof ChannelSocket channelSocket) {
            return new PollRegistration(this, channelSocket);
        }
        throw SocketHandle.ofAnotherTransport(socket);
    }
}
