package io.tardy.os;

import io.netty.channel.ChannelException;
import io.netty.channel.unix.DatagramSocketAddress;
import io.netty.channel.unix.DomainDatagramSocketAddress;
import io.netty.channel.unix.DomainSocketAddress;
import io.netty.channel.unix.FileDescriptor;
import io.netty.channel.unix.NativeInetAddress;
import io.netty.channel.unix.Socket;
import io.tardy.aio.AcceptError;
import io.tardy.aio.Datagram;
import io.tardy.aio.Errno;
import io.tardy.aio.PathlessUnixAddress;
import io.tardy.aio.RecvError;
import io.tardy.aio.SocketError;
import io.tardy.aio.SocketKind;
import io.tardy.aio.TardyIOException;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.NetworkInterface;
import java.net.SocketAddress;
import java.net.SocketOption;
import java.net.UnixDomainSocketAddress;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;

/**
 * A socket that is a Unix descriptor, through the system calls of Netty's native library. Serves
 * epoll, kqueue and io_uring alike; one of their libraries must be loaded.
 */
public final class DescriptorSocket extends SocketHandle implements DescriptorOwner {

    static final boolean IS_LINUX = System.getProperty("os.name").equals("Linux");
    private static final short POLLOUT = 4;

    private static final int END_OF_STREAM = -1;

    /** The length of the address, and the address as Netty's {@code NativeInetAddress} reads it. */
    private static final int ACCEPTED_ADDRESS_BYTES = 26;

    /** No UDP datagram is longer. */
    private static final int UDP_BYTES_MAX = 65_507;

    private final Socket socket;

    private DescriptorSocket(Socket socket, SocketKind kind) {
        super(kind);
        this.socket = socket;
    }

    /**
     * Takes over a descriptor that the system has accepted for this listening socket.
     *
     * @param from the other end's address, or null in the Unix domain
     * @throws TardyIOException if it is gone already; it is closed then
     */
    public DescriptorSocket acceptedAs(int fd, SocketAddress from) throws TardyIOException {
        DescriptorSocket accepted = new DescriptorSocket(new Socket(fd), kind());
        accepted.accepted(from);
        try {
            copyOptionsTo(accepted);
            return accepted;
        } catch (TardyIOException e) {
            accepted.close();
            int errno = Errno.ECONNABORTED.number();
            throw new TardyIOException("accept", AcceptError.class, errno);
        }
    }

    /** In the Unix domain a connection begins as every socket does. */
    @Override
    protected boolean inheritsOptions() {
        return !kind().isUnix();
    }

    /** Opens a socket: non-blocking, close-on-exec. */
    public static DescriptorSocket open(SocketKind kind) throws TardyIOException {
        try {
            Socket socket =
                    switch (kind) {
                        case TCP -> Socket.newSocketStream();
                        case UNIX -> Socket.newSocketDomain();
                        case UDP -> Socket.newSocketDgram();
                        case UNIX_DATAGRAM -> Socket.newSocketDomainDgram();
                    };
            return new DescriptorSocket(socket, kind);
        } catch (ChannelException e) {
            throw failure(
                    "socket", e.getCause() instanceof IOException io ? io : new IOException(e));
        }
    }

    /**
     * Takes over a listener that another process has opened.
     *
     * @param fd non-blocking and close-on-exec
     */
    public static DescriptorSocket inherit(SocketKind kind, int fd) {
        DescriptorSocket listener = new DescriptorSocket(new Socket(fd), kind);
        listener.inherited();
        return listener;
    }

    /**
     * Links the call that {@link #setNonBlocking} makes, which takes some time, so that it does not
     * have a loop do that.
     */
    public static void prepare() {
        LinuxCalls.linkFlags();
    }

    /**
     * Has no call on it wait in the kernel, in place of answering EAGAIN: for one that others have
     * opened. Does not wait itself.
     *
     * @return 0, or a negated error number
     */
    public static int setNonBlocking(FileDescriptor socket) {
        return LinuxCalls.setFlags(socket.intValue(), LinuxFiles.O_NONBLOCK);
    }

    @Override
    public FileDescriptor descriptor() {
        return socket;
    }

    @Override
    public int recv(ByteBuffer into) {
        int position = into.position();
        try {
            int count =
                    received(
                            socket.recvAddress(
                                    NativeMemory.addressOf(into), position, into.limit()));
            if (count > 0) {
                into.position(position + count);
            }
            return count;
        } catch (IOException | RuntimeException e) {
            return -SystemErrors.errnoOf(e);
        }
    }

    @Override
    public int send(ByteBuffer from) {
        int position = from.position();
        int refusal = from.hasRemaining() ? 0 : refusalToSendNothing();
        if (refusal != 0) {
            return refusal;
        }
        try {
            int count =
                    sent(
                            socket.sendAddress(
                                    NativeMemory.addressOf(from), position, from.limit()),
                            from.remaining());
            if (count > 0) {
                from.position(position + count);
            }
            return count;
        } catch (IOException | RuntimeException e) {
            return -SystemErrors.errnoOf(e);
        }
    }

