package io.tardy.sim.disk;

import io.tardy.aio.Datagram;
import io.tardy.aio.SocketKind;
import io.tardy.os.SocketHandle;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.SocketAddress;
import java.net.SocketOption;
import java.nio.ByteBuffer;

/** A connected stream that can do nothing but what a test adds. */
abstract class SimpleSocket extends SocketHandle {

    SimpleSocket() {
        super(SocketKind.TCP);
        connectEnded(new InetSocketAddress(InetAddress.getLoopbackAddress(), 1), true);
    }

    @Override
    public int recv(ByteBuffer into) {
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
        return null;
    }

    @Override
    protected SocketAddress doRemoteAddress() {
        return null;
    }

    @Override
    protected void doSetOption(SocketOption<?> option, Object value) {
        throw new UnsupportedOperationException();
    }

    @Override
    protected Object doGetOption(SocketOption<?> option) {
        throw new UnsupportedOperationException();
    }

    @Override
    protected void closeDescriptor() {}
}
