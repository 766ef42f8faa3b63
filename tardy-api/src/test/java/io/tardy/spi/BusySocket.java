package io.tardy.spi;

import io.tardy.aio.Datagram;
import io.tardy.aio.SocketKind;
import io.tardy.os.SocketHandle;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.SocketAddress;
import java.net.SocketOption;
import java.nio.ByteBuffer;
import java.util.concurrent.CountDownLatch;

/** A connected stream, of whose address the system tells only when it may; does nothing else. */
final class BusySocket extends SocketHandle {

    private final CountDownLatch asked = new CountDownLatch(1);
    private final CountDownLatch mayTell = new CountDownLatch(1);

    BusySocket() {
        super(SocketKind.TCP);
        connectEnded(new InetSocketAddress(InetAddress.getLoopbackAddress(), 1), true);
    }

    /** Waits until somebody asks for the address, and so has the socket's lock. */
    void awaitAsked() throws InterruptedException {
        asked.await();
    }

    void tell() {
        mayTell.countDown();
    }

    @Override
    protected SocketAddress doLocalAddress() {
        asked.countDown();
        try {
            mayTell.await();
        } catch (InterruptedException e) {
            throw new IllegalStateException(e);
        }
        return null;
    }

    @Override
    protected void closeDescriptor() {}

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