    @Override
    public int sendParts(ByteBuffer[] parts) {
        try {
            long count = socket.writev(parts, 0, parts.length, Integer.MAX_VALUE);
            return count > 0 ? (int) count : -Errno.EAGAIN.number();
        } catch (IOException | RuntimeException e) {
            return -SystemErrors.errnoOf(e);
        }
    }

    @Override
    public boolean takesAddresses() {
        return true;
    }

    @Override
    public int recvAddress(long address, int position, int limit) {
        try {
            return received(socket.recvAddress(address, position, limit));
        } catch (IOException | RuntimeException e) {
            return -SystemErrors.errnoOf(e);
        }
    }

    @Override
    public int sendAddress(long address, int position, int limit) {
        int refusal = position < limit ? 0 : refusalToSendNothing();
        if (refusal != 0) {
            return refusal;
        }
        try {
            return sent(socket.sendAddress(address, position, limit), limit - position);
        } catch (IOException | RuntimeException e) {
            return -SystemErrors.errnoOf(e);
        }
    }

    /** Netty says 0 for "would have to wait" and -1 for the end of the stream. */
    private static int received(int count) {
        if (count > 0) {
            return count;
        }
        return count == END_OF_STREAM ? 0 : -Errno.EAGAIN.number();
    }

    /** Of an empty datagram Netty's 0 does not say whether it went: so it is asked before. */
    private int refusalToSendNothing() {
        if (!kind().isDatagram()) {
            return 0;
        }
        int ready = LinuxCalls.ready(socket.intValue(), POLLOUT);
        return ready == 0 ? -Errno.EAGAIN.number() : Math.min(ready, 0);
    }

    private static int sent(int count, int asked) {
        return count > 0 || asked == 0 ? count : -Errno.EAGAIN.number();
    }

    @Override
    public Datagram recvFrom(ByteBuffer into) throws TardyIOException {
        if (tellsLength()) {
            return LinuxDatagrams.recv(socket.intValue(), into);
        }
        try {
            if (kind().isUnix()) {
                DomainDatagramSocketAddress from =
                        socket.recvFromDomainSocket(into, into.position(), into.limit());
                return from == null ? null : datagram(fromNetty(from), from.receivedAmount(), into);
            }
            DatagramSocketAddress from = socket.recvFrom(into, into.position(), into.limit());
            return from == null
                    ? null
                    : datagram(
                            new InetSocketAddress(from.getAddress(), from.getPort()),
                            from.receivedAmount(),
                            into);
        } catch (IOException | RuntimeException e) {
            int errno = SystemErrors.errnoOf(e);
            throw new TardyIOException("recv", RecvError.class, errno);
        }
    }

    @Override
    public boolean tellsLength() {
        return IS_LINUX && kind() == SocketKind.UNIX_DATAGRAM;
    }

    @Override
    public int nextDatagramBytes() {
        return LinuxDatagrams.nextBytes(socket.intValue());
    }

    /** One that fills the buffer may have been longer. */
    private static Datagram datagram(SocketAddress sender, int length, ByteBuffer into) {
        return new Datagram(sender, length, length == into.remaining() && length > UDP_BYTES_MAX);
    }

    @Override
    public int sendTo(ByteBuffer from, SocketAddress to) {
        int refusal = from.hasRemaining() ? 0 : refusalToSendNothing();
        if (refusal != 0) {
            return refusal;
        }
        try {
            if (to instanceof UnixDomainSocketAddress unix) {
                return sendToName(from, PathBytes.of(unix.getPath()));
            } else if (to instanceof PathlessUnixAddress address) {
                byte[] name = address.name();
                byte[] marked = new byte[1 + name.length]; // by the zero in front
                System.arraycopy(name, 0, marked, 1, name.length);
                return sendToName(from, marked);
            }
            InetSocketAddress address = (InetSocketAddress) to;
            return sent(
                    socket.sendTo(
                            from,
                            from.position(),
                            from.limit(),
                            address.getAddress(),
                            address.getPort()),
                    from.remaining());
        } catch (IOException | RuntimeException e) {
            return -SystemErrors.errnoOf(e);
        }
    }

    private int sendToName(ByteBuffer from, byte[] name) throws IOException {
        return sent(
                socket.sendToDomainSocket(from, from.position(), from.limit(), name),
                from.remaining());
    }

    @Override
    protected int doSendFile(FileHandle file, long offset, int count) {
        return file instanceof DescriptorFile from && IS_LINUX
                ? LinuxCalls.sendfile(socket.intValue(), from.descriptor(), offset, count)
                : super.doSendFile(file, offset, count);
    }

