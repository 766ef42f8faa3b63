package io.tardy.examples.sim;

import io.netty.bootstrap.ServerBootstrap;
import io.netty.buffer.Unpooled;
import io.netty.channel.ChannelHandler;
import io.netty.handler.codec.http.DefaultFullHttpRequest;
import io.netty.handler.codec.http.FullHttpRequest;
import io.netty.handler.codec.http.FullHttpResponse;
import io.netty.handler.codec.http.HttpHeaderNames;
import io.netty.handler.codec.http.HttpMethod;
import io.netty.handler.codec.http.HttpUtil;
import io.netty.handler.codec.http.HttpVersion;
import io.tardy.Deadline;
import io.tardy.Signal;
import io.tardy.Signals;
import io.tardy.TardyRuntime;
import io.tardy.netty.FrameChannel;
import io.tardy.netty.TardyEventLoopGroup;
import io.tardy.sim.Sim;
import io.tardy.sim.SimHost;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.List;
import java.util.SplittableRandom;
import java.util.function.Supplier;

/**
 * An ordinary Netty server of HTTP, and clients on Netty's codec that send their requests at once
 * or one after the other: there is an answer to each, in order, or the connection has been reset.
 * In half of the seeds the server gets SIGTERM meanwhile. Then connections may end sooner, but only
 * between two answers, and nothing is left of the server.
 *
 * @param name of the example
 * @param connection makes the handler of its connections
 */
record HttpScenario(String name, Supplier<ChannelHandler> connection) implements Scenario {

    private static final int PORT = 80;
    private static final Duration DRAIN = Duration.ofSeconds(5);
    private static final Duration PATIENCE = Duration.ofMinutes(2);

    @Override
    public void run(Sim sim) throws Exception {
        SimHost server = sim.host("server").tolerate(IOException.class);
        int loops = 1 + sim.random(2);
        boolean ends = sim.random(2) == 0;
        boolean[] isEnding = new boolean[1];
        server.start(rt -> serve(rt, server, loops));
        sim.delay(Duration.ofSeconds(1)); // it listens by then, even if its host has stalled
        SimHost client = sim.host("client");
        SplittableRandom random = new SplittableRandom(sim.random(1 << 30));
        client.start(
                rt -> {
                    for (int i = random.nextInt(1, 4); i > 0; i--) {
                        SplittableRandom own = random.split();
                        rt.spawn("client " + i, () -> visit(sim, rt, own, isEnding));
                    }
                });
        if (ends) {
            sim.delay(Duration.ofNanos(1_000L * sim.random(50_000)));
            isEnding[0] = true;
            server.signal(Signal.TERM);
        }
        client.await();
        Check.equal(List.of(), client.openSockets(), "sockets of the client");
        if (ends) {
            Deadline.within(Duration.ofMinutes(1), server::await);
            Check.equal(List.of(), server.openSockets(), "sockets of the server that has ended");
            return;
        }
        sim.delay(Duration.ofSeconds(30));
        Check.equal(1, server.openSockets().size(), "sockets of the server with its listener");
    }

    private void serve(TardyRuntime rt, SimHost server, int loops) {
        TardyEventLoopGroup group =
                TardyEventLoopGroup.builder().threads(loops).tardy(server.tardy()).build();
        new ServerBootstrap()
                .group(group)
                .channel(group.serverSocketChannel())
                .childHandler(connection.get())
                .bind(PORT);
        rt.spawn(
                "signals",
                () -> {
                    try (Signals signals = Signals.open(Signal.TERM)) {
                        signals.next();
                        group.drain(DRAIN);
                        rt.await(group.terminationFuture());
                    }
                });
    }

    private static void visit(Sim sim, TardyRuntime rt, SplittableRandom random, boolean[] isEnding)
            throws Exception {
        try {
            Deadline.within(PATIENCE, () -> ask(rt, random, isEnding));
        } catch (IOException e) {
            if (!isEnding[0]) {
                Connections.requireBreakable(sim, e);
            }
        }
    }

    private static void ask(TardyRuntime rt, SplittableRandom random, boolean[] isEnding)
            throws Exception {
        int requests = random.nextInt(1, 8);
        boolean ahead = random.nextBoolean();
        boolean closes = random.nextBoolean();
        try (FrameChannel channel = FrameChannel.connect(HttpClients.on(rt), "server", PORT)) {
            for (int i = 1; i <= requests; i++) {
                channel.writeAndFlush(request(random, closes && i == requests));
                if (!ahead && isLastAnswer(channel, isEnding)) {
                    return;
                }
            }
            for (int i = 0; ahead && i < requests; i++) {
                if (isLastAnswer(channel, isEnding)) {
                    return;
                }
            }
            if (closes) {
                Check.equal(null, channel.read(), "what comes after the last answer");
            }
        }
    }

    private static FullHttpRequest request(SplittableRandom random, boolean isLast) {
        FullHttpRequest request =
                random.nextBoolean()
                        ? new DefaultFullHttpRequest(
                                HttpVersion.HTTP_1_1, HttpMethod.GET, "/" + random.nextInt())
                        : new DefaultFullHttpRequest(
                                HttpVersion.HTTP_1_1,
                                HttpMethod.POST,
                                "/",
                                Unpooled.wrappedBuffer(new byte[random.nextInt(3000)]));
        request.headers().set(HttpHeaderNames.HOST, "server");
        HttpUtil.setContentLength(request, request.content().readableBytes());
        HttpUtil.setKeepAlive(request, !isLast);
        return request;
    }

    /** Whether the server has ended the connection, or says so. */
    private static boolean isLastAnswer(FrameChannel channel, boolean[] isEnding)
            throws IOException {
        FullHttpResponse answer = (FullHttpResponse) channel.read();
        if (answer == null && isEnding[0]) {
            return true;
        } else if (answer == null) {
            throw new AssertionError("the connection ends where an answer is due");
        }
        try {
            Check.equal(200, answer.status().code(), "status");
            Check.equal(
                    "Hello, World!",
                    answer.content().toString(StandardCharsets.US_ASCII),
                    "an answer");
            return isEnding[0] && !HttpUtil.isKeepAlive(answer);
        } finally {
            answer.release();
        }
    }
}
