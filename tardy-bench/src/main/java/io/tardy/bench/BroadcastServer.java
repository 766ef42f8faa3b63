package io.tardy.bench;

import io.netty.bootstrap.ServerBootstrap;
import io.netty.channel.Channel;
import io.netty.channel.ChannelInitializer;
import io.netty.channel.ChannelOption;
import io.netty.channel.WriteBufferWaterMark;
import io.tardy.netty.TardyEventLoopGroup;
import io.tardy.websocket.OverflowPolicy;
import io.tardy.websocket.WebSocketConnection;
import io.tardy.websocket.WebSocketPayload;
import io.tardy.websocket.WebSocketServer;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.time.Duration;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentSkipListMap;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.LongAdder;
import java.util.concurrent.locks.LockSupport;

/**
 * Posts each message to all connections, from a thread that is no runtime's, whether they keep up
 * or not. Who does not is dropped by the policy of his queue.
 */
final class BroadcastServer {

    /** So long a peer who was dropped may take to answer the close frame. */
    private static final Duration CONNECTED_WITHIN = Duration.ofSeconds(10);

    private static final Duration CLOSE_TIMEOUT = Duration.ofSeconds(1);

    private static final Duration DRAIN_MAX = Duration.ofSeconds(20);
    private static final int PENDING_LOW_SHARE = 2;

    private final BroadcastOptions options;
    private final TardyEventLoopGroup group;
    private final WebSocketServer server;

    private final Set<WebSocketConnection> connections = ConcurrentHashMap.newKeySet();

    /** How connections ended, by the path that they asked for and their code. */
    private final Map<String, LongAdder> ends = new ConcurrentSkipListMap<>();

    private final LongAdder dropped = new LongAdder();

    // The broadcasting thread.
    private Channel listener;
    private Memory peak;
    private long queuedMaxEach;
    private long queuedMaxAll;
    private long lateNanosMax;
    private long beganNanos;
    private volatile long firstDroppedNanos;
    private volatile long lastDroppedNanos;

    BroadcastServer(BroadcastOptions options) {
        this.options = options;
        this.group =
                TardyEventLoopGroup.builder()
                        .threads(options.runtimes)
                        .tardy(options.tardy().build())
                        .build();
        this.server =
                WebSocketServer.builder()
                        .outboundBytesMax(options.queueBytesMax)
                        .overflow(OverflowPolicy.CLOSE_1013)
                        .closeTimeout(CLOSE_TIMEOUT)
                        .connectionFrame(this::serve)
                        .build();
    }

    /** Its peers have nothing to say. */
    private void serve(WebSocketConnection ws) throws IOException {
        connections.add(ws);
        try {
            while (ws.receive() != null) {
                // nor would it matter
            }
        } finally {
            connections.remove(ws);
            ends.computeIfAbsent(ws.uri() + "." + ws.closeCode(), code -> new LongAdder())
                    .increment();
            dropped.add(ws.droppedCount());
            if (ws.droppedCount() > 0) {
                countDropped();
            }
        }
    }

    private synchronized void countDropped() {
        lastDroppedNanos = System.nanoTime();
        if (firstDroppedNanos == 0) {
            firstDroppedNanos = lastDroppedNanos;
        }
    }

    void listen() throws IOException, InterruptedException {
        int high = options.pendingBytesMax;
        listener =
                new ServerBootstrap()
                        .group(group)
                        .channel(group.serverSocketChannel())
                        .option(ChannelOption.SO_BACKLOG, 4096)
                        .childOption(ChannelOption.SO_SNDBUF, options.sendBufferBytes)
                        .childOption(
                                ChannelOption.WRITE_BUFFER_WATER_MARK,
                                new WriteBufferWaterMark(high / PENDING_LOW_SHARE, high))
                        .childHandler(
                                new ChannelInitializer<>() {
                                    @Override
                                    protected void initChannel(Channel channel) {
                                        server.accept(channel);
                                    }
                                })
                        .bind("127.0.0.1", 0)
                        .sync()
                        .channel();
        System.out.printf(
                "listening on 127.0.0.1:%d (%s, %d runtimes)%n",
                ((InetSocketAddress) listener.localAddress()).getPort(),
                group.backend().type().label(),
                options.runtimes);
    }

