package io.tardy.stress;

import io.tardy.channel.AnnouncementStress;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Comparator;
import java.util.List;
import java.util.stream.Stream;
import org.openjdk.jcstress.infra.Status;
import org.openjdk.jcstress.infra.collectors.DiskReadCollector;
import org.openjdk.jcstress.infra.collectors.InProcessCollector;
import org.openjdk.jcstress.infra.collectors.TestResult;

/**
 * Runs the tests in the working directory, for so short a time that every build can. Fails if one
 * does, if none has run, or if the canary was not caught: then the tests see nothing here.
 */
final class Main {

    /** What one test needs, and so what a machine must have. */
    private static final int CPUS = 2;

    /** On two processors the common pool would have one thread, where nothing can overlap. */
    private static final String JVM_FLAGS =
            "--add-opens java.base/java.lang=ALL-UNNAMED -XX:+ExitOnOutOfMemoryError"
                    + " -Djava.util.concurrent.ForkJoinPool.common.parallelism=2";

    private static final int ITERATIONS = 3;

    /**
     * Many times what a test takes beside its iterations, with the 20 s that are waited for who is
     * lost.
     */
    private static final Duration SLACK = Duration.ofMinutes(2);

    private static final String RESULTS = "jcstress-results-";

    private Main() {}

    /**
     * @param args which tests, as a regular expression, and the milliseconds of one iteration
     */
    public static void main(String[] args) throws Exception {
        if (Runtime.getRuntime().availableProcessors() < CPUS) {
            System.out.println("tardy-stress: not run, for it needs " + CPUS + " processors");
            return;
        }
        deleteResults();
        Duration iterations = Duration.ofMillis(Long.parseLong(args[1])).multipliedBy(ITERATIONS);
        try (ForkWatch _ = ForkWatch.start(iterations.plus(SLACK))) {
            org.openjdk.jcstress.Main.main(
                    new String[] {
                        "-t",
                        args[0],
                        "-time",
                        args[1],
                        "-iters",
                        Integer.toString(ITERATIONS),
                        "-f",
                        "1",
                        "-c",
                        Integer.toString(CPUS),
                        "-hs",
                        "256",
                        // One configuration of the JVM, and not each combination of its compilers.
                        "-sc",
                        "false",
                        "-af",
                        "NONE",
                        "-jvmArgs",
                        JVM_FLAGS,
                        "-r",
                        "jcstress"
                    });
        }
        check(results());
    }

    private static void check(List<TestResult> results) {
        if (results.isEmpty()) {
            throw new AssertionError("no test has run");
        }
        for (TestResult result : results) {
            if (result.status() != Status.NORMAL) {
                throw new AssertionError(result.getName() + ": " + result.status());
            }
            if (result.getName().equals(AnnouncementStress.Fenceless.class.getCanonicalName())
                    && result.getCount(AnnouncementStress.Fenceless.LOST) == 0) {
                throw new AssertionError("the canary without a fence lost no wake-up");
            }
        }
    }

    private static List<TestResult> results() throws IOException, ClassNotFoundException {
        InProcessCollector collector = new InProcessCollector();
        for (Path file : resultFiles()) {
            DiskReadCollector reader = new DiskReadCollector(file.toString(), collector);
            try {
                reader.dump();
            } finally {
                reader.close();
            }
        }
        return collector.getTestResults().stream()
                .sorted(Comparator.comparing(TestResult::getName))
                .toList();
    }

    private static void deleteResults() throws IOException {
        for (Path file : resultFiles()) {
            Files.delete(file);
        }
    }

    private static List<Path> resultFiles() throws IOException {
        try (Stream<Path> files = Files.list(Path.of(""))) {
            return files.filter(file -> file.getFileName().toString().startsWith(RESULTS)).toList();
        } catch (UncheckedIOException e) {
            throw e.getCause();
        }
    }
}
