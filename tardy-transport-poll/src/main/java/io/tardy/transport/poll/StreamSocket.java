package io.tardy.transport.poll;

import io.tardy.aio.AcceptError;
import io.tardy.aio.Datagram;
import io.tardy.aio.Errno;
import io.tardy.aio.SocketKind;
import io.tardy.aio.TardyIOException;
import io.tardy.os.SocketHandle;
import java.io.IOException;
import java.net.BindException;
import java.net.SocketAddress;
import java.net.SocketOption;
import java.net.StandardProtocolFamily;
import java.net.UnixDomainSocketAddress;
import java.nio.ByteBuffer;
import java.nio.channels.ClosedChannelException;
import java.nio.channels.SelectableChannel;
import java.nio.channels.SelectionKey;
import java.nio.channels.ServerSocketChannel;
import java.nio.channels.SocketChannel;
import java.nio.channels.spi.SelectorProvider;
import java.util.Objects;

/**
 * A stream socket: TCP, or of the Unix domain.
 *
 * <p>The JDK has one channel for connections and another for listening, and the latter binds and
 * listens in one step. So the socket begins as a {@code SocketChannel}, which can be bound, and
 * {@link #doListen} puts a {@code ServerSocketChannel} at the same address in its place, with the
 * same options. Linux lets it take the address before the first has left it (SO_REUSEADDR);
 * elsewhere, and in the Unix domain, the address is free for a moment.
 */
final class StreamSocket extends ChannelSocket {

    private final SelectorProvider provider;

    /** Null once we listen. */
    private volatile SocketChannel stream;

    /** Null until we listen. */
    private volatile ServerSocketChannel listener;

    /** Null until we listen. */
    private volatile StreamOptions options;

    /** What {@link #doBind} has made at a path, or null. */
    private Object fileMade;

    /** Kept, for the JDK's own copy is behind a lock that an accept takes too. */
    private SocketAddress listeningAt;

    private StreamSocket(SelectorProvider provider, SocketKind kind, SocketChannel stream) {
        super(kind);
        this.provider = provider;
        this.stream = stream;
    }

    static StreamSocket open(SelectorProvider provider, SocketKind kind) throws IOException {
        SocketChannel stream =
                kind.isUnix()
                        ? provider.openSocketChannel(StandardProtocolFamily.UNIX)
                        : provider.openSocketChannel();
        return nonBlocking(provider, kind, stream);
    }

    /** Of a channel that listens already. */
    static StreamSocket inherit(
            SelectorProvider provider, SocketKind kind, ServerSocketChannel listener)
            throws IOException {
        listener.configureBlocking(false);
        StreamSocket socket = new StreamSocket(provider, kind, null);
        socket.options = StreamOptions.ofSystem();
        socket.listener = listener;
        socket.listeningAt = listener.getLocalAddress();
        socket.inherited();
        return socket;
    }

    private static StreamSocket nonBlocking(
            SelectorProvider provider, SocketKind kind, SocketChannel stream) throws IOException {
        try {
            stream.configureBlocking(false);
            return new StreamSocket(provider, kind, stream);
        } catch (IOException | RuntimeException e) {
            stream.close();
            throw e;
        }
    }

    @Override
    SelectableChannel channel() {
        ServerSocketChannel listening = listener;
        return listening != null ? listening : stream;
    }

    @Override
    int readOp() {
        return listener != null ? SelectionKey.OP_ACCEPT : SelectionKey.OP_READ;
    }

    @Override
    int writeOp() {
        return stream.isConnectionPending() ? SelectionKey.OP_CONNECT : SelectionKey.OP_WRITE;
    }

    /** The channel for a call that listening sockets do not have. */
    private SocketChannel streamOr(Errno listening) throws ErrnoIOException {
        SocketChannel channel = stream;
        if (channel == null) {
            throw new ErrnoIOException(listening);
        }
        return channel;
    }

    @Override
    int read(ByteBuffer into) throws IOException {
        return streamOr(Errno.ENOTCONN).read(into);
    }

    @Override
    int write(ByteBuffer from) throws IOException {
        SocketChannel channel = connected();
        try {
            return channel.write(from);
        } catch (ClosedChannelException e) {
            throw endOf(channel, e);
        }
    }

    @Override
    public int sendParts(ByteBuffer[] parts) {
        return exclusively(ChannelGuard.WRITING, () -> writeNow(parts));
    }

    private int writeNow(ByteBuffer[] parts) throws IOException {
        SocketChannel channel = connected();
        try {
            int count = (int) channel.write(parts);
            return count > 0 ? count : -Errno.EAGAIN.number();
        } catch (ClosedChannelException e) {
            throw endOf(channel, e);
        }
    }

    private SocketChannel connected() throws ErrnoIOException {
        SocketChannel channel = stream;
        if (channel == null || !channel.isConnected() && channel.isOpen()) {
            throw new ErrnoIOException(Errno.EPIPE); // what send(2) says of such a socket
        }
        return channel;
    }

    /** Perhaps only its sending direction has ended. */
    private static IOException endOf(SocketChannel channel, ClosedChannelException e) {
        return channel.isOpen() ? new ErrnoIOException(Errno.EPIPE) : e;
    }

    /** A channel cannot tell, but a stream from it can. */
    @Override
    protected int doAvailable() {
        try {
            SocketChannel channel = streamOr(Errno.ENOTCONN);
            return kind().isUnix()
                    ? JdkSocketFiles.unlessOf(provider).available(channel)
                    : channel.socket().getInputStream().available();
        } catch (IOException | RuntimeException e) {
            return -ChannelErrors.errnoOf(e);
        }
    }

