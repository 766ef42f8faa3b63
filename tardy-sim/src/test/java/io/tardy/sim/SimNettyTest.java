package io.tardy.sim;

import static org.assertj.core.api.Assertions.assertThat;

import io.netty.bootstrap.Bootstrap;
import io.netty.bootstrap.ServerBootstrap;
import io.netty.buffer.Unpooled;
import io.netty.channel.Channel;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInitializer;
import io.netty.channel.SimpleChannelInboundHandler;
import io.netty.channel.group.DefaultChannelGroup;
import io.netty.channel.socket.DatagramPacket;
import io.netty.handler.codec.http.DefaultFullHttpRequest;
import io.netty.handler.codec.http.DefaultFullHttpResponse;
import io.netty.handler.codec.http.FullHttpRequest;
import io.netty.handler.codec.http.FullHttpResponse;
import io.netty.handler.codec.http.HttpClientCodec;
import io.netty.handler.codec.http.HttpHeaderNames;
import io.netty.handler.codec.http.HttpMethod;
import io.netty.handler.codec.http.HttpObjectAggregator;
import io.netty.handler.codec.http.HttpResponseStatus;
import io.netty.handler.codec.http.HttpServerCodec;
import io.netty.handler.codec.http.HttpVersion;
import io.tardy.Frame;
import io.tardy.TardyRuntime;
import io.tardy.net.Socket;
import io.tardy.netty.FrameChannel;
import io.tardy.netty.TardyEventLoopGroup;
import io.tardy.websocket.WebSocketClient;
import io.tardy.websocket.WebSocketConnection;
import io.tardy.websocket.WebSocketMessage;
import io.tardy.websocket.WebSocketServer;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.net.URI;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import org.junit.jupiter.api.Test;

/** Ordinary Netty programs, unchanged but for their group. */
class SimNettyTest {

    private static TardyEventLoopGroup group(SimHost host) {
        return TardyEventLoopGroup.builder().threads(1).tardy(host.tardy()).build();
    }

    private static ChannelInitializer<Channel> initializer(Consumer<Channel> accepted) {
        return new ChannelInitializer<>() {
            @Override
            protected void initChannel(Channel channel) {
                accepted.accept(channel);
            }
        };
    }

    private static void serve(TardyEventLoopGroup group, Consumer<Channel> accepted) {
        new ServerBootstrap()
                .group(group)
                .channel(group.serverSocketChannel())
                .childHandler(initializer(accepted))
                .bind(80);
    }

    private static void httpServer(TardyEventLoopGroup group) {
        serve(
                group,
                channel ->
                        channel.pipeline()
                                .addLast(
                                        new HttpServerCodec(),
                                        new HttpObjectAggregator(65536),
                                        new Answering()));
    }

    private static final class Answering extends SimpleChannelInboundHandler<FullHttpRequest> {
        @Override
        protected void channelRead0(ChannelHandlerContext context, FullHttpRequest request) {
            var answer =
                    new DefaultFullHttpResponse(
                            HttpVersion.HTTP_1_1,
                            HttpResponseStatus.OK,
                            Unpooled.copiedBuffer(request.uri(), StandardCharsets.UTF_8));
            answer.headers().setInt(HttpHeaderNames.CONTENT_LENGTH, request.uri().length());
            context.executor()
                    .schedule(() -> context.writeAndFlush(answer), 5, TimeUnit.MILLISECONDS);
        }

        @Override
        public void exceptionCaught(ChannelHandlerContext context, Throwable cause) {
            context.close();
        }
    }

    private static String get(String path) throws Exception {
        TardyRuntime rt = TardyRuntime.current();
        Bootstrap bootstrap =
                new Bootstrap()
                        .group(rt.eventLoop())
                        .channel(rt.channelTypes().socket())
                        .handler(
                                initializer(
                                        channel ->
                                                channel.pipeline()
                                                        .addLast(
                                                                new HttpClientCodec(),
                                                                new HttpObjectAggregator(65536))));
        try (FrameChannel channel = FrameChannel.connect(bootstrap, "server", 80)) {
            channel.writeAndFlush(
                    new DefaultFullHttpRequest(HttpVersion.HTTP_1_1, HttpMethod.GET, path));
            FullHttpResponse answer = (FullHttpResponse) channel.read();
            if (answer == null) {
                throw new IOException("no answer");
            }
            String text = answer.content().toString(StandardCharsets.UTF_8);
            answer.release();
            return text;
        }
    }

    @Test
    void anHttpServerAnswers() {
        SimReport report =
                Sim.run(
                        1,
                        sim -> {
                            SimHost server = sim.host("server");
                            server.start(rt -> httpServer(group(server)));
                            SimHost client = sim.host("client");
                            client.run(() -> assertThat(get("/hi")).isEqualTo("/hi"));
                        });
        assertThat(report.virtualTime()).isBetween(Duration.ofMillis(5), Duration.ofMillis(50));
    }

    @SimTest(seeds = 100, swarm = true)
    void anHttpServerAnswersOrBreaks(Sim sim) throws Exception {
        SimHost server = sim.host("server");
        server.start(rt -> httpServer(group(server)));
        SimHost client = sim.host("client");
        client.start(
                        rt -> {
                            for (int i = 0; i < 4; i++) {
                                String path = "/" + "x".repeat(i * 500);
                                rt.spawn(
                                        () -> {
                                            try {
                                                assertThat(get(path)).isEqualTo(path);
                                            } catch (IOException e) {
                                                // the connection broke
                                            }
                                        });
                            }
                        })
                .await();
    }

