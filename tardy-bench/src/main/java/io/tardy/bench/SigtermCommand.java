package io.tardy.bench;

import io.tardy.Tardy;
import io.tardy.TardyEntry;
import io.tardy.Threading;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.concurrent.Callable;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/**
 * SIGTERM to a server under load: every WebSocket sees code 1001, what was acknowledged has
 * arrived, and the process ends in time. An answer of HTTP counts as acknowledged once it has
 * begun; a server that counts (see {@link SigtermServerCommand}) tells what it has taken besides.
 */
@Command(
        name = "sigterm",
        description =
                "SIGTERM to a server of HTTP and WebSocket under load. --transport is the"
                        + " clients'.",
        mixinStandardHelpOptions = true)
final class SigtermCommand implements Callable<Integer> {

    private static final int SPARE_SECONDS = 90;
    private static final Duration LATE_MAX = Duration.ofSeconds(20);
    private static final double NANOS_PER_SECOND = 1e9;

    @Parameters(
            description =
                    "The command of a server that says 'listening on HOST:PORT (...)'; default one"
                            + " of our own, which counts.")
    private List<String> server = ServerProcess.ofThisJar("sigterm-server");

    @Mixin private TransportOption transport;

    @Option(names = "--websockets", description = "WebSockets that talk (default: 1000).")
    private int websockets = 1000;

    @Option(names = "--http", description = "Connections of HTTP, beside wrk's (default: 64).")
    private int callers = 64;

    @Option(names = "--wrk", description = "Connections of wrk; 0 for none (default: 32).")
    private int wrkConnections = 32;

    @Option(names = "--silent", description = "WebSockets that answer nothing (default: 0).")
    private int silent = 0;

    @Option(names = "--silent-path", description = "What they connect to.")
    private String silentPath = "/rooms/silent?name=silent";

    @Option(
            names = "--told",
            description = "Somebody must be told that an answer of HTTP is the last.")
    private boolean told;

    @Option(names = "--seconds", description = "Load before the signal (default: 3).")
    private int seconds = 3;

    @Option(names = "--deadline", description = "Seconds after it (default: 5).")
    private int deadlineSeconds = 5;

    @Option(names = "--status", description = "The status that is expected (default: 0).")
    private int status = 0;

    @Option(names = "--seed", description = "For when who begins to talk.")
    private long seed = System.nanoTime();

    private Wrk wrk;

    @Override
    public Integer call() throws Exception {
        Watchdog.start(Duration.ofSeconds(seconds + deadlineSeconds + SPARE_SECONDS));
        try (ServerProcess process = ServerProcess.start(server);
                Tardy tardy =
                        Tardy.builder()
                                .async(transport.type())
                                .threading(Threading.single())
                                .build()) {
            return run(process, tardy);
        }
    }

    private int run(ServerProcess process, Tardy tardy) throws Exception {
        System.out.printf(
                "sigterm on %s: %d WebSockets that talk, %d that answer nothing, %d connections of"
                        + " HTTP and %d of wrk; seed %d%n",
                process.transport(), websockets, silent, callers, wrkConnections, seed);
        SigtermClients clients =
                new SigtermClients(
                        process.port(), websockets, callers, silent, silentPath, new Random(seed));
        TardyEntry entry = tardy.entryInNewThread(clients, (rt, all) -> all.start(rt));
        clients.awaitConnected();
        clients.begin();
        if (wrkConnections > 0) {
            wrk = Wrk.start(wrkConnections, process.port());
        }
        TimeUnit.SECONDS.sleep(seconds);

        CompletableFuture<Map<String, Long>> figures =
                CompletableFuture.supplyAsync(process::readFigures);
        clients.signalled();
        long signalled = System.nanoTime();
        process.terminate();
        boolean isOver = process.awaitExit(Duration.ofSeconds(deadlineSeconds).plus(LATE_MAX));
        double exitSeconds = (System.nanoTime() - signalled) / NANOS_PER_SECOND;
        if (wrk != null) {
            wrk.stop();
        }
        Claims claims = new Claims();
        claims.require(isOver, "the server ends");
        if (!isOver) {
            return claims.status();
        }
        claims.require(entry.await(LATE_MAX), "the clients' frames end with the server");
        System.out.printf("exit      status %d after %.2f s%n", process.status(), exitSeconds);
        claims.requireEqual(status, process.status(), "exit status");
        claims.require(exitSeconds <= deadlineSeconds, "the exit is within the deadline");
        checkClients(claims, clients);
        checkCounts(claims, clients, figures.get(SPARE_SECONDS, TimeUnit.SECONDS));
        return claims.status();
    }

    private void checkClients(Claims claims, SigtermClients clients) {
        RoomTally rooms = clients.rooms();
        System.out.printf(
                "WebSocket closed with %s; %d messages acknowledged, %d heard, %d out of order%n",
                rooms, rooms.acknowledged.sum(), rooms.heard.sum(), rooms.gaps.sum());
        HttpTally http = clients.http();
        System.out.printf(
                "HTTP      %d answered (%d said it was the last), %d truncated, %d wrong;"
                        + " connections ended before an answer: %d closed, %d reset%n",
                http.answered.sum(),
                http.last.sum(),
                http.truncated.sum(),
                http.wrong.sum(),
                http.closed.sum(),
                http.reset.sum());
        clients.failures().stream().limit(5).forEach(e -> System.out.println("client: " + e));
        claims.requireEqual(0, clients.failures().size(), "clients that failed");
        claims.requireEqual(websockets, rooms.closedWith(1001), "WebSockets that saw 1001");
        claims.requireEqual(0, rooms.early.sum(), "WebSockets that ended before the signal");
        claims.requireEqual(0, rooms.gaps.sum(), "messages out of order");
        claims.require(websockets == 0 || rooms.acknowledged.sum() > 0, "somebody was heard");
        claims.requireEqual(0, http.early.sum(), "connections that ended before the signal");
        claims.requireEqual(0, http.truncated.sum(), "answers that broke off");
        claims.requireEqual(0, http.wrong.sum(), "answers that were wrong");
        claims.require(callers == 0 || http.answered.sum() > 0, "somebody was answered");
        if (told) {
            claims.require(http.last.sum() > 0, "somebody was told that an answer is the last");
        }
        claims.requireEqual(silent, clients.silentEnded(), "silent WebSockets that were ended");
    }

    /** Of a server that counts. */
    private void checkCounts(Claims claims, SigtermClients clients, Map<String, Long> figures) {
        long wrkAnswered = wrk == null ? 0 : wrk.answered();
        if (wrk != null) {
            System.out.printf("wrk       %d answered, %d refused%n", wrkAnswered, wrk.refused());
            claims.require(wrkAnswered > 0, "wrk was answered");
            claims.requireEqual(0, wrk.refused(), "requests of wrk that were refused");
        }
        if (!figures.containsKey("requests")) {
            return;
        }
        System.out.printf(
                "server    %d requests taken, %d messages sent%n",
                figures.get("requests"), figures.get("sent"));
        claims.requireEqual(
                figures.get("requests"),
                clients.http().answered.sum() + wrkAnswered,
                "answers to the requests that the server has taken");
        claims.requireEqual(
                figures.get("sent"),
                clients.rooms().heard.sum(),
                "messages that arrived of those that the server has sent");
    }
}
