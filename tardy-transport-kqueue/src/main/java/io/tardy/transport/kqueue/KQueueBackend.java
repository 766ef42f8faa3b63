package io.tardy.transport.kqueue;

import io.netty.channel.IoEventLoop;
import io.tardy.aio.AsyncFeatures;
import io.tardy.aio.AsyncOp;
import io.tardy.spi.BackendContext;
import io.tardy.spi.DescriptorSocket;
import io.tardy.spi.ReadinessBackend;
import io.tardy.spi.ReadinessRegistration;
import io.tardy.spi.SocketHandle;
import java.util.function.ToIntFunction;

/** One runtime's sockets on its kqueue. */
final class KQueueBackend extends ReadinessBackend {

    /** kevent(2) takes the time until the runtime's next deadline in nanoseconds. */
    private static final AsyncFeatures FEATURES =
            AsyncFeatures.of(
                    AsyncOp.TIMER,
                    AsyncOp.ACCEPT,
                    AsyncOp.CONNECT,
                    AsyncOp.RECV,
                    AsyncOp.SEND,
                    AsyncOp.CLOSE);

    private final ToIntFunction<SocketHandle> idents;

    KQueueBackend(BackendContext context) {
        this(context, KQueueBackend::descriptorOf);
    }

    /**
     * @param idents the descriptor of a socket; a simulated system has its own
     */
    KQueueBackend(BackendContext context, ToIntFunction<SocketHandle> idents) {
        super(context);
        this.idents = idents;
    }

    @Override
    public AsyncFeatures features() {
        return FEATURES;
    }

    @Override
    protected ReadinessRegistration newRegistration(SocketHandle socket) {
        return new KQueueRegistration(this, socket, idents.applyAsInt(socket));
    }

    IoEventLoop eventLoop() {
        return loop();
    }

    private static int descriptorOf(SocketHandle socket) {
        if (socket instanceof DescriptorSocket descriptorSocket) {
            return descriptorSocket.descriptor().intValue();
        }
        throw new IllegalStateException(
                socket
                        + " was opened for another transport: open it with the Tardy that runs it,"
                        + " Socket.tcp(tardy, host, port)");
    }
}
