package io.tardy.libraries;

import static org.assertj.core.api.Assertions.assertThat;

import io.netty.bootstrap.Bootstrap;
import io.netty.bootstrap.ServerBootstrap;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import io.netty.channel.Channel;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.channel.ChannelInitializer;
import io.netty.handler.ssl.SslContext;
import io.netty.handler.ssl.SslContextBuilder;
import io.netty.handler.ssl.SslProvider;
import io.netty.pkitesting.CertificateBuilder;
import io.netty.pkitesting.X509Bundle;
import io.netty.util.ReferenceCountUtil;
import io.tardy.TardyRuntime;
import io.tardy.netty.FrameChannel;
import io.tardy.netty.TardyEventLoopGroup;
import io.tardy.sim.Sim;
import io.tardy.sim.SimHost;
import io.tardy.sim.SimOptions;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.time.Duration;
import java.time.Instant;
import org.junit.jupiter.api.Test;

/** Netty's handler of TLS in a simulation, on the JDK's engine. */
@Simulated
class TlsSimTest {

    private static final int SEEDS = 50;
    private static final int ROUNDS = 5;

    /** Long enough for the certificate, whatever the clock of a host is. */
    private static final X509Bundle BUNDLE = bundle();

    private static X509Bundle bundle() {
        try {
            return new CertificateBuilder()
                    .subject("CN=server")
                    .addSanDnsName("server")
                    .rsa2048()
                    .notBefore(Instant.parse("2020-01-01T00:00:00Z"))
                    .notAfter(Instant.parse("2090-01-01T00:00:00Z"))
                    .setIsCertificateAuthority(true)
                    .buildSelfSigned();
        } catch (Exception e) {
            throw new AssertionError(e);
        }
    }

    private static SslContext serverSsl() throws IOException {
        return SslContextBuilder.forServer(
                        BUNDLE.getKeyPair().getPrivate(), BUNDLE.getCertificatePath())
                .sslProvider(SslProvider.JDK)
                .build();
    }

    private static SslContext clientSsl() throws IOException {
        return SslContextBuilder.forClient()
                .trustManager(BUNDLE.getCertificate())
                .sslProvider(SslProvider.JDK)
                .build();
    }

    private static void serve(SimHost host) throws IOException {
        SslContext ssl = serverSsl();
        TardyEventLoopGroup group = Scene.group(host);
        new ServerBootstrap()
                .group(group)
                .channel(group.serverSocketChannel())
                .childHandler(
                        new ChannelInitializer<>() {
                            @Override
                            protected void initChannel(Channel channel) {
                                channel.pipeline()
                                        .addLast(ssl.newHandler(channel.alloc()), new Echo());
                            }
                        })
                .bind(443);
    }

    private static final class Echo extends ChannelInboundHandlerAdapter {
        @Override
        public void channelRead(ChannelHandlerContext context, Object message) {
            context.writeAndFlush(message);
        }

        @Override
        public void exceptionCaught(ChannelHandlerContext context, Throwable cause) {
            context.close();
        }
    }

    /** How many bytes came back, of {@code 1000 * ROUNDS}. */
    private static int talk(TardyRuntime rt) throws IOException {
        SslContext ssl = clientSsl();
        Bootstrap bootstrap =
                new Bootstrap()
                        .group(rt.eventLoop())
                        .channel(rt.channelTypes().socket())
                        .handler(
                                new ChannelInitializer<>() {
                                    @Override
                                    protected void initChannel(Channel channel) {
                                        channel.pipeline()
                                                .addLast(
                                                        ssl.newHandler(
                                                                channel.alloc(), "server", 443));
                                    }
                                });
        int received = 0;
        try (FrameChannel channel =
                FrameChannel.connect(bootstrap, new InetSocketAddress("server", 443))) {
            for (int i = 0; i < ROUNDS; i++) {
                channel.write(Unpooled.buffer(1000).setIndex(0, 1000).setByte(0, i));
                for (int left = 1000; left > 0; ) {
                    ByteBuf message = channel.read(ByteBuf.class);
                    if (message == null) {
                        return received;
                    }
                    if (left == 1000) {
                        assertThat(message.getByte(message.readerIndex())).isEqualTo((byte) i);
                    }
                    left -= message.readableBytes();
                    received += message.readableBytes();
                    ReferenceCountUtil.release(message);
                }
            }
        }
        return received;
    }

    /** Two clients, one of them behind a partition that heals. */
    static void scene(Sim sim) throws Exception {
        SimHost server = sim.host("server");
        server.start(rt -> serve(server));
        sim.delay(Duration.ofMillis(10));
        Scene.withOneParted(sim, server, name -> client(sim, name), 20, 20_000, none -> {});
    }

    private static SimHost client(Sim sim, String name) {
        return sim.host(name)
                .start(
                        rt ->
                                rt.spawn(
                                        () -> {
                                            try {
                                                talk(rt);
                                            } catch (IOException e) {
                                                // the connection broke
                                            }
                                        }));
    }

    @Test
    void bytesAreEchoedOrTheConnectionBreaks() {
        for (long seed = 1; seed <= SEEDS; seed++) {
            Scene.TLS.run(seed);
        }
    }

    @Test
    void withoutFaultsAllBytesAreEchoed() {
        int[] received = new int[1];
        Sim.run(
                1,
                SimOptions.defaults(),
                sim -> {
                    SimHost server = sim.host("server");
                    server.start(rt -> serve(server));
                    sim.delay(Duration.ofMillis(10));
                    sim.host("client").start(rt -> rt.spawn(() -> received[0] = talk(rt))).await();
                });
        assertThat(received[0]).isEqualTo(1000 * ROUNDS);
    }
}
