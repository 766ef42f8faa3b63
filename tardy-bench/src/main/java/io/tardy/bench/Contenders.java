package io.tardy.bench;

import io.netty.bootstrap.ServerBootstrap;
import io.netty.channel.Channel;
import io.netty.channel.ChannelHandler;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.util.concurrent.EventExecutor;
import io.tardy.Frame;
import io.tardy.FrameBody;
import io.tardy.FrameStatus;
import io.tardy.TardyRuntime;
import io.tardy.aio.AsyncType;
import io.tardy.net.Socket;
import io.tardy.netty.TardyEventLoopGroup;
import java.net.InetSocketAddress;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.TimeUnit;

/** All who want what {@link Contention} has, and the heartbeats that show whether they get on. */
final class Contenders {

    private static final String HOST = "127.0.0.1";
    private static final int MESSAGE_BYTES = 256;
    private static final long END_MS = 20_000;

    private final TardyEventLoopGroup group;
    private final Contention contention = new Contention();

    private final Turns tasks = new Turns("loops' tasks");
    private final Turns handlers = new Turns("handlers");
    private final Turns frames = new Turns("frames");
    private final Turns clients = new Turns("echo clients");
    private final Turns strangers = new Turns("other threads");
    private final List<Turns> kinds = List.of(tasks, handlers, frames, clients, strangers);

    private final List<Heartbeat> heartbeats = new ArrayList<>();
    private final List<Frame<Void>> spawned = new ArrayList<>();
    private final List<Thread> threads = new ArrayList<>();
    private final List<Throwable> failures = new CopyOnWriteArrayList<>();
    private Channel listener;
    private volatile boolean stopped;

    Contenders(AsyncType transport, int runtimes) {
        group = new TardyEventLoopGroup(runtimes, transport);
    }

    String transport() {
        return group.backend().type().label();
    }

    void start(int framesEach, int connectionsEach, int threadsAll) throws Exception {
        listener =
                new ServerBootstrap()
                        .group(group)
                        .channel(group.serverSocketChannel())
                        .childHandler(new Echo())
                        .bind(HOST, 0)
                        .sync()
                        .channel();
        int port = ((InetSocketAddress) listener.localAddress()).getPort();
        for (EventExecutor loop : group) {
            startOn(loop, framesEach, connectionsEach, port);
        }
        for (int i = 0; i < threadsAll; i++) {
            threads.add(
                    Thread.ofPlatform()
                            .daemon()
                            .name("stranger-" + i)
                            .start(() -> contend(() -> takeTurns(strangers))));
        }
    }

    private void startOn(EventExecutor loop, int framesEach, int connectionsEach, int port)
            throws Exception {
        TardyRuntime runtime = loop.submit(TardyRuntime::current).get();
        beatOn(loop, newHeartbeat("loop " + runtime.id()));
        Heartbeat ofFrames = newHeartbeat("frames " + runtime.id());
        spawn(runtime, () -> beat(ofFrames));
        loop.execute(() -> contendOn(loop));
        for (int i = 0; i < framesEach; i++) {
            spawn(runtime, this::yieldBetweenTurns);
        }
        for (int i = 0; i < connectionsEach; i++) {
            spawn(runtime, () -> exchange(port));
        }
    }

    private Heartbeat newHeartbeat(String name) {
        Heartbeat heartbeat = new Heartbeat(name);
        heartbeats.add(heartbeat);
        return heartbeat;
    }

    private void spawn(TardyRuntime runtime, FrameBody body) {
        spawned.add(runtime.spawn(() -> contend(body)));
    }

    private void contend(FrameBody body) {
        try {
            body.run();
        } catch (Exception e) {
            failures.add(e);
        }
    }

    private void beatOn(EventExecutor loop, Heartbeat heartbeat) {
        if (!stopped) {
            heartbeat.beat();
            loop.schedule(
                    () -> beatOn(loop, heartbeat), Heartbeat.PERIOD_MS, TimeUnit.MILLISECONDS);
        }
    }

