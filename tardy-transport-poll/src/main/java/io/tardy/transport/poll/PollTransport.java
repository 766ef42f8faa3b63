package io.tardy.transport.poll;

import io.netty.channel.IoHandler;
import io.netty.channel.IoHandlerFactory;
import io.netty.channel.ServerChannel;
import io.netty.channel.nio.NioIoHandler;
import io.netty.channel.socket.nio.NioDatagramChannel;
import io.netty.channel.socket.nio.NioDomainSocketChannel;
import io.netty.channel.socket.nio.NioServerDomainSocketChannel;
import io.netty.channel.socket.nio.NioServerSocketChannel;
import io.netty.channel.socket.nio.NioSocketChannel;
import io.netty.util.concurrent.ThreadAwareExecutor;
import io.tardy.aio.AsyncType;
import io.tardy.aio.Errno;
import io.tardy.aio.OpenSocket;
import io.tardy.aio.SocketError;
import io.tardy.aio.SocketKind;
import io.tardy.aio.TardyIOException;
import io.tardy.spi.AsyncBackend;
import io.tardy.spi.BackendContext;
import io.tardy.spi.ChannelTypes;
import io.tardy.spi.Transport;
import java.io.IOException;
import java.nio.channels.ServerSocketChannel;
import java.nio.channels.spi.SelectorProvider;
import java.util.Optional;

/**
 * The JDK's channels on a selector of the JDK's, through Netty's {@code NioIoHandler}: Linux, macOS
 * and Windows, without any native library.
 *
 * <p>Its limits are the JDK's: no datagram sockets of the Unix domain, waits to the millisecond,
 * and fewer options for sockets of the Unix domain.
 *
 * <p>Public for programs that give it a selector provider of their own.
 */
public final class PollTransport implements Transport {

    /** Null for the best: to look for it takes descriptors, see {@link JdkSockets}. */
    private final SelectorChoice chosen;

    /** For {@code ServiceLoader}: poll(2) where it can be had, else the JDK's default selector. */
    public PollTransport() {
        this((SelectorChoice) null);
    }

    /** With the selectors of this provider. */
    public PollTransport(SelectorProvider provider) {
        this(SelectorChoice.of(provider));
    }

    private PollTransport(SelectorChoice chosen) {
        this.chosen = chosen;
    }

    private SelectorChoice choice() {
        return chosen == null ? SelectorChoice.BEST : chosen;
    }

    @Override
    public AsyncType type() {
        return AsyncType.POLL;
    }

    @Override
    public String description() {
        return choice().description();
    }

    @Override
    public Optional<String> unavailableBecause() {
        try {
            JdkSockets.require();
            return Optional.empty();
        } catch (IOException e) {
            return Optional.of(
                    "the JDK's sockets cannot be initialized ("
                            + e.getMessage()
                            + "): close descriptors or raise ulimit -n, and try again");
        }
    }

    @Override
    public IoHandlerFactory ioHandlerFactory(int aioReapMax) {
        IoHandlerFactory nio = NioIoHandler.newFactory(choice().provider());
        return new IoHandlerFactory() {
            @Override
            public IoHandler newHandler(ThreadAwareExecutor executor) {
                return new PollIoHandler(nio.newHandler(executor), aioReapMax);
            }

            @Override
            public boolean isChangingThreadSupported() {
                return nio.isChangingThreadSupported();
            }
        };
    }

    @Override
    public ChannelTypes channelTypes() {
        return new ChannelTypes(
                NioIoHandler.class,
                NioServerSocketChannel.class,
                NioSocketChannel.class,
                NioDatagramChannel.class,
                NioServerDomainSocketChannel.class,
                NioDomainSocketChannel.class);
    }

    @Override
    public AsyncBackend newBackend(BackendContext context) {
        return new PollBackend(context);
    }

    @Override
    public OpenSocket openSocket(SocketKind kind) throws TardyIOException {
        try {
            JdkSockets.require();
            return switch (kind) {
                case TCP, UNIX -> StreamSocket.open(choice().provider(), kind);
                case UDP -> UdpSocket.open(choice().provider());
                case UNIX_DATAGRAM ->
                        throw new UnsupportedOperationException(
                                "the JDK has no datagram sockets of the Unix domain: use io_uring,"
                                        + " epoll or kqueue for them");
            };
        } catch (UnsupportedOperationException e) {
            throw new TardyIOException(
                    "socket",
                    SocketError.OPERATION_NOT_SUPPORTED,
                    Errno.EOPNOTSUPP.number(),
                    e.getMessage());
        } catch (IOException e) {
            throw ChannelErrors.failure("socket", e);
        }
    }

    @Override
    public OpenSocket inheritListener(SocketKind kind, int descriptor) throws TardyIOException {
        try {
            return StreamSocket.inherit(
                    choice().provider(),
                    kind,
                    InheritedChannel.open(choice().provider(), kind, descriptor));
        } catch (IOException e) {
            throw ChannelErrors.failure("inherit", e);
        }
    }

    @Override
    public ServerChannel inheritServerChannel(SocketKind kind, int descriptor)
            throws TardyIOException {
        try {
            ServerSocketChannel listener =
                    InheritedChannel.open(choice().provider(), kind, descriptor);
            return kind.isUnix()
                    ? new NioServerDomainSocketChannel(listener)
                    : new NioServerSocketChannel(listener);
        } catch (IOException e) {
            throw ChannelErrors.failure("inherit", e);
        }
    }
}
