package io.tardy.bench;

import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Callable;
import java.util.concurrent.TimeUnit;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/**
 * How long servers take from their start to their speed. Each is started anew in each round, and
 * loaded from the moment at which it accepts. The first round, in which the clients themselves get
 * their speed, is not counted.
 */
@Command(
        name = "warmup",
        description =
                "Seconds from a server's start, under load, to 90 % of its steady rate. Pin this"
                        + " program and the servers to a CPU each: taskset -c 1 tardy-bench/run"
                        + " warmup 'a=taskset -c 0 ./tardy echo --runtimes 1 --port {port}'",
        mixinStandardHelpOptions = true)
final class WarmupCommand implements Callable<Integer> {

    private static final int SPARE_SECONDS = 30;

    @Parameters(
            arity = "1..*",
            paramLabel = "NAME=COMMAND",
            description = "Servers; {port} in a command is where to listen, at 127.0.0.1.")
    private List<String> servers;

    @Option(names = "--http", description = "Send GET requests, not lines to be echoed.")
    private boolean isHttp;

    @Option(names = "--connections", description = "How many (default: 64).")
    private int connections = 64;

    @Option(names = "--bytes", description = "Length of an echoed message (default: 64).")
    private int bytes = 64;

    @Option(names = "--seconds", description = "How long each server runs (default: 12).")
    private int seconds = 12;

    @Option(names = "--rounds", description = "How many rounds are counted (default: 3).")
    private int rounds = 3;

    @Spec private CommandSpec spec;

    @Override
    public Integer call() throws Exception {
        Map<String, List<String>> commands = commands();
        Watchdog.start(
                Duration.ofSeconds(
                        (long) (rounds + 1) * commands.size() * (seconds + SPARE_SECONDS)));
        Map<String, List<Warmup>> all = new LinkedHashMap<>();
        for (int round = 0; round <= rounds; round++) {
            for (Map.Entry<String, List<String>> server : commands.entrySet()) {
                Warmup warmup = measure(server.getValue());
                System.out.printf("%-8s %-24s %s%n", label(round), server.getKey(), warmup);
                if (round > 0) {
                    all.computeIfAbsent(server.getKey(), name -> new ArrayList<>()).add(warmup);
                }
            }
        }
        all.forEach(
                (name, each) ->
                        System.out.printf("%-8s %-24s %s%n", "median", name, Warmup.median(each)));
        return 0;
    }

    private static String label(int round) {
        return round == 0 ? "warm-up" : "round " + round;
    }

    private Map<String, List<String>> commands() {
        Map<String, List<String>> commands = new LinkedHashMap<>();
        for (String server : servers) {
            int equals = server.indexOf('=');
            if (equals < 1 || !server.contains("{port}")) {
                throw new ParameterException(
                        spec.commandLine(),
                        "'" + server + "' is not NAME=COMMAND with {port} in the command");
            }
            commands.put(
                    server.substring(0, equals),
                    List.of("sh", "-c", "exec " + server.substring(equals + 1)));
        }
        return commands;
    }

    private Warmup measure(List<String> command) throws IOException, InterruptedException {
        int port = freePort();
        List<String> withPort =
                command.stream()
                        .map(word -> word.replace("{port}", Integer.toString(port)))
                        .toList();
        byte[] request =
                isHttp
                        ? "GET / HTTP/1.1\r\nHost: 127.0.0.1\r\n\r\n".getBytes()
                        : "x".repeat(bytes).getBytes();
        long began = System.nanoTime();
        Process process =
                new ProcessBuilder(withPort)
                        .redirectOutput(ProcessBuilder.Redirect.DISCARD)
                        .redirectError(ProcessBuilder.Redirect.INHERIT)
                        .start();
        Thread killer = new Thread(process::destroyForcibly);
        Runtime.getRuntime().addShutdownHook(killer);
        try (Exchanges exchanges = new Exchanges(port, connections, request, isHttp)) {
            return exchanges.run(began, TimeUnit.SECONDS.toNanos(seconds), process::isAlive);
        } finally {
            process.destroyForcibly().waitFor();
            Runtime.getRuntime().removeShutdownHook(killer);
        }
    }

    /** One that nothing listens at; a server of others cannot be asked which one it took. */
    private static int freePort() throws IOException {
        try (ServerSocket socket = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
            return socket.getLocalPort();
        }
    }
}
