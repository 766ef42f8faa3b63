package io.tardy.bench;

import java.time.Duration;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/**
 * Loops, handlers, frames and threads of nobody's that all want the same locks, under load: no loop
 * and no runtime's frames may stand still for long, and all of them get on.
 */
@Command(
        name = "contend",
        description = "Loops, handlers, frames and other threads that want the same locks.",
        mixinStandardHelpOptions = true)
final class ContendCommand implements Callable<Integer> {

    /** Before it counts. */
    private static final long WARMUP_MS = 2000;

    private static final long LOOK_MS = 1000;

    /** For the end, and for a machine that is busy. */
    private static final int SPARE_SECONDS = 60;

    @Mixin private TransportOption transport;

    @Option(names = "--seconds", description = "For how long (default: 60).")
    private int seconds = 60;

    @Option(names = "--runtimes", description = "How many runtimes (default: 3).")
    private int runtimes = 3;

    @Option(names = "--frames", description = "Frames of each runtime (default: 4).")
    private int frames = 4;

    @Option(names = "--connections", description = "Echoed, of each runtime (default: 4).")
    private int connections = 4;

    @Option(names = "--threads", description = "Threads that are no runtime's (default: 2).")
    private int threads = 2;

    @Option(
            names = "--stand-max-ms",
            description = "How long a loop or a runtime's frames may stand (default: 1000).")
    private long standMsMax = 1000;

    @Override
    public Integer call() throws Exception {
        Watchdog.start(Duration.ofSeconds(seconds + SPARE_SECONDS));
        Contenders contenders = new Contenders(transport.type(), runtimes);
        contenders.start(frames, connections, threads);
        Thread.sleep(WARMUP_MS);
        contenders.begin();
        long began = System.nanoTime();
        for (int second = 0; second < seconds; second++) {
            Thread.sleep(LOOK_MS);
            contenders.look();
        }
        double took = (System.nanoTime() - began) / 1e9;
        boolean isEnded = contenders.stop();

        System.out.printf(
                "contend on %s: %d runtimes with %d frames and %d connections each, %d threads,"
                        + " %.1f s%n",
                contenders.transport(), runtimes, frames, connections, threads, took);
        Claims claims = new Claims();
        claims.require(isEnded, "all that was begun ends");
        contenders.report(claims, took, standMsMax);
        return claims.status();
    }
}
