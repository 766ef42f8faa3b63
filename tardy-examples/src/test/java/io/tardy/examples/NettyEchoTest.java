package io.tardy.examples;

import static org.assertj.core.api.Assertions.assertThat;

import io.netty.bootstrap.ServerBootstrap;
import io.netty.channel.Channel;
import io.tardy.aio.AsyncType;
import io.tardy.netty.TardyEventLoopGroup;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.util.SplittableRandom;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Timeout;

/** A peer that sends and ends its direction in one go, as {@code nc -N} does. */
@Timeout(120)
final class NettyEchoTest {

    @OnEachTransport
    void whoEndsItsDirectionGetsAllOfItBack(AsyncType transport) throws Exception {
        TardyEventLoopGroup group = new TardyEventLoopGroup(1, transport);
        try {
            Channel server =
                    new ServerBootstrap()
                            .group(group)
                            .channel(group.serverSocketChannel())
                            .childHandler(new NettyEcho.Echo())
                            .bind(new InetSocketAddress("127.0.0.1", 0))
                            .sync()
                            .channel();
            int port = ((InetSocketAddress) server.localAddress()).getPort();
            for (int size : new int[] {5, 5, 5, 4 << 20}) {
                byte[] bytes = new byte[size];
                new SplittableRandom(size).nextBytes(bytes);
                try (Socket peer = new Socket("127.0.0.1", port)) {
                    peer.setSoTimeout(20_000);
                    Thread sender = Thread.startVirtualThread(() -> sendAndEnd(peer, bytes));
                    assertThat(peer.getInputStream().readAllBytes().length).isEqualTo(size);
                    sender.join();
                }
            }
        } finally {
            group.shutdownGracefully(0, 5, TimeUnit.SECONDS);
            assertThat(group.awaitTermination(20, TimeUnit.SECONDS)).isTrue();
        }
    }

    private static void sendAndEnd(Socket peer, byte[] bytes) {
        try {
            peer.getOutputStream().write(bytes);
            peer.shutdownOutput();
        } catch (java.io.IOException e) {
            // The reader sees what became of it.
        }
    }
}
