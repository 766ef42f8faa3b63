package io.tardy.bench;

import io.tardy.bench.IdleServer.Held;
import io.tardy.bench.IdleServer.Objects;
import java.io.IOException;
import java.nio.channels.SocketChannel;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Callable;
import java.util.function.ToDoubleFunction;
import java.util.stream.Stream;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/**
 * What an idle connection of a server costs it in memory: resident bytes of its process, and
 * objects of its heap, beside those of other servers in the same run. Memory of the kernel does not
 * count.
 *
 * <p>Each round starts each server anew, in turn. A warm-up opens and closes connections before, so
 * that the code is compiled, and the stacks are short. But then the heap has touched memory that is
 * free again, so what is resident grows by less than what is held: compare the heaps.
 */
@Command(
        name = "idle",
        description = "What an idle connection of an echo server costs it in memory.",
        mixinStandardHelpOptions = true)
final class IdleCommand implements Callable<Integer> {

    private static final int ROUND_SECONDS = 60;
    private static final int BATCH = 500;
    private static final String OURS = "server";

    @Parameters(
            paramLabel = "COMMAND",
            description =
                    "The command of an echo server on the JVM, with {port} where the port belongs;"
                            + " default: ./tardy echo on one runtime.")
    private List<String> server =
            List.of(script().toString(), "echo", "--runtimes", "1", "--port", "{port}");

    @Option(
            names = "--peer",
            paramLabel = "NAME=COMMAND",
            description = "Another one, measured in turn. May be given several times.")
    private Map<String, String> peers = new LinkedHashMap<>();

    @Option(names = "--connections", description = "How many are open (default: 10000).")
    private int connections = 10_000;

    @Option(
            names = "--warm-up",
            description =
                    "How many are opened and closed before; 20000 have the code compiled (default:"
                            + " 0).")
    private int warmUp = 0;

    @Option(names = "--rounds", description = "How many rounds (default: 3).")
    private int rounds = 3;

    @Option(
            names = "--bytes-max",
            description =
                    "The most resident memory that a connection of the server may take (default:"
                            + " 2048).")
    private long bytesMax = 2048;

    @Option(
            names = "--classes",
            description = "List so many classes that a connection has most bytes of.")
    private int classes = 0;

    /** What one more connection costs a server. */
    private record Cost(double residentBytes, double heapBytes, double objects) {}

    @Override
    public Integer call() throws Exception {
        Map<String, List<String>> commands = new LinkedHashMap<>();
        commands.put(OURS, server);
        peers.forEach((name, command) -> commands.put(name, List.of(command.strip().split(" +"))));
        Watchdog.start(Duration.ofSeconds((long) ROUND_SECONDS * rounds * commands.size()));

        Map<String, List<Cost>> costs = new LinkedHashMap<>();
        for (int round = 1; round <= rounds; round++) {
            for (Map.Entry<String, List<String>> command : commands.entrySet()) {
                Cost cost = measure(command.getValue(), round == rounds ? classes : 0);
                costs.computeIfAbsent(command.getKey(), name -> new ArrayList<>()).add(cost);
                print("round " + round, command.getKey(), cost);
            }
        }
        Map<String, Cost> medians = new LinkedHashMap<>();
        costs.forEach((name, all) -> medians.put(name, median(all)));
        medians.forEach((name, cost) -> print("median", name, cost));

        Claims claims = new Claims();
        double ours = medians.get(OURS).residentBytes();
        claims.require(ours <= bytesMax, "a connection takes at most " + bytesMax + " B");
        for (String peer : peers.keySet()) {
            claims.require(
                    ours < medians.get(peer).residentBytes(),
                    "a connection takes less than one of " + peer);
        }
        return claims.status();
    }

    private Cost measure(List<String> command, int classesShown)
            throws IOException, InterruptedException {
        List<SocketChannel> opened = List.of();
        try (IdleServer running = IdleServer.start(command)) {
            for (int left = warmUp; left > 0; left -= BATCH) {
                for (SocketChannel channel : running.open(Math.min(left, BATCH))) {
                    channel.close();
                }
            }
            Held before = running.held();
            opened = running.open(connections);
            Held after = running.held();
            if (classesShown > 0) {
                printClasses(before, after, classesShown);
            }
            Objects objects = after.objects().minus(before.objects());
            long resident = after.residentBytes() - before.residentBytes();
            return new Cost(
                    (double) resident / connections,
                    (double) objects.bytes() / connections,
                    (double) objects.count() / connections);
        } finally {
            for (SocketChannel channel : opened) {
                channel.close();
            }
        }
    }

    private void printClasses(Held before, Held after, int shown) {
        Map<String, Objects> grown = new HashMap<>(after.classes());
        before.classes()
                .forEach((name, count) -> grown.computeIfPresent(name, (n, a) -> a.minus(count)));
        grown.entrySet().stream()
                .sorted(Comparator.comparingLong(entry -> -entry.getValue().bytes()))
                .limit(shown)
                .forEach(
                        entry ->
                                System.out.printf(
                                        "  %8.1f B %6.2f %s%n",
                                        (double) entry.getValue().bytes() / connections,
                                        (double) entry.getValue().count() / connections,
                                        entry.getKey()));
    }

    private static void print(String when, String name, Cost cost) {
        System.out.printf(
                "%s: %s %.0f B resident, %.0f B of heap in %.1f objects a connection%n",
                when, name, cost.residentBytes(), cost.heapBytes(), cost.objects());
    }

    private static Cost median(List<Cost> costs) {
        return new Cost(
                median(costs.stream(), Cost::residentBytes),
                median(costs.stream(), Cost::heapBytes),
                median(costs.stream(), Cost::objects));
    }

    private static double median(Stream<Cost> costs, ToDoubleFunction<Cost> figure) {
        double[] sorted = costs.mapToDouble(figure).sorted().toArray();
        int middle = sorted.length / 2;
        return sorted.length % 2 == 1 ? sorted[middle] : (sorted[middle - 1] + sorted[middle]) / 2;
    }

    /** The script of the examples, from this module's {@code target/tardy-bench.jar}. */
    private static Path script() {
        return Path.of(System.getProperty("java.class.path"))
                .toAbsolutePath()
                .resolve("../../../tardy")
                .normalize();
    }
}
