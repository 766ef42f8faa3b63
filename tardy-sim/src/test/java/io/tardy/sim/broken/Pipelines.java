package io.tardy.sim.broken;

import io.netty.bootstrap.Bootstrap;
import io.netty.bootstrap.ServerBootstrap;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import io.netty.channel.Channel;
import io.netty.channel.ChannelInitializer;
import io.netty.channel.ChannelOption;
import io.netty.channel.WriteBufferWaterMark;
import io.netty.channel.socket.DuplexChannel;
import io.tardy.Frame;
import io.tardy.TardyRuntime;
import io.tardy.netty.FrameChannel;
import io.tardy.netty.TardyEventLoopGroup;
import io.tardy.sim.Sim;
import io.tardy.sim.SimBody;
import io.tardy.sim.SimHost;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.time.Duration;
import java.util.concurrent.TimeUnit;

/**
 * As {@link Talk}, but on Netty's channels. What the server sends at the end it has scheduled on
 * the channel's loop.
 */
final class Pipelines implements SimBody {

    private static final int PORT = 7;
    private static final int CLIENTS = 2;
    private static final int BYTES_MAX = 6_000;
    private static final WriteBufferWaterMark LITTLE = new WriteBufferWaterMark(500, 1_000);

    private final BrokenConnections failures = new BrokenConnections();
    private Sim sim;
    private SimHost server;

    @Override
    public void run(Sim sim) throws Exception {
        this.sim = sim;
        server = sim.host("server").options(b -> b.uncaughtFrame(failures));
        server.start(rt -> listen());
        SimHost client = sim.host("client");
        client.start(
                        rt -> {
                            for (int i = 0; i < CLIENTS; i++) {
                                rt.spawn(() -> talk(rt, sim.random(BYTES_MAX)));
                            }
                        })
                .await();
        failures.requireNoOther();
    }

    private void listen() {
        TardyEventLoopGroup group =
                TardyEventLoopGroup.builder().threads(1).tardy(server.tardy()).build();
        new ServerBootstrap()
                .group(group)
                .channel(group.serverSocketChannel())
                .childOption(ChannelOption.WRITE_BUFFER_WATER_MARK, LITTLE)
                .childHandler(
                        new ChannelInitializer<Channel>() {
                            @Override
                            protected void initChannel(Channel channel) {
                                FrameChannel.spawn(channel, Pipelines::echo);
                            }
                        })
                .bind(PORT);
    }

    private static void echo(FrameChannel peer) throws Exception {
        int total = 0;
        for (ByteBuf got; (got = peer.read(ByteBuf.class)) != null; ) {
            total += got.readableBytes();
            peer.write(got);
        }
        peer.flush();
        int sent = total;
        TardyRuntime.current()
                .await(
                        peer.channel()
                                .eventLoop()
                                .schedule(
                                        () -> peer.channel().writeAndFlush(Unpooled.copyInt(sent)),
                                        5,
                                        TimeUnit.MILLISECONDS));
    }

    private void talk(TardyRuntime rt, int total) throws IOException {
        Bootstrap bootstrap =
                new Bootstrap()
                        .group(rt.eventLoop())
                        .channel(rt.channelTypes().socket())
                        .option(ChannelOption.WRITE_BUFFER_WATER_MARK, LITTLE);
        try (FrameChannel channel =
                FrameChannel.connect(bootstrap, new InetSocketAddress(server.address(), PORT))) {
            Frame<?> sending = rt.spawn(() -> sendAll(channel, total));
            receive(channel, total);
            sending.join();
        } catch (IOException e) {
            Talk.requireBreaks(sim, e);
        }
    }

    private void sendAll(FrameChannel channel, int total) throws IOException {
        try {
            send(channel, total);
        } catch (IOException e) {
            Talk.requireBreaks(sim, e);
        }
    }

    private void send(FrameChannel channel, int total) throws IOException {
        for (int sent = 0; sent < total; ) {
            ByteBuf part = Unpooled.buffer();
            for (int left = 1 + sim.random(900); left > 0 && sent < total; left--) {
                part.writeByte(sent++ * 7);
            }
            channel.write(part);
            if (sim.random(4) == 0) {
                Frame.delay(Duration.ofMillis(sim.random(5)));
            }
        }
        channel.flush();
        channel.channel().eventLoop().execute(((DuplexChannel) channel.channel())::shutdownOutput);
    }

    private void receive(FrameChannel channel, int total) throws IOException {
        ByteBuf all = Unpooled.buffer();
        for (ByteBuf got; (got = channel.read(ByteBuf.class)) != null; ) {
            all.writeBytes(got);
            got.release();
            if (sim.random(4) == 0) {
                Frame.delay(Duration.ofMillis(sim.random(5)));
            }
        }
        if (all.readableBytes() != total + 4 || all.getInt(total) != total) {
            Talk.requireBreaks(sim, new IOException(all.readableBytes() + " of 4 and " + total));
            return;
        }
        for (int i = 0; i < total; i++) {
            if (all.getByte(i) != (byte) (i * 7)) {
                throw new AssertionError("byte " + i + " is " + all.getByte(i));
            }
        }
    }
}