    /**
     * A client knows that it is connected before the frame of its connection has begun here. Some
     * that never come are found in the figures.
     */
    void awaitConnections(int count) {
        long began = System.nanoTime();
        while (connections.size() < count
                && System.nanoTime() - began < CONNECTED_WITHIN.toNanos()) {
            LockSupport.parkNanos(TimeUnit.MILLISECONDS.toNanos(1));
        }
    }

    /** The same, faster and to fewer; of no account. */
    void rehearse() {
        long interval = TimeUnit.SECONDS.toNanos(1) / BroadcastOptions.REHEARSAL_RATE;
        long began = System.nanoTime();
        for (int i = 0; i < BroadcastOptions.REHEARSAL_MESSAGES; i++) {
            parkUntil(began + i * interval);
            post(new BroadcastMessage(i, System.nanoTime()));
        }
    }

    /** Sends all messages in time, waits until they are out, and prints the figures. */
    void broadcast() {
        Memory connected = Memory.settled();
        connected.print("connected");
        System.out.println("connections " + connections.size());
        forgetRehearsal();
        peak = connected;
        long interval = TimeUnit.SECONDS.toNanos(1) / options.rate;
        int warmup = options.warmupMessages();
        long began = System.nanoTime();
        beganNanos = began + warmup * interval;
        for (int i = 0; i < warmup + options.messages(); i++) {
            parkUntil(began + i * interval);
            if (i >= warmup) {
                lateNanosMax = Math.max(lateNanosMax, System.nanoTime() - began - i * interval);
            }
            post(new BroadcastMessage(i - warmup, System.nanoTime()));
            sample();
        }
        drain();
        printFigures();
    }

    private synchronized void forgetRehearsal() {
        ends.clear();
        dropped.reset();
        firstDroppedNanos = 0;
        lastDroppedNanos = 0;
    }

    private static void parkUntil(long nanos) {
        for (long left; (left = nanos - System.nanoTime()) > 0; ) {
            LockSupport.parkNanos(left);
        }
    }

    private void post(BroadcastMessage message) {
        try (WebSocketPayload payload = WebSocketPayload.binary(message.encode(options.bytes))) {
            for (WebSocketConnection ws : connections) {
                ws.post(payload);
            }
        }
    }

    private long sample() {
        long all = 0;
        for (WebSocketConnection ws : connections) {
            long each = ws.queuedBytes();
            all += each;
            queuedMaxEach = Math.max(queuedMaxEach, each);
        }
        queuedMaxAll = Math.max(queuedMaxAll, all);
        peak = peak.max(Memory.now());
        return all;
    }

    private void drain() {
        long until = System.nanoTime() + DRAIN_MAX.toNanos();
        while (sample() > 0 && System.nanoTime() < until) {
            LockSupport.parkNanos(TimeUnit.MILLISECONDS.toNanos(10));
        }
    }

    private void printFigures() {
        System.out.println("queued.each " + queuedMaxEach);
        System.out.println("queued.all " + queuedMaxAll);
        System.out.println("late.us " + TimeUnit.NANOSECONDS.toMicros(lateNanosMax));
        System.out.println("dropped.messages " + dropped.sum());
        printSinceBegin("dropped.first.ms", firstDroppedNanos);
        printSinceBegin("dropped.last.ms", lastDroppedNanos);
        peak.print("peak");
        Memory.settled().print("after");
        printEnds("ends");
    }

    private void printSinceBegin(String name, long nanos) {
        if (nanos != 0) {
            System.out.println(name + " " + TimeUnit.NANOSECONDS.toMillis(nanos - beganNanos));
        }
    }

    void printEnds(String when) {
        ends.forEach((end, count) -> System.out.println(when + end + " " + count.sum()));
    }

    /** Whether all had ended. */
    boolean shutdown(Duration grace) throws InterruptedException {
        listener.close().sync();
        return server.shutdown(grace, grace);
    }
}