    private void beat(Heartbeat heartbeat) throws Exception {
        while (!stopped) {
            heartbeat.beat();
            Frame.delay(Duration.ofMillis(Heartbeat.PERIOD_MS));
        }
    }

    private void takeTurn(Turns turns) {
        contention.turn();
        turns.taken();
    }

    private void takeTurns(Turns turns) {
        while (!stopped) {
            takeTurn(turns);
        }
    }

    private void contendOn(EventExecutor loop) {
        if (!stopped) {
            takeTurn(tasks);
            // In a later turn of the loop: one that is executed comes within the budget of this
            // one.
            loop.schedule(() -> contendOn(loop), 0, TimeUnit.NANOSECONDS);
        }
    }

    private void yieldBetweenTurns() throws Exception {
        while (!stopped) {
            takeTurn(frames);
            Frame.yield();
        }
    }

    private void exchange(int port) throws Exception {
        ByteBuffer message = ByteBuffer.allocateDirect(MESSAGE_BYTES);
        try (Socket socket = Socket.tcp(HOST, port).connect()) {
            while (!stopped) {
                socket.sendAll(message.clear());
                if (socket.recvAll(message.clear()) < MESSAGE_BYTES) {
                    throw new IllegalStateException("the echo has ended early");
                }
                takeTurn(clients);
            }
        }
    }

    @ChannelHandler.Sharable
    private final class Echo extends ChannelInboundHandlerAdapter {

        @Override
        public void channelRead(ChannelHandlerContext context, Object message) {
            takeTurn(handlers);
            context.write(message, context.voidPromise());
        }

        @Override
        public void channelReadComplete(ChannelHandlerContext context) {
            context.flush();
        }

        @Override
        public void exceptionCaught(ChannelHandlerContext context, Throwable cause) {
            failures.add(cause);
            context.close();
        }
    }

    /** From now on it counts. */
    void begin() {
        heartbeats.forEach(Heartbeat::begin);
        kinds.forEach(Turns::begin);
    }

    void look() {
        heartbeats.forEach(Heartbeat::look);
        kinds.forEach(Turns::look);
    }

    /** Whether all has ended in time. */
    boolean stop() throws InterruptedException {
        stopped = true;
        long end = System.nanoTime() + TimeUnit.MILLISECONDS.toNanos(END_MS);
        boolean isEnded = true;
        for (Thread thread : threads) {
            isEnded &= thread.join(Duration.ofNanos(Math.max(end - System.nanoTime(), 1)));
        }
        listener.close();
        while (isAnyAlive() && System.nanoTime() < end) {
            Thread.sleep(Heartbeat.PERIOD_MS);
        }
        isEnded &= !isAnyAlive();
        group.shutdownGracefully(0, END_MS, TimeUnit.MILLISECONDS);
        return isEnded & group.awaitTermination(END_MS, TimeUnit.MILLISECONDS);
    }

    private boolean isAnyAlive() {
        return spawned.stream().anyMatch(frame -> frame.status() == FrameStatus.ALIVE);
    }

    void report(Claims claims, double seconds, long standMsMax) {
        for (Turns turns : kinds) {
            System.out.printf("%-14s %10.0f turns a second%n", turns.kind(), turns.rate(seconds));
            claims.requireEqual(0, turns.emptyLooks(), "seconds without a turn: " + turns.kind());
        }
        for (Heartbeat heartbeat : heartbeats) {
            System.out.printf(
                    "%-14s stood for %.1f ms at most%n", heartbeat.name(), heartbeat.gapMsMax());
            claims.require(
                    heartbeat.gapMsMax() <= standMsMax,
                    heartbeat.name() + " never stands for more than " + standMsMax + " ms");
        }
        failures.forEach(failure -> System.out.println("failed: " + failure));
        claims.requireEqual(0, failures.size(), "failures");
        contention.check(claims, kinds.stream().mapToLong(Turns::count).sum());
    }
}