    @SimTest(seeds = 100, swarm = true)
    void aWebSocketEchoes(Sim sim) throws Exception {
        SimHost server = sim.host("server");
        server.spawn(
                () ->
                        WebSocketServer.builder()
                                .group(group(server))
                                .connectionFrame(SimNettyTest::echo)
                                .build()
                                .bind(new InetSocketAddress(80)));
        server.await();
        SimHost client = sim.host("client");
        client.run(
                () -> {
                    try (WebSocketConnection ws =
                            WebSocketClient.builder().build().connect(URI.create("ws://server/"))) {
                        for (int i = 0; i < 5; i++) {
                            String text = "x".repeat(i * 300);
                            ws.sendText(text);
                            if (!(ws.receive() instanceof WebSocketMessage.Text got)) {
                                return;
                            }
                            assertThat(got.text()).isEqualTo(text);
                        }
                    } catch (IOException e) {
                        // the connection broke
                    }
                });
    }

    private static void echo(WebSocketConnection ws) throws IOException {
        for (WebSocketMessage message; (message = ws.receive()) != null; ) {
            if (message instanceof WebSocketMessage.Text text) {
                ws.sendText(text.text());
            }
        }
    }

    @Test
    void aDatagramIsAnswered() {
        StringBuilder got = new StringBuilder();
        Sim.run(
                1,
                sim -> {
                    SimHost server = sim.host("server");
                    server.start(rt -> answerDatagrams(group(server)));
                    sim.delay(Duration.ofMillis(1));
                    sim.host("client").run(() -> sendDatagram(got));
                });
        assertThat(got).hasToString("hi");
    }

    private static void answerDatagrams(TardyEventLoopGroup group) {
        new Bootstrap()
                .group(group)
                .channel(group.datagramChannel())
                .handler(new Returning())
                .bind(53);
    }

    private static void sendDatagram(StringBuilder got) throws Exception {
        TardyRuntime rt = TardyRuntime.current();
        Bootstrap bootstrap =
                new Bootstrap()
                        .group(rt.eventLoop())
                        .channel(rt.channelTypes().datagram())
                        .handler(new Collecting(got));
        Channel channel = rt.await(bootstrap.bind(0));
        channel.writeAndFlush(
                new DatagramPacket(
                        Unpooled.copiedBuffer("hi", StandardCharsets.UTF_8),
                        new InetSocketAddress("server", 53)));
        Frame.delay(Duration.ofSeconds(1));
        channel.close();
    }

    private static final class Returning extends SimpleChannelInboundHandler<DatagramPacket> {
        @Override
        protected void channelRead0(ChannelHandlerContext context, DatagramPacket packet) {
            context.writeAndFlush(new DatagramPacket(packet.content().retain(), packet.sender()));
        }
    }

    private static final class Collecting extends SimpleChannelInboundHandler<DatagramPacket> {
        private final StringBuilder got;

        Collecting(StringBuilder got) {
            this.got = got;
        }

        @Override
        protected void channelRead0(ChannelHandlerContext context, DatagramPacket packet) {
            got.append(packet.content().toString(StandardCharsets.UTF_8));
        }
    }

    /**
     * The remote ports of six clients, in the order in which a group goes through their channels.
     */
    private static List<Integer> orderInGroup(long seed) {
        List<Integer> order = new ArrayList<>();
        Sim.run(
                seed,
                sim -> {
                    SimHost server = sim.host("server");
                    server.start(rt -> acceptSix(group(server), order));
                    sim.delay(Duration.ofMillis(1));
                    sim.host("client")
                            .start(
                                    rt -> {
                                        for (int i = 0; i < 6; i++) {
                                            rt.spawn(SimNettyTest::waitForEnd);
                                        }
                                    })
                            .await();
                });
        return order;
    }

    private static void acceptSix(TardyEventLoopGroup group, List<Integer> order) {
        DefaultChannelGroup all = new DefaultChannelGroup(group.next());
        serve(
                group,
                channel -> {
                    all.add(channel);
                    if (all.size() == 6) {
                        all.forEach(each -> order.add(portOf(each)));
                        group.next().execute(all::close);
                    }
                });
    }

    private static int portOf(Channel channel) {
        return ((InetSocketAddress) channel.remoteAddress()).getPort();
    }

    private static void waitForEnd() throws IOException {
        try (Socket server = Socket.tcp("server", 80)) {
            server.connect();
            assertThat(server.recv(ByteBuffer.allocate(1))).isEqualTo(-1);
        }
    }

    @Test
    void aChannelGroupHasTheSameOrderEachTime() {
        Set<List<Integer>> orders = new HashSet<>();
        for (long seed = 1; seed <= 5; seed++) {
            List<Integer> order = orderInGroup(seed);
            assertThat(order).hasSize(6);
            assertThat(orderInGroup(seed)).isEqualTo(order);
            orders.add(order);
        }
        assertThat(orders).hasSizeGreaterThan(1);
    }

    /** Netty has another thread tell of it: what came of that depended on who was faster. */
    @SimTest(seeds = 20)
    void aFrameWaitsForTheEndOfAGroup(Sim sim) throws Exception {
        SimHost host = sim.host("a");
        TardyEventLoopGroup group =
                TardyEventLoopGroup.builder().threads(2).tardy(host.tardy()).build();
        List<String> told = new ArrayList<>();
        group.terminationFuture().addListener(end -> told.add("listener"));
        host.run(
                () -> {
                    group.shutdownGracefully(1, 5, TimeUnit.SECONDS).sync();
                    TardyRuntime.current().await(group.terminationFuture());
                    told.add("frame");
                });
        assertThat(group.isTerminated()).isTrue();
        assertThat(told).containsExactly("listener", "frame");
    }
}
