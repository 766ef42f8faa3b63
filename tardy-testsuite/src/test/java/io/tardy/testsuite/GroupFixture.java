package io.tardy.testsuite;

import static org.assertj.core.api.Assertions.assertThat;

import io.netty.bootstrap.Bootstrap;
import io.netty.bootstrap.ServerBootstrap;
import io.netty.channel.Channel;
import io.netty.channel.ChannelHandler;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.channel.EventLoop;
import io.tardy.Tardy;
import io.tardy.TardyRuntime;
import io.tardy.netty.TardyEventLoopGroup;
import java.net.InetSocketAddress;
import java.util.concurrent.TimeUnit;

/** A group of Tardy's for each test, and Netty's bootstraps on it. */
interface GroupFixture extends TransportFixture {

    /** Runs with a group and, whatever happens, shuts it down and waits for its end. */
    @FunctionalInterface
    interface GroupBody {
        void run(TardyEventLoopGroup group) throws Exception;
    }

    default void withGroup(int threads, GroupBody body) throws Exception {
        withGroup(group(threads), body);
    }

    /** Makes groups of so many loops. */
    default TardyEventLoopGroup.Builder group(int threads) {
        return TardyEventLoopGroup.builder().threads(threads).async(transport());
    }

    /** Makes groups of so many loops, with these options. */
    default TardyEventLoopGroup.Builder group(int threads, Tardy.Builder options) {
        return TardyEventLoopGroup.builder().threads(threads).tardy(options.build());
    }

    /** Waits for the end of a group that is shut down. */
    default void awaitEnd(TardyEventLoopGroup group) throws Exception {
        assertThat(group.awaitTermination(patience().toSeconds(), TimeUnit.SECONDS)).isTrue();
    }

    default void withGroup(TardyEventLoopGroup.Builder builder, GroupBody body) throws Exception {
        TardyEventLoopGroup group = builder.build();
        try {
            body.run(group);
        } finally {
            group.shutdownGracefully(0, 5, TimeUnit.SECONDS);
            awaitEnd(group);
        }
    }

    /** With the only loop of a group. */
    @FunctionalInterface
    interface LoopBody {
        void run(EventLoop loop, TardyRuntime rt) throws Exception;
    }

    default void withLoop(LoopBody body) throws Exception {
        withGroup(
                1,
                group -> {
                    EventLoop loop = group.next();
                    body.run(loop, runtimeOf(loop));
                });
    }

    static ServerBootstrap server(TardyEventLoopGroup group, ChannelHandler child) {
        return new ServerBootstrap()
                .group(group)
                .channel(group.serverSocketChannel())
                .childHandler(child);
    }

    static Bootstrap client(TardyEventLoopGroup group, ChannelHandler handler) {
        return new Bootstrap().group(group).channel(group.socketChannel()).handler(handler);
    }

    /** On this runtime's own loop, as frames need it. */
    static Bootstrap clientHere(
            TardyRuntime rt, Class<? extends Channel> channel, ChannelHandler handler) {
        return new Bootstrap().group(rt.eventLoop()).channel(channel).handler(handler);
    }

    static Channel bindAnywhere(ServerBootstrap bootstrap) {
        return bootstrap
                .bind(new InetSocketAddress("127.0.0.1", 0))
                .syncUninterruptibly()
                .channel();
    }

    /** Sends back what it gets. */
    @ChannelHandler.Sharable
    final class EchoHandler extends ChannelInboundHandlerAdapter {
        @Override
        public void channelRead(ChannelHandlerContext context, Object message) {
            context.writeAndFlush(message);
        }
    }

    static TardyRuntime runtimeOf(EventLoop loop) throws Exception {
        return loop.submit(TardyRuntime::current).get();
    }

    /** Runs in a frame of the group's first loop. */
    static void inGroupFrame(TardyEventLoopGroup group, Body body) throws Exception {
        TardyRuntime runtime = runtimeOf(group.next());
        runtime.spawn(() -> body.run(runtime)).join();
    }
}
