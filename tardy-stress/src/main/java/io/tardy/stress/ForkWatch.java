package io.tardy.stress;

import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;

/**
 * Ends each JVM of jcstress that takes far longer than a test does, and first prints what its
 * threads do: jcstress itself waits for ever. A test whose JVM was ended so has failed. None of
 * these JVMs outlives this one.
 */
final class ForkWatch implements AutoCloseable {

    private static final long LOOK_SECONDS = 2;

    /** How long the JVM may take to say what its threads do. */
    private static final long DUMP_SECONDS = 20;

    private final Duration limit;
    private final CountDownLatch over = new CountDownLatch(1);
    private final Thread thread = new Thread(this::watch, "fork watch");

    private ForkWatch(Duration limit) {
        this.limit = limit;
    }

    /**
     * @param limit how long a test may take
     */
    static ForkWatch start(Duration limit) {
        ForkWatch watch = new ForkWatch(limit);
        watch.thread.setDaemon(true);
        watch.thread.start();
        Runtime.getRuntime().addShutdownHook(new Thread(ForkWatch::endAll, "fork end"));
        return watch;
    }

    private static void endAll() {
        ProcessHandle.current().children().forEach(ProcessHandle::destroyForcibly);
    }

    private void watch() {
        try {
            while (!over.await(LOOK_SECONDS, TimeUnit.SECONDS)) {
                Instant latest = Instant.now().minus(limit);
                for (ProcessHandle fork : ProcessHandle.current().children().toList()) {
                    if (fork.info().startInstant().orElse(Instant.MAX).isBefore(latest)) {
                        end(fork);
                    }
                }
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    private void end(ProcessHandle fork) throws InterruptedException {
        System.out.println(
                "tardy-stress: process " + fork.pid() + " has not ended after " + limit + ":");
        try {
            dump(fork);
        } catch (IOException e) {
            System.out.println("tardy-stress: no dump of its threads: " + e);
        } finally {
            fork.destroyForcibly();
        }
    }

    private static void dump(ProcessHandle fork) throws IOException, InterruptedException {
        Path jcmd = Path.of(System.getProperty("java.home"), "bin", "jcmd");
        Process dump =
                new ProcessBuilder(jcmd.toString(), Long.toString(fork.pid()), "Thread.print")
                        .inheritIO()
                        .start();
        if (!dump.waitFor(DUMP_SECONDS, TimeUnit.SECONDS)) {
            System.out.println("tardy-stress: it does not say what its threads do");
            dump.destroyForcibly();
        }
    }

    @Override
    public void close() {
        over.countDown();
    }
}
