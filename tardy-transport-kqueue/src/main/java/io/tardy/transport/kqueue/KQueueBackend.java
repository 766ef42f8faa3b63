package io.tardy.transport.kqueue;

import io.tardy.aio.AsyncOp;
import io.tardy.aio.OpenSocket;
import io.tardy.os.DescriptorSocket;
import io.tardy.os.SocketHandle;
import io.tardy.spi.BackendContext;
import io.tardy.spi.ReadinessBackend;
import io.tardy.spi.ReadinessRegistration;
import java.util.function.ToIntFunction;

/** One runtime's sockets on its kqueue. */
final class KQueueBackend extends ReadinessBackend {

    private final ToIntFunction<OpenSocket> idents;

    KQueueBackend(BackendContext context) {
        this(context, KQueueBackend::descriptorOf);
    }

    /**
     * kevent(2) takes the time until the runtime's next deadline in nanoseconds.
     *
     * @param idents the descriptor of a socket; a simulated system has its own
     */
    KQueueBackend(BackendContext context, ToIntFunction<OpenSocket> idents) {
        super(context, AsyncOp.TIMER);
        this.idents = idents;
    }

    @Override
    protected ReadinessRegistration newRegistration(OpenSocket socket) {
        return new KQueueRegistration(this, socket, idents.applyAsInt(socket));
    }

    private static int descriptorOf(OpenSocket socket) {
        if (socket instanceof DescriptorSocket descriptorSocket) {
            return descriptorSocket.descriptor().intValue();
        }
        throw SocketHandle.ofAnotherTransport(socket);
    }
}
