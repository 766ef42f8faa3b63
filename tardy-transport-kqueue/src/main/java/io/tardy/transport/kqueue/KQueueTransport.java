package io.tardy.transport.kqueue;

import io.netty.channel.DefaultSelectStrategyFactory;
import io.netty.channel.IoHandlerFactory;
import io.netty.channel.ServerChannel;
import io.netty.channel.kqueue.KQueue;
import io.netty.channel.kqueue.KQueueDatagramChannel;
import io.netty.channel.kqueue.KQueueDomainSocketChannel;
import io.netty.channel.kqueue.KQueueIoHandler;
import io.netty.channel.kqueue.KQueueServerDomainSocketChannel;
import io.netty.channel.kqueue.KQueueServerSocketChannel;
import io.netty.channel.kqueue.KQueueSocketChannel;
import io.tardy.aio.AsyncType;
import io.tardy.aio.OpenSocket;
import io.tardy.aio.SocketKind;
import io.tardy.aio.TardyIOException;
import io.tardy.os.DescriptorSocket;
import io.tardy.os.NativeLibrary;
import io.tardy.spi.AsyncBackend;
import io.tardy.spi.BackendContext;
import io.tardy.spi.ChannelTypes;
import io.tardy.spi.Transport;
import java.util.Locale;
import java.util.Optional;

/** kqueue(2) of macOS and the BSDs, through Netty's native transport. */
public final class KQueueTransport implements Transport {

    /** For {@code ServiceLoader}. */
    public KQueueTransport() {}

    @Override
    public AsyncType type() {
        return AsyncType.KQUEUE;
    }

    @Override
    public Optional<String> unavailableBecause() {
        return unavailableBecause(
                System.getProperty("os.name"),
                System.getProperty("os.arch"),
                KQueue.unavailabilityCause());
    }

    /**
     * @param failure why Netty's native library did not load, or null if it did
     */
    static Optional<String> unavailableBecause(String os, String arch, Throwable failure) {
        String system = os.toLowerCase(Locale.ROOT);
        boolean mac = system.contains("mac");
        if (!mac && !system.contains("bsd")) {
            return Optional.of(
                    "kqueue is for macOS and the BSDs, and this is "
                            + os
                            + (system.contains("linux")
                                    ? "; use io_uring, epoll or poll"
                                    : "; use poll"));
        }
        if (system.contains("netbsd")) {
            return Optional.of("NetBSD numbers kqueue's filters in its own way; use poll");
        }
        if (failure == null) {
            return Optional.empty();
        }
        return Optional.of(
                mac
                        ? NativeLibrary.missing("netty-transport-native-kqueue", os, arch, failure)
                        : NativeLibrary.missing(
                                failure,
                                "Netty publishes none for "
                                        + os
                                        + ": build its module transport-native-kqueue there, or use"
                                        + " poll"));
    }

    /** Netty takes one number for the length of its events and of its changes. */
    @Override
    public IoHandlerFactory ioHandlerFactory(int aioReapMax) {
        IoHandlerFactory netty =
                KQueueIoHandler.newFactory(aioReapMax, DefaultSelectStrategyFactory.INSTANCE);
        return executor -> new BoundedIoHandler(netty.newHandler(executor), executor, aioReapMax);
    }

    @Override
    public ChannelTypes channelTypes() {
        return new ChannelTypes(
                KQueueIoHandler.class,
                KQueueServerSocketChannel.class,
                KQueueSocketChannel.class,
                KQueueDatagramChannel.class,
                KQueueServerDomainSocketChannel.class,
                KQueueDomainSocketChannel.class);
    }

    @Override
    public AsyncBackend newBackend(BackendContext context) {
        return new KQueueBackend(context);
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
                ? new KQueueServerDomainSocketChannel(descriptor)
                : new KQueueServerSocketChannel(descriptor);
    }
}
