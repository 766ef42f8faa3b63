package io.tardy.examples.sim;

import io.netty.bootstrap.ServerBootstrap;
import io.netty.buffer.Unpooled;
import io.netty.handler.codec.http.DefaultFullHttpRequest;
import io.netty.handler.codec.http.FullHttpRequest;
import io.netty.handler.codec.http.FullHttpResponse;
import io.netty.handler.codec.http.HttpHeaderNames;
import io.netty.handler.codec.http.HttpMethod;
import io.netty.handler.codec.http.HttpVersion;
import io.tardy.Deadline;
import io.tardy.Frame;
import io.tardy.TardyRuntime;
import io.tardy.examples.gateway.FrameGateway;
import io.tardy.examples.gateway.Gateway;
import io.tardy.examples.gateway.Limits;
import io.tardy.net.Socket;
import io.tardy.netty.FrameChannel;
import io.tardy.netty.TardyEventLoopGroup;
import io.tardy.sim.Sim;
import io.tardy.sim.SimHost;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.List;
import java.util.SplittableRandom;

/**
 * Clients that ask a gateway whose backend is slow, is killed, parted from it or stopped for a
 * while. There is an answer to each request, in order and in time; it is the backend's own, or says
 * that there is none. What may not be done twice is not done twice. Once all is well again, so are
 * the answers, and nothing is left of the connections.
 *
 * @param name of the example
 */
record GatewayScenario(String name, Starting starting) implements Scenario {

    private static final int PORT = 80;

    /** More than the gateway takes for an answer, and time for lost segments. */
    private static final Duration PATIENCE = Duration.ofMinutes(2);

    /** Starts a gateway on its host. */
    @FunctionalInterface
    interface Starting {
        void start(SimHost host, InetSocketAddress backend) throws IOException;
    }

    static void onSockets(SimHost host, InetSocketAddress backend) throws IOException {
        Socket listener = Socket.tcp(host.tardy(), "0.0.0.0", PORT).bind().listen(16);
        Gateway gateway = new Gateway(backend, Limits.DEFAULT);
        host.start(rt -> gateway.start(rt, listener));
    }

    static void onFrames(SimHost host, InetSocketAddress backend) {
        host.start(
                rt -> {
                    TardyEventLoopGroup group =
                            TardyEventLoopGroup.builder().threads(1).tardy(host.tardy()).build();
                    new ServerBootstrap()
                            .group(group)
                            .channel(group.serverSocketChannel())
                            .childHandler(new FrameGateway(backend, Limits.DEFAULT))
                            .bind(PORT);
                });
    }

    @Override
    public void run(Sim sim) throws Exception {
        SlowBackend orders = new SlowBackend(sim.random(1 << 30));
        SimHost backend = sim.host("backend").tolerate(IOException.class);
        backend.start(rt -> orders.start(PORT));
        SimHost gateway = sim.host("gateway").tolerate(IOException.class);
        starting.start(gateway, new InetSocketAddress(backend.address(), PORT));
        sim.delay(Duration.ofSeconds(1)); // it listens by then, even if its host has stalled
        SimHost client = sim.host("client");
        client.start(rt -> visit(sim, rt));
        for (int blows = sim.random(4); blows > 0 && client.isRunning(); blows--) {
            sim.delay(Duration.ofMillis(sim.random(2000)));
            strike(sim, backend, gateway);
        }
        client.await();
        Check.equal(List.of(), client.openSockets(), "sockets of the client");
        orders.requireNoneTwice();
        sim.delay(Duration.ofSeconds(30));
        client.restart(); // whose requests succeed, but for what the world itself does
        client.await();
        sim.delay(Duration.ofSeconds(30));
        Check.equal(1, gateway.openSockets().size(), "sockets of the gateway with its listener");
        Check.equal(1, backend.openSockets().size(), "sockets of the backend with its listener");
    }

    private static void strike(Sim sim, SimHost backend, SimHost gateway) throws Exception {
        switch (sim.random(3)) {
            case 0 -> {
                backend.kill();
                sim.delay(Duration.ofMillis(sim.random(3000)));
                backend.restart();
            }
            case 1 -> {
                sim.partition(backend, gateway);
                sim.delay(Duration.ofMillis(sim.random(12_000)));
                sim.heal();
            }
            default -> {
                backend.pause();
                sim.delay(Duration.ofMillis(sim.random(12_000)));
                backend.resume();
            }
        }
    }

    private static void visit(Sim sim, TardyRuntime rt) {
        SplittableRandom random = new SplittableRandom(sim.random(1 << 30));
        for (int i = random.nextInt(1, 4); i > 0; i--) {
            SplittableRandom own = random.split();
            rt.spawn(
                    "client " + i,
                    () -> {
                        try {
                            ask(rt, own);
                        } catch (IOException e) {
                            Connections.requireBreakable(sim, e);
                        }
                    });
        }
    }

    private static void ask(TardyRuntime rt, SplittableRandom random) throws IOException {
        int requests = random.nextInt(1, 12);
        boolean leaves = random.nextInt(4) == 0;
        try (FrameChannel gateway =
                Deadline.callWithin(
                        PATIENCE,
                        () -> FrameChannel.connect(HttpClients.on(rt), "gateway", PORT))) {
            for (int i = 0; i < requests; i++) {
                FullHttpRequest request = request(random);
                String line = request.method() + " " + request.uri();
                Deadline.within(PATIENCE, () -> gateway.writeAndFlush(request));
                if (leaves && i == requests - 1) {
                    return; // without the answer
                }
                Deadline.within(PATIENCE, () -> requireAnswer(gateway, line));
                Frame.delay(Duration.ofMillis(random.nextInt(800)));
            }
        }
    }

    private static FullHttpRequest request(SplittableRandom random) {
        FullHttpRequest request =
                new DefaultFullHttpRequest(
                        HttpVersion.HTTP_1_1,
                        random.nextBoolean() ? HttpMethod.GET : HttpMethod.POST,
                        "/" + random.nextLong(),
                        Unpooled.EMPTY_BUFFER);
        request.headers().set(HttpHeaderNames.HOST, "gateway");
        request.headers().setInt(HttpHeaderNames.CONTENT_LENGTH, 0);
        return request;
    }

    private static void requireAnswer(FrameChannel gateway, String line) throws IOException {
        FullHttpResponse answer = gateway.read(FullHttpResponse.class);
        if (answer == null) {
            throw new AssertionError("the connection ends where an answer is due");
        }
        try {
            switch (answer.status().code()) {
                case 200 ->
                        Check.equal(
                                line,
                                answer.content().toString(StandardCharsets.US_ASCII),
                                "an answer");
                case 502, 504 -> {
                    // the backend's fault
                }
                default -> throw new AssertionError("an answer of " + answer.status());
            }
        } finally {
            answer.release();
        }
    }
}
