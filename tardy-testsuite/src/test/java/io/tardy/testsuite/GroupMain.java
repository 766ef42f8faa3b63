package io.tardy.testsuite;

import io.netty.bootstrap.Bootstrap;
import io.netty.bootstrap.ServerBootstrap;
import io.netty.buffer.Unpooled;
import io.netty.channel.Channel;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.util.ReferenceCountUtil;
import io.tardy.netty.TardyEventLoopGroup;
import java.net.InetSocketAddress;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;

/** A program for a JVM of its own: an echo through handlers alone, which needs no frame. */
final class GroupMain {

    private GroupMain() {}

    public static void main(String[] args) throws InterruptedException {
        var group = new TardyEventLoopGroup(1);
        try {
            Channel server =
                    new ServerBootstrap()
                            .group(group)
                            .channel(group.serverSocketChannel())
                            .childHandler(new GroupFixture.EchoHandler())
                            .bind(new InetSocketAddress("127.0.0.1", 0))
                            .sync()
                            .channel();
            CountDownLatch echoed = new CountDownLatch(1);
            Channel client =
                    new Bootstrap()
                            .group(group)
                            .channel(group.socketChannel())
                            .handler(
                                    new ChannelInboundHandlerAdapter() {
                                        @Override
                                        public void channelRead(
                                                ChannelHandlerContext context, Object message) {
                                            ReferenceCountUtil.release(message);
                                            echoed.countDown();
                                        }
                                    })
                            .connect(server.localAddress())
                            .sync()
                            .channel();
            client.writeAndFlush(Unpooled.copiedBuffer(new byte[] {1})).sync();
            echoed.await();
            System.out.println("echoed");
        } finally {
            group.shutdownGracefully(0, 5, TimeUnit.SECONDS).sync();
        }
    }
}
