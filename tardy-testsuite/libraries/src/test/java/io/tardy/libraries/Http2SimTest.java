package io.tardy.libraries;

import static org.assertj.core.api.Assertions.assertThat;

import io.netty.bootstrap.Bootstrap;
import io.netty.bootstrap.ServerBootstrap;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import io.netty.channel.Channel;
import io.netty.channel.ChannelHandler;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.channel.ChannelInitializer;
import io.netty.handler.codec.http2.DefaultHttp2DataFrame;
import io.netty.handler.codec.http2.DefaultHttp2Headers;
import io.netty.handler.codec.http2.DefaultHttp2HeadersFrame;
import io.netty.handler.codec.http2.DefaultHttp2ResetFrame;
import io.netty.handler.codec.http2.Http2DataFrame;
import io.netty.handler.codec.http2.Http2Error;
import io.netty.handler.codec.http2.Http2Exception;
import io.netty.handler.codec.http2.Http2FrameCodecBuilder;
import io.netty.handler.codec.http2.Http2HeadersFrame;
import io.netty.handler.codec.http2.Http2MultiplexHandler;
import io.netty.handler.codec.http2.Http2StreamChannelBootstrap;
import io.netty.util.ReferenceCountUtil;
import io.tardy.Deadline;
import io.tardy.Frame;
import io.tardy.Scope;
import io.tardy.TardyRuntime;
import io.tardy.netty.FrameChannel;
import io.tardy.netty.TardyEventLoopGroup;
import io.tardy.sim.Sim;
import io.tardy.sim.SimHost;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.time.Duration;
import java.util.concurrent.ThreadLocalRandom;
import org.junit.jupiter.api.Test;

/** HTTP/2 by Netty's codec in a simulation: streams that are echoed, are slow or are reset. */
@Simulated
class Http2SimTest {

    private static final int SEEDS = 50;
    private static final int STREAMS = 8;

    /** More than a stream's window, 65,535 bytes, and together more than the connection's. */
    private static final int BYTES = 100_000;

    private static void serve(SimHost host) {
        TardyEventLoopGroup group = Scene.group(host);
        new ServerBootstrap()
                .group(group)
                .channel(group.serverSocketChannel())
                .childHandler(
                        initializer(
                                channel ->
                                        channel.pipeline()
                                                .addLast(
                                                        Http2FrameCodecBuilder.forServer().build(),
                                                        new Http2MultiplexHandler(
                                                                initializer(
                                                                        stream ->
                                                                                stream.pipeline()
                                                                                        .addLast(
                                                                                                new Echo()))))))
                .bind(80);
    }

    private interface Adding {
        void to(Channel channel);
    }

    private static ChannelHandler initializer(Adding adding) {
        return new ChannelInitializer<>() {
            @Override
            protected void initChannel(Channel channel) {
                adding.to(channel);
            }
        };
    }

    /** Sends back what comes. */
    private static final class Echo extends ChannelInboundHandlerAdapter {
        @Override
        public void channelRead(ChannelHandlerContext context, Object message) {
            switch (message) {
                case Http2HeadersFrame headers ->
                        context.writeAndFlush(
                                new DefaultHttp2HeadersFrame(
                                        new DefaultHttp2Headers().status("200")));
                case Http2DataFrame data ->
                        context.writeAndFlush(
                                new DefaultHttp2DataFrame(data.content(), data.isEndStream()));
                default -> ReferenceCountUtil.release(message);
            }
        }

        @Override
        public void exceptionCaught(ChannelHandlerContext context, Throwable cause) {
            context.close();
        }
    }

    /** A connection whose streams are made of it. */
    private static Channel connect(TardyRuntime rt) throws Exception {
        Bootstrap bootstrap =
                new Bootstrap()
                        .group(rt.eventLoop())
                        .channel(rt.channelTypes().socket())
                        .handler(
                                initializer(
                                        channel ->
                                                channel.pipeline()
                                                        .addLast(
                                                                Http2FrameCodecBuilder.forClient()
                                                                        .build(),
                                                                new Http2MultiplexHandler(
                                                                        initializer(
                                                                                Channel::close)))));
        return rt.await(bootstrap.connect(new InetSocketAddress("server", 80)));
    }

    private static FrameChannel open(TardyRuntime rt, Channel connection) throws Exception {
        FrameChannel[] attached = new FrameChannel[1];
        rt.await(
                new Http2StreamChannelBootstrap(connection)
                        .handler(initializer(stream -> attached[0] = FrameChannel.attach(stream)))
                        .open());
        return attached[0];
    }

