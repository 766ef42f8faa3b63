package io.tardy.os;

import io.tardy.aio.Datagram;
import io.tardy.aio.Errno;
import io.tardy.aio.OpenSocket;
import io.tardy.aio.SocketError;
import io.tardy.aio.TardyIOException;
import java.net.InetAddress;
import java.net.NetworkInterface;
import java.net.SocketAddress;
import java.net.SocketOption;
import java.nio.ByteBuffer;

/**
 * The system's calls on a socket, unchecked: what a transport makes of its own. {@link
 * SocketHandle} asks for them, when it has found them to make sense.
 */
abstract class SystemSocket implements OpenSocket {

    /**
     * Receives into a direct buffer, without waiting, and advances its position.
     *
     * @return the number of bytes, 0 at the end of the stream, or a negated error number ({@code
     *     -EAGAIN} where it would have to wait)
     */
    public abstract int recv(ByteBuffer into);

    /**
     * Sends from a direct buffer, without waiting, and advances its position.
     *
     * @return the number of bytes, or a negated error number
     */
    public abstract int send(ByteBuffer from);

    /**
     * Sends from several buffers, one behind the other, without waiting: here, from the first.
     * Their positions mean nothing afterwards.
     *
     * @param parts direct, if {@link #takesAddresses}
     * @return the number of bytes, or a negated error number
     */
    public int sendParts(ByteBuffer[] parts) {
        return send(parts[0]);
    }

    /**
     * Receives one datagram into a direct buffer, without waiting. The buffer's position means
     * nothing afterwards.
     *
     * @return its sender and its length, as far as the system tells, or null if none waits
     */
    public abstract Datagram recvFrom(ByteBuffer into) throws TardyIOException;

    /**
     * Whether {@link #recvFrom} tells how long a datagram was also where the buffer had no room for
     * all of it. If not, no datagram is longer than 64 KiB.
     */
    public boolean tellsLength() {
        return false;
    }

    /**
     * How long the next datagram is, which stays; where {@link #tellsLength}.
     *
     * @return the number of bytes, or a negated error number
     */
    public int nextDatagramBytes() {
        throw new UnsupportedOperationException();
    }

    /**
     * Sends what remains in a direct buffer as one datagram, without waiting.
     *
     * @return the number of bytes, or a negated error number
     */
    public abstract int sendTo(ByteBuffer from, SocketAddress to);

    /**
     * Whether {@link #recvAddress} and {@link #sendAddress} work, which spare a view of the buffer.
     */
    public boolean takesAddresses() {
        return false;
    }

    /** {@link #recv} into native memory, from {@code position} to {@code limit}. */
    public int recvAddress(long address, int position, int limit) {
        throw new UnsupportedOperationException();
    }

    /** {@link #send} from native memory, from {@code position} to {@code limit}. */
    public int sendAddress(long address, int position, int limit) {
        throw new UnsupportedOperationException();
    }

    /**
     * Sends from an open file, without a buffer in between, while both are held open. Waits for the
     * file, not for the socket: for a thread of a pool. Here, no such call.
     *
     * @param offset where in the file; negative for its current position, which then advances
     * @return the number of bytes, 0 at the end of the file, or a negated error number; {@code
     *     -ENOSYS} where the transport has no such call, {@code -EINVAL} for a file that is no
     *     regular one
     */
    protected int doSendFile(FileHandle file, long offset, int count) {
        return -Errno.ENOSYS.number();
    }

    /** Whether a send would take something, without waiting; asked after {@link #doSendFile}. */
    public boolean isWritable() {
        throw new UnsupportedOperationException();
    }

    /**
     * Whether a receive or, of a listener, an accept would not have to wait: something has come, or
     * it would fail. Nothing is taken. Here nobody knows, and it has to be tried.
     *
     * @throws TardyIOException if the system cannot be asked
     */
    public boolean isReadable() throws TardyIOException {
        return true;
    }

    /**
     * {@link SocketHandle#bytesAvailable} of a stream, or a negated error number; here nobody
     * knows.
     */
    protected int doAvailable() {
        return 0;
    }

    /**
     * {@link SocketHandle#join} or {@link SocketHandle#leave} of a UDP socket, while it is open;
     * here, not supported.
     */
    protected void doJoin(InetAddress group, NetworkInterface via, boolean joins)
            throws TardyIOException {
        throw new TardyIOException(
                joins ? "join" : "leave",
                SocketError.OPERATION_NOT_SUPPORTED,
                Errno.EOPNOTSUPP.number());
    }

    /**
     * Takes a connection, without waiting.
     *
     * @return the new socket, or null if none waits
     */
    public abstract SocketHandle accept() throws TardyIOException;

    /**
     * Begins to connect.
     *
     * @return 0 if connected, or a negated error number ({@code -EINPROGRESS} where it goes on)
     */
    public abstract int connect(SocketAddress address);

    /** The outcome of a connect that went on, in the same form. */
    public abstract int finishConnect();

    /** {@link SocketHandle#bind}, while the socket is open. */
    protected abstract void doBind(SocketAddress address) throws TardyIOException;

    /** {@link SocketHandle#listen}, while the socket is open. */
    protected abstract void doListen(int backlog) throws TardyIOException;

    /** {@link SocketHandle#shutdownOutput}, while the socket is open. */
    protected abstract void doShutdownOutput() throws TardyIOException;

    /** {@link SocketHandle#localAddress}, while the socket is open. */
    protected abstract SocketAddress doLocalAddress() throws TardyIOException;

    /** {@link SocketHandle#remoteAddress}, while the socket is open. */
    protected abstract SocketAddress doRemoteAddress() throws TardyIOException;

    /**
     * {@link SocketHandle#setOption}, while the socket is open, with an option and a value that it
     * has.
     *
     * @throws UnsupportedOperationException if the system has no such option
     */
    protected abstract void doSetOption(SocketOption<?> option, Object value)
            throws TardyIOException;

    /**
     * {@link SocketHandle#getOption}, while the socket is open, of an option that it has.
     *
     * @throws UnsupportedOperationException if the system has no such option
     */
    protected abstract Object doGetOption(SocketOption<?> option) throws TardyIOException;

    /** Closes the descriptor. Called once. */
    protected abstract void closeDescriptor() throws TardyIOException;
}
