package io.tardy.examples;

import static java.util.concurrent.TimeUnit.NANOSECONDS;

import io.netty.buffer.Unpooled;
import io.netty.channel.Channel;
import io.netty.channel.ChannelFutureListener;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.channel.ChannelInitializer;
import io.netty.channel.ChannelOption;
import io.netty.channel.socket.ChannelInputShutdownEvent;
import io.netty.channel.socket.DuplexChannel;
import io.netty.handler.codec.http.HttpResponse;
import io.netty.handler.codec.http.HttpServerCodec;
import io.netty.util.ReferenceCountUtil;
import io.netty.util.concurrent.Future;
import io.tardy.DrainEvent;
import io.tardy.net.TrustedProxies;

/**
 * An HTTP server of plain handlers on Tardy's group. {@link FrameHttp} does the same with frames.
 */
public final class NettyHttp extends ChannelInitializer<Channel> {

    private final Health health;
    private final TrustedProxies forwarders;

    /** With nothing before it. */
    public NettyHttp() {
        this(new Health(), HttpClientAddress.NOBODY);
    }

    /**
     * @param forwarders whose X-Forwarded-For is believed
     */
    NettyHttp(Health health, TrustedProxies forwarders) {
        this.health = health;
        this.forwarders = forwarders;
    }

    @Override
    protected void initChannel(Channel channel) {
        channel.config().setOption(ChannelOption.ALLOW_HALF_CLOSURE, true);
        HttpAnswers answers = new HttpAnswers(health, forwarders, channel);
        channel.pipeline().addLast(HttpAnswers.codec(), new Answering(answers));
    }

    private static final class Answering extends ChannelInboundHandlerAdapter {

        private final HttpAnswers answers;
        private Future<?> end;

        Answering(HttpAnswers answers) {
            this.answers = answers;
        }

        @Override
        public void channelRead(ChannelHandlerContext context, Object message) {
            try {
                HttpResponse answer = answers.to(message);
                if (answers.isClosing() && answer != null) {
                    context.write(answer).addListener(written -> linger(context));
                } else if (answer != null) {
                    context.write(answer, context.voidPromise());
                }
            } finally {
                ReferenceCountUtil.release(message);
            }
        }

        @Override
        public void channelReadComplete(ChannelHandlerContext context) {
            context.flush();
        }

        /** A client that ends its direction still gets its answers, and so does one in a drain. */
        @Override
        public void userEventTriggered(ChannelHandlerContext context, Object event) {
            if (event == ChannelInputShutdownEvent.INSTANCE
                    || event == DrainEvent.INSTANCE && answers.isIdle()) {
                context.writeAndFlush(Unpooled.EMPTY_BUFFER)
                        .addListener(ChannelFutureListener.CLOSE);
            }
        }

        /** Does the same as {@link HttpEnd}. */
        private void linger(ChannelHandlerContext context) {
            Channel channel = context.channel();
            if (channel.isActive()) {
                channel.pipeline().remove(HttpServerCodec.class);
                ((DuplexChannel) channel).shutdownOutput();
                long nanos = HttpEnd.LINGER.toNanos();
                end = channel.eventLoop().schedule(() -> context.close(), nanos, NANOSECONDS);
            }
        }

        @Override
        public void channelInactive(ChannelHandlerContext context) {
            if (end != null) {
                end.cancel(false);
            }
        }

        @Override
        public void exceptionCaught(ChannelHandlerContext context, Throwable cause) {
            context.close(); // a peer that has gone is not worth reporting
        }
    }
}
