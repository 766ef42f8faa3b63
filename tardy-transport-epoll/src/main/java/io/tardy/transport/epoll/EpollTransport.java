package io.tardy.transport.epoll;

import io.netty.channel.DefaultSelectStrategyFactory;
import io.netty.channel.IoHandlerFactory;
import io.netty.channel.ServerChannel;
import io.netty.channel.epoll.Epoll;
import io.netty.channel.epoll.EpollDatagramChannel;
import io.netty.channel.epoll.EpollDomainSocketChannel;
import io.netty.channel.epoll.EpollIoHandler;
import io.netty.channel.epoll.EpollServerDomainSocketChannel;
import io.netty.channel.epoll.EpollServerSocketChannel;
import io.netty.channel.epoll.EpollSocketChannel;
import io.tardy.aio.AsyncType;
import io.tardy.aio.OpenSocket;
import io.tardy.aio.SocketKind;
import io.tardy.aio.TardyIOException;
import io.tardy.os.DescriptorSocket;
import io.tardy.os.FirstUse;
import io.tardy.os.NativeLibrary;
import io.tardy.spi.AsyncBackend;
import io.tardy.spi.BackendContext;
import io.tardy.spi.ChannelTypes;
import io.tardy.spi.Transport;
import java.util.Locale;
import java.util.Optional;

/** Linux epoll(7), through Netty's native transport. */
public final class EpollTransport implements Transport {

    private static final FirstUse FIRST_USE = new FirstUse();

    /** For {@code ServiceLoader}. */
    public EpollTransport() {}

    @Override
    public AsyncType type() {
        return AsyncType.EPOLL;
    }

    @Override
    public Optional<String> unavailableBecause() {
        Optional<String> missing = FIRST_USE.refusal();
        if (missing.isPresent()) {
            return missing;
        }
        if (Epoll.isAvailable()) {
            return Optional.empty();
        }
        String os = System.getProperty("os.name");
        if (!os.toLowerCase(Locale.ROOT).contains("linux")) {
            return Optional.of("epoll is Linux's, and this is " + os + "; use kqueue or poll");
        }
        return Optional.of(
                NativeLibrary.missing(
                        "netty-transport-native-epoll",
                        os,
                        System.getProperty("os.arch"),
                        Epoll.unavailabilityCause()));
    }

    @Override
    public IoHandlerFactory ioHandlerFactory(int aioReapMax) {
        return KeepingIoHandler.factory(
                EpollIoHandler.newFactory(aioReapMax, DefaultSelectStrategyFactory.INSTANCE));
    }

    @Override
    public ChannelTypes channelTypes() {
        return new ChannelTypes(
                EpollIoHandler.class,
                EpollServerSocketChannel.class,
                EpollSocketChannel.class,
                EpollDatagramChannel.class,
                EpollServerDomainSocketChannel.class,
                EpollDomainSocketChannel.class);
    }

    @Override
    public AsyncBackend newBackend(BackendContext context) {
        return new EpollBackend(context);
    }

    @Override
    public OpenSocket openSocket(SocketKind kind) throws TardyIOException {
        return DescriptorSocket.open(kind);
    }

    @Override
    public OpenSocket inheritListener(SocketKind kind, int descriptor) {
        return DescriptorSocket.inherit(kind, descriptor);
    }

    @Override
    public ServerChannel inheritServerChannel(SocketKind kind, int descriptor) {
        return kind.isUnix()
                ? new EpollServerDomainSocketChannel(descriptor)
                : new EpollServerSocketChannel(descriptor);
    }
}