    @Override
    public boolean isWritable() {
        return LinuxCalls.ready(socket.intValue(), POLLOUT) != 0; // a send says why not
    }

    @Override
    public boolean isReadable() {
        return DescriptorInput.isThere(socket.intValue());
    }

    @Override
    protected int doAvailable() {
        return DescriptorInput.bytes(socket.intValue());
    }

    @Override
    protected void doJoin(InetAddress group, NetworkInterface via, boolean joins)
            throws TardyIOException {
        if (!IS_LINUX) {
            super.doJoin(group, via, joins);
        }
        LinuxMulticast.join(socket.intValue(), group, via, joins);
    }

    @Override
    public SocketHandle accept() throws TardyIOException {
        byte[] address = new byte[ACCEPTED_ADDRESS_BYTES];
        try {
            int fd = socket.accept(address);
            return fd < 0 ? null : acceptedAs(fd, kind().isUnix() ? null : acceptedFrom(address));
        } catch (IOException | RuntimeException e) {
            int errno = SystemErrors.errnoOf(e);
            throw new TardyIOException("accept", AcceptError.class, errno);
        }
    }

    private static SocketAddress acceptedFrom(byte[] address) {
        return NativeInetAddress.address(address, 1, address[0]);
    }

    @Override
    public int connect(SocketAddress address) {
        if (address instanceof UnixDomainSocketAddress unix) {
            return UnixNames.connect(socket.intValue(), unix.getPath());
        }
        try {
            return socket.connect(address) ? 0 : -Errno.EINPROGRESS.number();
        } catch (IOException | RuntimeException e) {
            return -SystemErrors.errnoOf(e);
        }
    }

    @Override
    public int finishConnect() {
        try {
            // The pending error is the cause, with its number; finishConnect() alone would hide it.
            int errno = socket.getSoError();
            if (errno != 0) {
                return -errno;
            }
            return socket.finishConnect() ? 0 : -Errno.EINPROGRESS.number();
        } catch (IOException | RuntimeException e) {
            return -SystemErrors.errnoOf(e);
        }
    }

    @Override
    protected void doBind(SocketAddress address) throws TardyIOException {
        if (!(address instanceof UnixDomainSocketAddress unix)) {
            systemCall("bind", () -> socket.bind(address));
            return;
        }
        // If the socket is bound already, some systems look at the new path first.
        boolean isBound = UnixNames.local(socket.intValue()) != null;
        int outcome =
                isBound
                        ? -Errno.EINVAL.number()
                        : UnixNames.bind(socket.intValue(), unix.getPath());
        if (outcome < 0) {
            throw new TardyIOException("bind", SocketError.class, -outcome);
        }
    }

    @Override
    protected void doListen(int backlog) throws TardyIOException {
        systemCall("listen", () -> socket.listen(backlog));
    }

    @Override
    protected void doShutdownOutput() throws TardyIOException {
        systemCall("shutdown", () -> socket.shutdown(false, true));
    }

    @Override
    protected SocketAddress doLocalAddress() throws TardyIOException {
        return kind().isUnix() ? UnixNames.local(socket.intValue()) : socket.localAddress();
    }

    @Override
    protected SocketAddress doRemoteAddress() throws TardyIOException {
        return kind().isUnix() ? UnixNames.remote(socket.intValue()) : socket.remoteAddress();
    }

    @Override
    protected void doSetOption(SocketOption<?> option, Object value) throws TardyIOException {
        systemCall(
                "setsockopt " + option.name(), () -> DescriptorOptions.set(socket, option, value));
    }

    @Override
    protected Object doGetOption(SocketOption<?> option) throws TardyIOException {
        Object[] value = new Object[1];
        systemCall(
                "getsockopt " + option.name(),
                () -> value[0] = DescriptorOptions.get(socket, option));
        return value[0];
    }

    @Override
    protected void closeDescriptor() throws TardyIOException {
        systemCall("close", socket::close);
    }

    @Override
    public String toString() {
        return kind() + " socket " + socket.intValue();
    }

    private static SocketAddress fromNetty(DomainSocketAddress address) {
        return address.path().isEmpty()
                ? PathlessUnixAddress.UNNAMED
                : UnixDomainSocketAddress.of(
                        PathBytes.path(address.path().getBytes(StandardCharsets.UTF_8)));
    }

    private interface NativeCall {
        void run() throws IOException;
    }

    private static void systemCall(String name, NativeCall call) throws TardyIOException {
        try {
            call.run();
        } catch (UnsupportedOperationException e) {
            throw e;
        } catch (IOException | RuntimeException e) {
            throw failure(name, e);
        }
    }

    private static TardyIOException failure(String name, Exception cause) {
        int errno = SystemErrors.errnoOf(cause);
        TardyIOException failure = new TardyIOException(name, SocketError.class, errno);
        failure.initCause(cause);
        return failure;
    }
}
