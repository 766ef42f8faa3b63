package io.tardy.bench;

import io.tardy.TardyRuntime;
import io.tardy.websocket.WebSocketClient;
import io.tardy.websocket.WebSocketConnection;
import java.io.IOException;
import java.net.URI;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.ToLongFunction;
import java.util.stream.LongStream;
import org.HdrHistogram.Histogram;

/**
 * The clients of a broadcast: a frame each. The silent ones take nothing until they are told to
 * look whether they were dropped.
 */
final class BroadcastClients {

    private static final int CONNECTING_MAX = 64;
    private static final int SIGNIFICANT_DIGITS = 3;
    private static final Duration END_WITHIN = Duration.ofSeconds(10);

    private final URI uri;
    private final int readersWanted;
    private final int silentWanted;
    private final int runtimes;
    private final int bytes;
    private final long first;
    private final long end;
    private final WebSocketClient client =
            WebSocketClient.builder().handshakeTimeout(Duration.ofSeconds(60)).build();

    private final CountDownLatch connected;
    private final CountDownLatch silentEnded;
    private final CompletableFuture<Void> look = new CompletableFuture<>();
    private final AtomicInteger silentDropped = new AtomicInteger();
    private final List<BroadcastReader> readers = Collections.synchronizedList(new ArrayList<>());
    private final List<Histogram> latencies = new CopyOnWriteArrayList<>();
    private final List<Exception> failures = new CopyOnWriteArrayList<>();

    /**
     * @param first the number of the first message
     * @param end the number behind the last that readers want; they close then
     */
    BroadcastClients(
            int port,
            int readers,
            int silent,
            int runtimes,
            BroadcastOptions options,
            long first,
            long end) {
        this.uri = URI.create("ws://127.0.0.1:" + port + "/reader");
        this.readersWanted = readers;
        this.silentWanted = silent;
        this.runtimes = runtimes;
        this.bytes = options.bytes;
        this.first = first;
        this.end = end;
        this.connected = new CountDownLatch(readers + silent);
        this.silentEnded = new CountDownLatch(silent);
    }

    /** On each runtime: its share of them. */
    void start(TardyRuntime rt) {
        Histogram latency = new Histogram(SIGNIFICANT_DIGITS);
        latencies.add(latency);
        int step = runtimes * CONNECTING_MAX;
        for (int i = rt.id(); i < step; i += runtimes) {
            int begin = i;
            rt.spawn(
                    () -> {
                        for (int n = begin; n < readersWanted; n += step) {
                            startReader(rt, latency);
                        }
                    });
        }
        rt.spawn(
                () -> {
                    for (int n = rt.id(); n < silentWanted; n += runtimes) {
                        startSilent(rt);
                    }
                });
    }

    private void startReader(TardyRuntime rt, Histogram latency) {
        try {
            WebSocketConnection ws = client.connect(uri);
            BroadcastReader reader = new BroadcastReader(bytes, first, end, latency);
            readers.add(reader);
            rt.spawn("reader", () -> read(reader, ws));
        } catch (IOException e) {
            fail(e);
        } finally {
            connected.countDown();
        }
    }

    private void read(BroadcastReader reader, WebSocketConnection ws) {
        try {
            reader.run(ws);
        } catch (IOException e) {
            fail(e);
        }
    }

    private void startSilent(TardyRuntime rt) {
        try {
            SilentPeer peer = SilentPeer.connect(uri.getPort(), "/silent");
            rt.spawn("silent", () -> staySilent(rt, peer));
        } catch (IOException e) {
            fail(e);
        } finally {
            connected.countDown();
        }
    }

    private void staySilent(TardyRuntime rt, SilentPeer peer) throws Exception {
        try (peer) {
            rt.await(look);
            if (peer.awaitEnd(END_WITHIN)) {
                silentDropped.incrementAndGet();
            }
        } finally {
            silentEnded.countDown();
        }
    }

    private void fail(Exception failure) {
        failures.add(failure);
    }

    /** Returns when all are connected, or have failed. */
    void awaitConnected() throws InterruptedException {
        connected.await();
    }

    /** How many of the silent ones found that their connection was ended. */
    int lookForDropped() throws InterruptedException {
        look.complete(null);
        silentEnded.await();
        return silentDropped.get();
    }

    List<Exception> failures() {
        return failures;
    }

    LongStream each(ToLongFunction<BroadcastReader> figure) {
        return readers.stream().mapToLong(figure);
    }

    int readers() {
        return readers.size();
    }

    /** Once all frames have ended. */
    Histogram latencyNanos() {
        Histogram all = new Histogram(SIGNIFICANT_DIGITS);
        latencies.forEach(all::add);
        return all;
    }
}