    private static byte at(int stream, int index) {
        return (byte) (stream * 31 + index * 7 + (index >> 8));
    }

    private static void send(FrameChannel channel, int stream) throws IOException {
        channel.write(
                new DefaultHttp2HeadersFrame(
                        new DefaultHttp2Headers()
                                .method("POST")
                                .scheme("http")
                                .authority("server")
                                .path("/")));
        for (int sent = 0; sent < BYTES; ) {
            int length = Math.min(1 + ThreadLocalRandom.current().nextInt(20_000), BYTES - sent);
            ByteBuf bytes = Unpooled.buffer(length);
            for (int i = 0; i < length; i++) {
                bytes.writeByte(at(stream, sent + i));
            }
            sent += length;
            channel.write(new DefaultHttp2DataFrame(bytes, sent == BYTES));
        }
    }

    /** How many bytes of its own came back; all of them must be right. */
    private static int receive(FrameChannel channel, int stream, int enough) throws IOException {
        int received = 0;
        while (received < enough && channel.read() instanceof Object message) {
            try {
                if (message instanceof Http2DataFrame data) {
                    ByteBuf bytes = data.content();
                    for (; bytes.isReadable(); received++) {
                        assertThat(bytes.readByte()).isEqualTo(at(stream, received));
                    }
                }
            } finally {
                ReferenceCountUtil.release(message);
            }
            if (stream % 3 == 1) {
                Frame.delay(Duration.ofMillis(1)); // a slow reader, whose window closes
            }
        }
        return received;
    }

    /** Whether all of its own came back. */
    private static boolean echo(TardyRuntime rt, Channel connection, int stream) throws Exception {
        boolean resets = stream % 3 == 2;
        try (FrameChannel channel = open(rt, connection);
                Scope scope = Scope.open()) {
            scope.fork(() -> unlessItBreaks(() -> send(channel, stream)));
            int received = receive(channel, stream, resets ? BYTES / 4 : BYTES);
            if (resets) {
                channel.channel().writeAndFlush(new DefaultHttp2ResetFrame(Http2Error.CANCEL));
            }
            return received == BYTES;
        }
    }

    @FunctionalInterface
    private interface Talk {
        void go() throws Exception;
    }

    private static void unlessItBreaks(Talk talk) throws Exception {
        try {
            talk.go();
        } catch (IOException | Http2Exception e) {
            // The connection or the stream did, or it took too long.
        }
    }

    /** Two clients with a connection each; the network parts one of them from the server. */
    static void scene(Sim sim) throws Exception {
        SimHost server = sim.host("server");
        server.start(rt -> serve(server));
        sim.delay(Duration.ofMillis(10));
        Scene.withOneParted(sim, server, name -> client(sim, name), 100, 20_000, none -> {});
    }

    private static SimHost client(Sim sim, String name) {
        return sim.host(name)
                .start(
                        rt ->
                                rt.spawn(
                                        () ->
                                                unlessItBreaks(
                                                        () ->
                                                                Deadline.within(
                                                                        Duration.ofMinutes(1),
                                                                        () -> echoAll(rt)))));
    }

    /** How many streams came back whole. */
    private static int echoAll(TardyRuntime rt) throws Exception {
        int[] whole = new int[1];
        Channel connection = connect(rt);
        try (Scope scope = Scope.open()) {
            for (int i = 0; i < STREAMS; i++) {
                int stream = i;
                scope.fork(
                        () ->
                                unlessItBreaks(
                                        () -> {
                                            if (echo(rt, connection, stream)) {
                                                whole[0]++;
                                            }
                                        }));
            }
            scope.join();
        } finally {
            connection.close();
        }
        return whole[0];
    }

    @Test
    void streamsAreEchoedOrBreak() {
        for (long seed = 1; seed <= SEEDS; seed++) {
            Scene.HTTP2.run(seed);
        }
    }

    @Test
    void withoutFaultsAllStreamsEndThatAreNotReset() {
        int[] whole = new int[1];
        Sim.run(
                1,
                sim -> {
                    SimHost server = sim.host("server");
                    server.start(rt -> serve(server));
                    sim.delay(Duration.ofMillis(10));
                    sim.host("client").start(rt -> rt.spawn(() -> whole[0] = echoAll(rt))).await();
                });
        assertThat(whole[0]).isEqualTo(6); // of 8, of which two reset theirs
    }
}
