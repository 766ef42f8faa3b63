package io.tardy.bench;

import java.util.LongSummaryStatistics;
import java.util.Map;
import java.util.stream.Collectors;
import org.HdrHistogram.Histogram;

/** What a broadcast came to, and what had to hold. */
final class BroadcastReport {

    private static final double MEBIBYTE = 1024.0 * 1024;
    private static final double NANOS_PER_MS = 1e6;

    private final BroadcastOptions options;
    private final BroadcastClients clients;
    private final Map<String, Long> figures;
    private final LongSummaryStatistics received;
    private final long outOfOrder;
    private final long damaged;
    private final long closedBy1001;

    /**
     * @param figures what the server told
     */
    BroadcastReport(BroadcastOptions options, BroadcastClients clients, Map<String, Long> figures) {
        this.options = options;
        this.clients = clients;
        this.figures = figures;
        this.received = clients.each(BroadcastReader::received).summaryStatistics();
        this.outOfOrder = clients.each(BroadcastReader::outOfOrder).sum();
        this.damaged = clients.each(BroadcastReader::damaged).sum();
        this.closedBy1001 =
                clients.each(BroadcastReader::closeCode).filter(code -> code == 1001).count();
    }

    private long figure(String name) {
        return figures.getOrDefault(name, 0L);
    }

    void print() {
        clients.failures().stream().limit(5).forEach(e -> System.out.println("client: " + e));
        row(
                "received",
                "%d to %d of %d by each of %d readers, %d in all; out of order %d, damaged %d"
                        .formatted(
                                received.getMin(),
                                received.getMax(),
                                options.messages(),
                                clients.readers(),
                                received.getSum(),
                                outOfOrder,
                                damaged));
        row("closed", "readers that saw 1001: " + closedBy1001 + "; the server's side: " + ends());
        row(
                "dropped",
                "%.1f to %.1f s after the beginning"
                        .formatted(
                                figure("dropped.first.ms") / 1e3, figure("dropped.last.ms") / 1e3));
        printLatency(clients.latencyNanos());
        row(
                "queued",
                "at most %d B for one connection (bound %d), %d B for all together"
                        .formatted(
                                figure("queued.each"),
                                options.queueBytesMax,
                                figure("queued.all")));
        System.out.printf(
                "%-10s %10s %10s %10s %12s%n", "server MiB", "RSS", "heap", "direct", "kernel TCP");
        memory("before");
        memory("connected");
        memory("peak");
        memory("after");
        memory("stopped");
    }

    /** How many ended with which code, readers and silent ones. */
    private String ends() {
        return figures.entrySet().stream()
                .filter(figure -> figure.getKey().startsWith("stopped/"))
                .map(
                        figure ->
                                figure.getKey().substring("stopped/".length()).replace('.', ' ')
                                        + ": "
                                        + figure.getValue())
                .collect(Collectors.joining(", "));
    }

    private static void row(String name, String text) {
        System.out.printf("%-10s %s%n", name, text);
    }

    private void printLatency(Histogram nanos) {
        row(
                "latency ms",
                "p50 %.1f, p99 %.1f, p99.9 %.1f, max %.1f; the broadcast itself at most %.1f late"
                        .formatted(
                                nanos.getValueAtPercentile(50) / NANOS_PER_MS,
                                nanos.getValueAtPercentile(99) / NANOS_PER_MS,
                                nanos.getValueAtPercentile(99.9) / NANOS_PER_MS,
                                nanos.getMaxValue() / NANOS_PER_MS,
                                figure("late.us") / 1e3));
    }

    private void memory(String when) {
        System.out.printf(
                "%-10s %10.1f %10.1f %10.1f %12.1f%n",
                when,
                figure(when + ".rss") / MEBIBYTE,
                figure(when + ".heap") / MEBIBYTE,
                figure(when + ".direct") / MEBIBYTE,
                figure(when + ".kernel") / MEBIBYTE);
    }

    void check(Claims claims, int readers, int silent, long rssMbMax) {
        claims.requireEqual(0, clients.failures().size(), "clients that failed");
        claims.requireEqual(readers + silent, figure("connections"), "connections at the begin");
        claims.requireEqual(readers, clients.readers(), "readers");
        claims.requireEqual(options.messages(), received.getMin(), "received by the unluckiest");
        claims.requireEqual(options.messages(), received.getMax(), "received by the luckiest");
        claims.requireEqual(0, outOfOrder, "out of order");
        claims.requireEqual(0, damaged, "damaged");
        claims.requireEqual(readers, closedBy1001, "readers closed with 1001 at the end");
        claims.requireEqual(
                silent, figure("ends/silent.1013"), "silent ones dropped by policy, with 1013");
        claims.requireEqual(0, figure("ends/reader.1013"), "readers dropped");
        claims.require(
                figure("queued.each") <= options.queueBytesMax,
                "no queue exceeds its bound: " + figure("queued.each"));
        claims.require(
                figure("peak.rss") <= rssMbMax * (long) MEBIBYTE,
                "the server's memory stays below " + rssMbMax + " MiB");
        claims.requireEqual(1, figure("shutdown"), "the server had all ended");
    }
}
