package io.tardy.examples.gateway;

import io.netty.bootstrap.Bootstrap;
import io.netty.channel.Channel;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.channel.ChannelInitializer;
import io.netty.channel.ChannelOption;
import io.netty.channel.pool.AbstractChannelPoolHandler;
import io.netty.channel.pool.AbstractChannelPoolMap;
import io.netty.channel.pool.ChannelHealthChecker;
import io.netty.channel.pool.ChannelPool;
import io.netty.channel.pool.FixedChannelPool;
import io.netty.handler.codec.http.FullHttpResponse;
import io.netty.handler.codec.http.HttpClientCodec;
import io.netty.handler.codec.http.HttpObjectAggregator;
import io.netty.handler.codec.http.HttpStatusClass;
import io.netty.handler.timeout.ReadTimeoutHandler;
import io.netty.util.NetUtil;
import io.tardy.TardyRuntime;
import io.tardy.examples.Health;
import io.tardy.examples.HttpAnswers;
import java.net.InetSocketAddress;

/**
 * {@link FrameGateway} with handlers and listeners only, as it is written on Netty, with Netty's
 * own pool.
 */
public final class NettyGateway extends ChannelInitializer<Channel> {

    /** For the next request, and for the client to read an answer. */
    private static final int IDLE_SECONDS = 60;

    private final InetSocketAddress backend;
    private final Limits limits;
    private final Health health;

    /** A pool for each loop: what is done for a client stays on its thread. */
    private final AbstractChannelPoolMap<TardyRuntime, ChannelPool> pools =
            new AbstractChannelPoolMap<>() {
                @Override
                protected ChannelPool newPool(TardyRuntime rt) {
                    return pool(rt);
                }
            };

    /**
     * @param backend a resolved address, because looking up a name would block the loop
     */
    public NettyGateway(InetSocketAddress backend, Limits limits) {
        this(backend, limits, new Health());
    }

    /**
     * @param backend a resolved address
     */
    public NettyGateway(InetSocketAddress backend, Limits limits, Health health) {
        this.backend = backend;
        this.limits = limits;
        this.health = health;
    }

    @Override
    protected void initChannel(Channel channel) {
        channel.config().setOption(ChannelOption.ALLOW_HALF_CLOSURE, true);
        NettyClient client =
                new NettyClient(
                        pools.get(TardyRuntime.of(channel)),
                        limits,
                        NetUtil.toSocketAddressString(backend),
                        health);
        channel.pipeline()
                .addLast(
                        new ReadTimeoutHandler(IDLE_SECONDS),
                        HttpAnswers.codec(),
                        new HttpObjectAggregator(limits.requestBytesMax(), true),
                        new ClientWatch(limits.patience(), client::giveUp),
                        client);
    }

    private ChannelPool pool(TardyRuntime rt) {
        Bootstrap bootstrap =
                new Bootstrap()
                        .group(rt.eventLoop())
                        .channel(rt.channelTypes().socket())
                        .option(ChannelOption.TCP_NODELAY, true)
                        .remoteAddress(backend);
        return new FixedChannelPool(
                bootstrap,
                new AbstractChannelPoolHandler() {
                    @Override
                    public void channelCreated(Channel made) {
                        made.pipeline()
                                .addLast(
                                        new HttpClientCodec(),
                                        new AskedOnly(),
                                        new HttpObjectAggregator(limits.answerBytesMax()),
                                        new Answers());
                    }
                },
                ChannelHealthChecker.ACTIVE,
                FixedChannelPool.AcquireTimeoutAction.FAIL,
                limits.timeout().toMillis(),
                limits.connectionsMax(),
                limits.waitersMax());
    }

    /** Takes what a backend says to the call that waits for it. */
    private static final class Answers extends ChannelInboundHandlerAdapter {

        @Override
        public void channelRead(ChannelHandlerContext context, Object message) {
            FullHttpResponse answer = (FullHttpResponse) message;
            NettyCall call = context.channel().attr(NettyCall.IN_PROGRESS).get();
            if (call == null || answer.status().codeClass() == HttpStatusClass.INFORMATIONAL) {
                answer.release();
            } else {
                call.answered(answer);
            }
        }

        @Override
        public void channelInactive(ChannelHandlerContext context) {
            NettyCall call = context.channel().attr(NettyCall.IN_PROGRESS).get();
            if (call != null) {
                call.ended();
            }
        }

        @Override
        public void exceptionCaught(ChannelHandlerContext context, Throwable cause) {
            context.close(); // what waits for an answer learns of it
        }
    }
}
