package io.tardy.testsuite.netty;

import io.netty.channel.Channel;
import io.netty.channel.EventLoopGroup;
import io.netty.channel.IoHandlerFactory;
import io.netty.channel.MultiThreadIoEventLoopGroup;
import io.netty.channel.ServerChannel;
import io.netty.channel.epoll.EpollDatagramChannel;
import io.netty.channel.epoll.EpollDomainSocketChannel;
import io.netty.channel.epoll.EpollIoHandler;
import io.netty.channel.epoll.EpollServerDomainSocketChannel;
import io.netty.channel.epoll.EpollServerSocketChannel;
import io.netty.channel.epoll.EpollSocketChannel;
import io.netty.channel.nio.NioIoHandler;
import io.netty.channel.socket.DatagramChannel;
import io.netty.channel.socket.nio.NioDatagramChannel;
import io.netty.channel.socket.nio.NioDomainSocketChannel;
import io.netty.channel.socket.nio.NioServerDomainSocketChannel;
import io.netty.channel.socket.nio.NioServerSocketChannel;
import io.netty.channel.socket.nio.NioSocketChannel;
import io.netty.channel.uring.IoUringDatagramChannel;
import io.netty.channel.uring.IoUringDomainSocketChannel;
import io.netty.channel.uring.IoUringIoHandler;
import io.netty.channel.uring.IoUringServerDomainSocketChannel;
import io.netty.channel.uring.IoUringServerSocketChannel;
import io.netty.channel.uring.IoUringSocketChannel;
import io.netty.util.concurrent.DefaultThreadFactory;
import io.netty.util.concurrent.EventExecutorChooserFactory;
import java.util.concurrent.Executor;

/** Netty as it comes. */
record StockProvider(
        IoHandlerFactory handlers,
        EventLoopGroup group,
        Class<? extends ServerChannel> serverSocketChannel,
        Class<? extends Channel> socketChannel,
        Class<? extends DatagramChannel> datagramChannel,
        Class<? extends ServerChannel> serverDomainSocketChannel,
        Class<? extends Channel> domainSocketChannel)
        implements Provider {

    static StockProvider of(Wire wire) {
        return switch (wire) {
            case EPOLL ->
                    new StockProvider(
                            EpollIoHandler.newFactory(),
                            shared(EpollIoHandler.newFactory()),
                            EpollServerSocketChannel.class,
                            EpollSocketChannel.class,
                            EpollDatagramChannel.class,
                            EpollServerDomainSocketChannel.class,
                            EpollDomainSocketChannel.class);
            case IO_URING ->
                    new StockProvider(
                            IoUringIoHandler.newFactory(),
                            shared(IoUringIoHandler.newFactory()),
                            IoUringServerSocketChannel.class,
                            IoUringSocketChannel.class,
                            IoUringDatagramChannel.class,
                            IoUringServerDomainSocketChannel.class,
                            IoUringDomainSocketChannel.class);
            case POLL ->
                    new StockProvider(
                            NioIoHandler.newFactory(),
                            shared(NioIoHandler.newFactory()),
                            NioServerSocketChannel.class,
                            NioSocketChannel.class,
                            NioDatagramChannel.class,
                            NioServerDomainSocketChannel.class,
                            NioDomainSocketChannel.class);
        };
    }

    private static EventLoopGroup shared(IoHandlerFactory handlers) {
        return new MultiThreadIoEventLoopGroup(
                THREADS, new DefaultThreadFactory("stock", true), handlers);
    }

    @Override
    public EventLoopGroup newGroup() {
        return new MultiThreadIoEventLoopGroup(handlers);
    }

    @Override
    public EventLoopGroup newScalingGroup(int threads, EventExecutorChooserFactory chooser) {
        return new MultiThreadIoEventLoopGroup(threads, (Executor) null, chooser, handlers);
    }

    @Override
    public boolean owns(Channel channel) {
        return channel.eventLoop().parent() == group;
    }
}