    @Override
    public Datagram recvFrom(ByteBuffer into) throws TardyIOException {
        throw new UnsupportedOperationException("a stream has no datagrams");
    }

    @Override
    public int sendTo(ByteBuffer from, SocketAddress to) {
        throw new UnsupportedOperationException("a stream has no datagrams");
    }

    @Override
    public SocketHandle accept() throws TardyIOException {
        SocketHandle[] accepted = new SocketHandle[1];
        int outcome =
                exclusively(
                        ChannelGuard.READING,
                        () -> {
                            accepted[0] = acceptOrNull();
                            return 0;
                        });
        if (outcome == 0 || outcome == -Errno.EAGAIN.number()) {
            return accepted[0];
        }
        throw new TardyIOException("accept", AcceptError.class, -outcome);
    }

    private SocketHandle acceptOrNull() throws IOException {
        ServerSocketChannel listening = listener;
        if (listening == null) {
            throw new ErrnoIOException(Errno.EINVAL);
        }
        SocketChannel peer = listening.accept();
        if (peer == null) {
            return null;
        }
        StreamSocket accepted = nonBlocking(provider, kind(), peer);
        try {
            copyOptionsTo(accepted);
            accepted.accepted(null); // the JDK remembers where it came from
            return accepted;
        } catch (IOException | RuntimeException e) {
            // Some systems refuse to set options of a connection that is gone already. Whatever it
            // is, it is this connection's fault, and its end: others may be there.
            peer.close();
            throw new ErrnoIOException(Errno.ECONNABORTED);
        }
    }

    @Override
    public int connect(SocketAddress address) {
        try {
            return streamOr(Errno.EISCONN).connect(address) ? 0 : -Errno.EINPROGRESS.number();
        } catch (IOException | RuntimeException e) {
            return -ChannelErrors.errnoOf(e);
        }
    }

    @Override
    public int finishConnect() {
        try {
            return streamOr(Errno.EISCONN).finishConnect() ? 0 : -Errno.EINPROGRESS.number();
        } catch (IOException | RuntimeException e) {
            return -ChannelErrors.errnoOf(e);
        }
    }

    @Override
    protected void doBind(SocketAddress address) throws TardyIOException {
        systemCall(
                "bind",
                () -> {
                    streamOr(Errno.EINVAL).bind(address);
                    fileMade = fileAt(address);
                });
    }

    /** What tells the file at a path from all others; null in the other domains. */
    private Object fileAt(SocketAddress address) throws IOException {
        return address instanceof UnixDomainSocketAddress unix
                ? JdkSocketFiles.unlessOf(provider).fileKey(unix.getPath())
                : null;
    }

    @Override
    protected void doListen(int backlog) throws TardyIOException {
        if (listener == null) {
            systemCall("listen", () -> becomeListener(Math.max(backlog, 1)));
        }
        // Else: the JDK cannot change the backlog of a socket that listens already.
    }

    private void becomeListener(int backlog) throws IOException {
        SocketChannel bound = stream;
        SocketAddress address = bound.getLocalAddress();
        if (bound.isConnected()
                || bound.isConnectionPending()
                || kind().isUnix() && address == null) {
            throw new ErrnoIOException(Errno.EINVAL);
        }
        options = StreamOptions.of(bound, optionsTold());
        if (address instanceof UnixDomainSocketAddress unix) {
            bound.close();
            if (Objects.equals(fileMade, fileAt(unix))) { // else others have put theirs there
                JdkSocketFiles.unlessOf(provider).delete(unix.getPath());
            }
            listener = openListener(address, backlog);
        } else {
            try {
                listener = openListener(address, backlog);
            } catch (BindException e) {
                bound.close();
                listener = openListener(address, backlog);
            }
        }
        listeningAt = listener.getLocalAddress();
        stream = null;
        bound.close();
    }

    private ServerSocketChannel openListener(SocketAddress address, int backlog)
            throws IOException {
        ServerSocketChannel opened =
                kind().isUnix()
                        ? provider.openServerSocketChannel(StandardProtocolFamily.UNIX)
                        : provider.openServerSocketChannel();
        try {
            opened.configureBlocking(false);
            options.applyTo(opened);
            opened.bind(address, backlog);
            return opened;
        } catch (IOException | RuntimeException e) {
            opened.close();
            throw e;
        }
    }

    @Override
    protected void doShutdownOutput() throws TardyIOException {
        systemCall("shutdown", () -> streamOr(Errno.ENOTCONN).shutdownOutput());
    }

    @Override
    protected SocketAddress doLocalAddress() {
        SocketChannel channel = stream;
        return channel == null ? listeningAt : addressOrNull(channel::getLocalAddress);
    }

    @Override
    protected SocketAddress doRemoteAddress() {
        SocketChannel channel = stream;
        // While a connect goes on the JDK knows where to; the system does not say yet.
        return channel == null || !channel.isConnected()
                ? null
                : addressOrNull(channel::getRemoteAddress);
    }

    @Override
    void setOptionOf(SocketOption<?> option, Object value) throws IOException {
        ServerSocketChannel listening = listener;
        if (listening == null) {
            setOption(stream, option, value);
        } else if (listening.supportedOptions().contains(option)) {
            setOption(listening, option, value);
        }
    }

    @Override
    Object optionOf(SocketOption<?> option) throws IOException {
        ServerSocketChannel listening = listener;
        if (listening == null) {
            return stream.getOption(option);
        }
        if (listening.supportedOptions().contains(option)) {
            return listening.getOption(option);
        }
        Object told = optionsTold().get(option);
        return told == null ? options.untold(option) : told;
    }
}
