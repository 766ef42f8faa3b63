package io.tardy.bench;

import io.tardy.bench.TlsRateServerCommand.Kind;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.InetAddress;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.EnumMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.concurrent.Callable;
import java.util.concurrent.atomic.AtomicReference;
import java.util.concurrent.atomic.LongAdder;
import javax.net.ssl.SSLContext;
import javax.net.ssl.SSLSocket;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/**
 * An echo behind TLS on our sockets beside the same on a {@code FrameChannel} behind Netty's
 * handler, on the same transport and with the same engines: how many bytes go through for a second
 * of the server's CPU. Each server is a process of its own, and they take turns.
 */
@Command(
        name = "tls-rate",
        description =
                "Bytes of an echo behind TLS for a second of the server's CPU: a Socket beside a"
                        + " FrameChannel. Pin the clients too: taskset -c 1 tardy-bench/run"
                        + " tls-rate --cpu 0",
        mixinStandardHelpOptions = true)
final class TlsRateCommand implements Callable<Integer> {

    private static final int SPARE_SECONDS = 60;

    @Mixin private TransportOption transport;

    @Option(names = "--connections", description = "How many (default: 64).")
    private int connections = 64;

    @Option(
            names = "--bytes",
            split = ",",
            description = "Length of a message; several take turns (default: 64,16384).")
    private List<Integer> sizes = List.of(64, 16 * 1024);

    @Option(names = "--rounds", description = "Turns of each server (default: 8).")
    private int rounds = 8;

    @Option(names = "--seconds", description = "Of a turn (default: 3).")
    private int seconds = 3;

    @Option(names = "--warm", description = "Seconds of load on each before (default: 12).")
    private int warmSeconds = 12;

    @Option(names = "--cpu", description = "Pin the servers to it, with taskset.")
    private Integer cpu;

    @Option(
            names = "--goal",
            description = "The least ratio of the medians that is enough (default: 0).")
    private double goal = 0;

    private SSLContext context;

    @Override
    public Integer call() throws Exception {
        long turns = 2L * sizes.size() * (warmSeconds + (long) rounds * seconds);
        Watchdog.start(Duration.ofSeconds(SPARE_SECONDS + 2 * turns));
        Path folder = Files.createTempDirectory("tls-rate");
        Map<Kind, ServerProcess> servers = new EnumMap<>(Kind.class);
        try {
            context = TlsKeys.makeIn(folder).context();
            for (Kind kind : Kind.values()) {
                servers.put(kind, ServerProcess.start(command(kind, folder)));
            }
            Claims claims = new Claims();
            for (int size : sizes) {
                claims.require(
                        compare(servers, size) >= goal,
                        "with " + size + " B, a Socket does at least " + goal + " of a channel");
            }
            return claims.status();
        } finally {
            for (ServerProcess server : servers.values()) {
                server.close();
            }
            try (var files = Files.list(folder)) {
                for (Path file : files.toList()) {
                    Files.delete(file);
                }
            }
            Files.delete(folder);
        }
    }

    private List<String> command(Kind kind, Path folder) {
        List<String> command = new ArrayList<>();
        if (cpu != null) {
            command.addAll(List.of("taskset", "-c", cpu.toString()));
        }
        command.addAll(
                ServerProcess.ofThisJar(
                        "tls-rate-server",
                        "--transport",
                        transport.type().label(),
                        "--kind",
                        kind.name(),
                        "--keys",
                        folder.toString()));
        return command;
    }

    /** Prints the rates of both with messages of one size; the ratio of their medians. */
    private double compare(Map<Kind, ServerProcess> servers, int size) throws Exception {
        for (ServerProcess server : servers.values()) {
            rate(server, size, warmSeconds);
        }
        Map<Kind, List<Double>> rates = new EnumMap<>(Kind.class);
        for (int round = 0; round < rounds; round++) {
            for (Map.Entry<Kind, ServerProcess> server : servers.entrySet()) {
                rates.computeIfAbsent(server.getKey(), kind -> new ArrayList<>())
                        .add(rate(server.getValue(), size, seconds));
            }
        }
        double socket = median(rates.get(Kind.SOCKET));
        double channel = median(rates.get(Kind.FRAME_CHANNEL));
        System.out.printf(
                Locale.ROOT,
                "%s, %d connections, messages of %d B: Socket %.2f MiB for a second of CPU %s,"
                        + " FrameChannel %.2f %s: ratio %.3f%n",
                servers.get(Kind.SOCKET).transport(),
                connections,
                size,
                socket,
                extent(rates.get(Kind.SOCKET)),
                channel,
                extent(rates.get(Kind.FRAME_CHANNEL)),
                socket / channel);
        return socket / channel;
    }

    private static double median(List<Double> figures) {
        double[] sorted = figures.stream().mapToDouble(d -> d).sorted().toArray();
        int middle = sorted.length / 2;
        return sorted.length % 2 == 1 ? sorted[middle] : (sorted[middle - 1] + sorted[middle]) / 2;
    }

    private static String extent(List<Double> figures) {
        return String.format(
                Locale.ROOT, "(%.2f to %.2f)", Collections.min(figures), Collections.max(figures));
    }

    /** MiB that came back, for each second of CPU that the server took for them. */
    private double rate(ServerProcess server, int size, int forSeconds) throws Exception {
        LongAdder back = new LongAdder();
        AtomicReference<Exception> failure = new AtomicReference<>();
        Duration before = server.cpu();
        long end = System.nanoTime() + Duration.ofSeconds(forSeconds).toNanos();
        List<Thread> clients = new ArrayList<>();
        for (int i = 0; i < connections; i++) {
            clients.add(
                    Thread.ofVirtual()
                            .start(
                                    () -> {
                                        try {
                                            talk(server.port(), size, end, back);
                                        } catch (Exception e) {
                                            failure.compareAndSet(null, e);
                                        }
                                    }));
        }
        for (Thread client : clients) {
            client.join();
        }
        if (failure.get() != null) {
            throw failure.get();
        }
        double cpuSeconds = server.cpu().minus(before).toNanos() / 1e9;
        return back.sum() / cpuSeconds / (1 << 20);
    }

    private void talk(int port, int size, long end, LongAdder back) throws IOException {
        byte[] message = new byte[size];
        try (SSLSocket socket =
                (SSLSocket)
                        context.getSocketFactory()
                                .createSocket(InetAddress.getLoopbackAddress(), port)) {
            socket.setTcpNoDelay(true);
            OutputStream out = socket.getOutputStream();
            InputStream in = socket.getInputStream();
            while (System.nanoTime() < end) {
                out.write(message);
                if (in.readNBytes(message, 0, size) < size) {
                    throw new IOException("the server has ended a connection");
                }
                back.add(size);
            }
        }
    }
}
