package io.tardy.examples.sim;

import static org.assertj.core.api.Assertions.assertThat;

import io.tardy.sim.Sim;
import io.tardy.sim.SimOptions;
import io.tardy.sim.faults.Faults;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** Every scenario holds, and is the same in every process. */
class ScenariosTest {

    private static final int SEEDS = 100;
    private static final long PATIENCE_SECONDS = 60;

    @TempDir private Path folder;

    static List<String> names() {
        return Scenarios.all().stream().map(Scenario::name).toList();
    }

    private static Scenario named(String name) {
        return Scenarios.all().stream()
                .filter(scenario -> scenario.name().equals(name))
                .findFirst()
                .orElseThrow();
    }

    @ParameterizedTest
    @MethodSource("names")
    void itHolds(String name) {
        Scenario scenario = named(name);
        SimOptions options =
                SimOptions.defaults()
                        .faults(Faults.all())
                        .swarm(true)
                        .timeLimit(Duration.ofHours(1))
                        .stepLimit(1_000_000);
        for (long seed = 1; seed <= SEEDS; seed++) {
            Sim.run(seed, options, scenario::run);
        }
    }

    @ParameterizedTest
    @MethodSource("names")
    void itHoldsWithoutFaults(String name) {
        for (long seed = 1; seed <= 10; seed++) {
            Sim.run(seed, named(name)::run);
        }
    }

    @ParameterizedTest
    @MethodSource("names")
    void itsTraceIsTheSameInAnotherProcess(String name) throws Exception {
        Process first = simulate(name, "first");
        Process second = simulate(name, "second");
        String trace = traceOf(first, "first");
        assertThat(traceOf(second, "second")).isEqualTo(trace);
        assertThat(trace).contains("1 passed, 0 failed");
        assertThat(trace.lines()).hasSizeGreaterThan(50);
        assertThat(trace).contains(traceHere(name));
    }

    /** After all that was simulated here before: nothing static may have changed it. */
    private static String traceHere(String name) {
        StringBuilder trace = new StringBuilder();
        SimOptions options = SimOptions.defaults().faults(Faults.all()).swarm(true).trace(trace);
        Sim.run(7, options, named(name)::run);
        return trace.toString();
    }

    private Process simulate(String name, String file) throws IOException {
        Path java = Path.of(System.getProperty("java.home"), "bin", "java");
        return new ProcessBuilder(
                        java.toString(),
                        "-XX:TieredStopAtLevel=1",
                        "--add-opens",
                        "java.base/java.lang=ALL-UNNAMED",
                        "--enable-native-access=ALL-UNNAMED",
                        "-cp",
                        System.getProperty("java.class.path"),
                        "io.tardy.examples.Main",
                        "sim",
                        "--seed",
                        "7",
                        "--scenario",
                        name,
                        "--trace")
                .redirectErrorStream(true)
                .redirectOutput(folder.resolve(file).toFile())
                .start();
    }

    private String traceOf(Process process, String file) throws Exception {
        try {
            assertThat(process.waitFor(PATIENCE_SECONDS, TimeUnit.SECONDS)).isTrue();
        } finally {
            process.destroyForcibly();
        }
        return Files.readString(folder.resolve(file));
    }
}
