package io.tardy.os;

import io.tardy.aio.Datagram;
import io.tardy.aio.SocketKind;
import io.tardy.aio.TardyIOException;
import java.net.SocketAddress;
import java.net.SocketOption;
import java.nio.ByteBuffer;
import java.util.concurrent.atomic.AtomicInteger;

/** Counts how often its descriptor is given back; does nothing else. */
final class CountingSocket extends SocketHandle {

    private final AtomicInteger descriptorsClosed = new AtomicInteger();

    CountingSocket() {
        super(SocketKind.TCP);
    }

    int descriptorsClosed() {
        return descriptorsClosed.get();
    }

    void closeUnchecked() {
        try {
            close();
        } catch (TardyIOException e) {
            throw new IllegalStateException(e);
        }
    }

    void detachUnchecked(Attachment attachment) {
        try {
            detach(attachment);
        } catch (TardyIOException e) {
            throw new IllegalStateException(e);
        }
    }

    @Override
    protected void closeDescriptor() {
        descriptorsClosed.incrementAndGet();
    }

    @Override
    public int recv(ByteBuffer into) {
        throw new UnsupportedOperationException();
    }

    @Override
    public int send(ByteBuffer from) {
        throw new UnsupportedOperationException();
    }

    @Override
    public Datagram recvFrom(ByteBuffer into) {
        throw new UnsupportedOperationException();
    }

    @Override
    public int sendTo(ByteBuffer from, SocketAddress to) {
        throw new UnsupportedOperationException();
    }

    @Override
    public SocketHandle accept() {
        throw new UnsupportedOperationException();
    }

    @Override
    public int connect(SocketAddress address) {
        throw new UnsupportedOperationException();
    }

    @Override
    public int finishConnect() {
        throw new UnsupportedOperationException();
    }

    @Override
    protected void doBind(SocketAddress address) {
        throw new UnsupportedOperationException();
    }

    @Override
    protected void doListen(int backlog) {
        throw new UnsupportedOperationException();
    }

    @Override
    protected void doShutdownOutput() {
        throw new UnsupportedOperationException();
    }

    @Override
    protected SocketAddress doLocalAddress() {
        throw new UnsupportedOperationException();
    }

    @Override
    protected SocketAddress doRemoteAddress() {
        throw new UnsupportedOperationException();
    }

    @Override
    protected void doSetOption(SocketOption<?> option, Object value) {
        throw new UnsupportedOperationException();
    }

    @Override
    protected Object doGetOption(SocketOption<?> option) {
        throw new UnsupportedOperationException();
    }
}
