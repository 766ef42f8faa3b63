package io.tardy.bench;

import io.tardy.Tardy;
import io.tardy.TardyEntry;
import io.tardy.Threading;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/**
 * A broadcast to many WebSockets, some of which never read: the readers get every message in order,
 * the silent ones are dropped by the policy of their queue, and memory stays bounded. Server and
 * clients are two processes.
 */
@Command(
        name = "broadcast",
        description = "A broadcast to many WebSockets, some of which never read.",
        mixinStandardHelpOptions = true)
final class BroadcastCommand implements Callable<Integer> {

    /** For connecting, for the end, and for a machine that is busy. */
    private static final int SPARE_SECONDS = 150;

    private static final Duration END_WITHIN = Duration.ofSeconds(30);

    @Mixin private BroadcastOptions options;

    @Option(names = "--connections", description = "How many, all together (default: 10000).")
    private int connections = 10_000;

    @Option(names = "--silent", description = "How many of them never read (default: 100).")
    private int silent = 100;

    @Option(names = "--client-runtimes", description = "Runtimes of the clients (default: 1).")
    private int clientRuntimes = 1;

    @Option(
            names = "--rss-mb-max",
            description = "The most memory that the server may take (default: 768).")
    private long rssMbMax = 768;

    @Override
    public Integer call() throws Exception {
        Watchdog.start(Duration.ofSeconds(options.warmupSeconds + options.seconds + SPARE_SECONDS));
        List<String> arguments = new ArrayList<>(List.of("broadcast-server"));
        arguments.addAll(options.toArguments());
        try (ServerProcess server =
                        ServerProcess.start(
                                ServerProcess.ofThisJar(arguments.toArray(String[]::new)));
                Tardy tardy = options.tardy().threading(Threading.multi(clientRuntimes)).build()) {
            return run(server, tardy);
        }
    }

    private int run(ServerProcess server, Tardy tardy) throws Exception {
        rehearse(server, tardy);
        server.say("measure");
        Map<String, Long> figures = server.readFigures();
        BroadcastClients clients =
                new BroadcastClients(
                        server.port(),
                        connections - silent,
                        silent,
                        clientRuntimes,
                        options,
                        -options.warmupMessages(),
                        Long.MAX_VALUE);
        System.out.printf(
                "broadcast on %s: %d connections, %d of them silent, %d B %d times a second for %d"
                        + " s%n",
                server.transport(),
                connections,
                silent,
                options.bytes,
                options.rate,
                options.seconds);
        TardyEntry entry = tardy.entryInNewThread(clients, (rt, all) -> all.start(rt));
        clients.awaitConnected();
        server.say("go " + connections);
        figures.putAll(server.readFigures());
        int silentEnded = clients.lookForDropped();
        server.say("stop");
        figures.putAll(server.readFigures());
        boolean isEnded = entry.await(END_WITHIN);

        BroadcastReport report = new BroadcastReport(options, clients, figures);
        report.print();
        Claims claims = new Claims();
        claims.require(isEnded, "the clients' frames end with their connections");
        claims.requireEqual(silent, silentEnded, "silent ones whose connection was ended");
        report.check(claims, connections - silent, silent, rssMbMax);
        return claims.status();
    }

    private void rehearse(ServerProcess server, Tardy tardy) throws Exception {
        BroadcastClients few =
                new BroadcastClients(
                        server.port(),
                        BroadcastOptions.REHEARSAL_CONNECTIONS,
                        0,
                        clientRuntimes,
                        options,
                        0,
                        BroadcastOptions.REHEARSAL_MESSAGES);
        TardyEntry entry = tardy.entryInNewThread(few, (rt, all) -> all.start(rt));
        few.awaitConnected();
        server.say("rehearse " + BroadcastOptions.REHEARSAL_CONNECTIONS);
        server.readFigures();
        entry.await();
    }
}
