package io.tardy.os;

import io.netty.channel.unix.FileDescriptor;
import io.tardy.aio.Datagram;
import io.tardy.aio.Errno;
import io.tardy.aio.SocketError;
import io.tardy.aio.SocketKind;
import io.tardy.aio.TardyIOException;
import java.io.IOException;
import java.net.SocketAddress;
import java.net.SocketOption;
import java.nio.ByteBuffer;

/**
 * One end of a pipe, non-blocking: to a transport that polls descriptors, a connected stream with
 * one direction. Through the system calls of Netty's native library, which must be loaded.
 */
final class PipeSocket extends SocketHandle implements DescriptorOwner {

    private static final int END_OF_STREAM = -1;

    private final FileDescriptor descriptor;

    PipeSocket(int descriptor) {
        super(SocketKind.UNIX);
        this.descriptor = new FileDescriptor(descriptor);
        accepted(null);
    }

    @Override
    public FileDescriptor descriptor() {
        return descriptor;
    }

    @Override
    public boolean takesAddresses() {
        return true;
    }

    @Override
    public int recv(ByteBuffer into) {
        int position = into.position();
        int count = recvAddress(NativeMemory.addressOf(into), position, into.limit());
        if (count > 0) {
            into.position(position + count);
        }
        return count;
    }

    /** Netty says 0 for "would have to wait" and -1 for the end. */
    @Override
    public int recvAddress(long address, int position, int limit) {
        try {
            int count = descriptor.readAddress(address, position, limit);
            if (count > 0) {
                return count;
            }
            return count == END_OF_STREAM ? 0 : -Errno.EAGAIN.number();
        } catch (IOException | RuntimeException e) {
            return -SystemErrors.errnoOf(e);
        }
    }

    @Override
    public int send(ByteBuffer from) {
        int position = from.position();
        int count = sendAddress(NativeMemory.addressOf(from), position, from.limit());
        if (count > 0) {
            from.position(position + count);
        }
        return count;
    }

    @Override
    public int sendAddress(long address, int position, int limit) {
        try {
            int count = descriptor.writeAddress(address, position, limit);
            return count > 0 ? count : -Errno.EAGAIN.number();
        } catch (IOException | RuntimeException e) {
            return -SystemErrors.errnoOf(e);
        }
    }

    @Override
    protected void closeDescriptor() throws TardyIOException {
        try {
            descriptor.close();
        } catch (IOException e) {
            throw new TardyIOException("close", SocketError.class, SystemErrors.errnoOf(e));
        }
    }

    @Override
    public String toString() {
        return "pipe " + descriptor.intValue();
    }

    // Nobody asks for what a pipe has not.

    private static UnsupportedOperationException noSocket() {
        return new UnsupportedOperationException("a pipe is no socket");
    }

    @Override
    public Datagram recvFrom(ByteBuffer into) {
        throw noSocket();
    }

    @Override
    public int sendTo(ByteBuffer from, SocketAddress to) {
        throw noSocket();
    }

    @Override
    public SocketHandle accept() {
        throw noSocket();
    }

    @Override
    public int connect(SocketAddress address) {
        throw noSocket();
    }

    @Override
    public int finishConnect() {
        throw noSocket();
    }

    @Override
    protected void doBind(SocketAddress address) {
        throw noSocket();
    }

    @Override
    protected void doListen(int backlog) {
        throw noSocket();
    }

    @Override
    protected void doShutdownOutput() {
        throw noSocket();
    }

    @Override
    protected SocketAddress doLocalAddress() {
        throw noSocket();
    }

    @Override
    protected SocketAddress doRemoteAddress() {
        throw noSocket();
    }

    @Override
    protected void doSetOption(SocketOption<?> option, Object value) {
        throw noSocket();
    }

    @Override
    protected Object doGetOption(SocketOption<?> option) {
        throw noSocket();
    }
}
