package io.tardy.testsuite.netty;

import io.netty.channel.Channel;
import io.netty.channel.EventLoopGroup;
import io.netty.channel.ServerChannel;
import io.netty.channel.socket.DatagramChannel;
import io.netty.util.concurrent.DefaultThreadFactory;
import io.netty.util.concurrent.EventExecutorChooserFactory;
import io.tardy.TardyRuntime;
import io.tardy.aio.AsyncType;
import io.tardy.netty.TardyEventLoopGroup;

/** Tardy's groups: what is tested here. */
record TardyProvider(AsyncType async, TardyEventLoopGroup group) implements Provider {

    static TardyProvider of(Wire wire) {
        AsyncType async = AsyncType.valueOf(wire.name());
        return new TardyProvider(
                async,
                TardyEventLoopGroup.builder()
                        .threads(THREADS)
                        .threadFactory(new DefaultThreadFactory("tardy", true))
                        .async(async)
                        .build());
    }

    @Override
    public EventLoopGroup newGroup() {
        return new TardyEventLoopGroup(async);
    }

    @Override
    public EventLoopGroup newScalingGroup(int threads, EventExecutorChooserFactory chooser) {
        return TardyEventLoopGroup.builder().threads(threads).chooser(chooser).async(async).build();
    }

    @Override
    public boolean owns(Channel channel) {
        return channel.eventLoop().parent() == group && TardyRuntime.of(channel) != null;
    }

    @Override
    public Class<? extends ServerChannel> serverSocketChannel() {
        return group.serverSocketChannel();
    }

    @Override
    public Class<? extends Channel> socketChannel() {
        return group.socketChannel();
    }

    @Override
    public Class<? extends DatagramChannel> datagramChannel() {
        return group.datagramChannel();
    }

    @Override
    public Class<? extends ServerChannel> serverDomainSocketChannel() {
        return group.serverDomainSocketChannel();
    }

    @Override
    public Class<? extends Channel> domainSocketChannel() {
        return group.domainSocketChannel();
    }
}
