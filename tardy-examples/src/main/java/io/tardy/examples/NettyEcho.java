package io.tardy.examples;

import io.netty.bootstrap.ServerBootstrap;
import io.netty.buffer.Unpooled;
import io.netty.channel.Channel;
import io.netty.channel.ChannelFutureListener;
import io.netty.channel.ChannelHandler;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.channel.ChannelOption;
import io.netty.channel.socket.ChannelInputShutdownEvent;
import io.tardy.netty.TardyEventLoopGroup;

/** An ordinary server of Netty's that sends back what it receives; only its group is Tardy's. */
public final class NettyEcho {

    public static void main(String[] args) throws InterruptedException {
        var group = new TardyEventLoopGroup(); // was MultiThreadIoEventLoopGroup(...)
        Channel server =
                new ServerBootstrap()
                        .group(group)
                        .channel(group.serverSocketChannel()) // was NioServerSocketChannel.class
                        .childHandler(new Echo())
                        .bind("127.0.0.1", 9862)
                        .sync()
                        .channel();
        server.closeFuture().sync();
    }

    @ChannelHandler.Sharable
    static final class Echo extends ChannelInboundHandlerAdapter {
        @Override
        public void channelRead(ChannelHandlerContext context, Object message) {
            context.write(message, context.voidPromise());
        }

        @Override
        public void channelReadComplete(ChannelHandlerContext context) {
            context.flush();
        }

        @Override
        public void handlerAdded(ChannelHandlerContext context) {
            context.channel().config().setOption(ChannelOption.ALLOW_HALF_CLOSURE, true);
        }

        /** A peer that ends its direction still gets everything back. */
        @Override
        public void userEventTriggered(ChannelHandlerContext context, Object event) {
            if (event == ChannelInputShutdownEvent.INSTANCE) {
                context.writeAndFlush(Unpooled.EMPTY_BUFFER)
                        .addListener(ChannelFutureListener.CLOSE);
            }
        }

        @Override
        public void exceptionCaught(ChannelHandlerContext context, Throwable cause) {
            context.close(); // a peer that has gone is not worth reporting
        }
    }
}
