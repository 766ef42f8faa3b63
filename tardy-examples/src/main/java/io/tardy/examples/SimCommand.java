package io.tardy.examples;

import io.tardy.examples.sim.Scenario;
import io.tardy.examples.sim.Scenarios;
import io.tardy.sim.Sim;
import io.tardy.sim.SimFailedError;
import io.tardy.sim.SimOptions;
import io.tardy.sim.SimReport;
import io.tardy.sim.faults.Faults;
import java.io.BufferedWriter;
import java.io.IOException;
import java.io.OutputStreamWriter;
import java.io.UncheckedIOException;
import java.io.Writer;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.TreeMap;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.TypeConversionException;

/** Simulates the scenarios, a seed each. */
@Command(
        name = "sim",
        description =
                "Simulates whole systems in worlds full of faults. Each seed is one run, and the"
                        + " same seed is the same run.",
        mixinStandardHelpOptions = true)
final class SimCommand implements Callable<Integer> {

    /** No scenario needs as long, in virtual time. */
    private static final Duration TIME_LIMIT = Duration.ofHours(1);

    /** Nor as many steps. */
    private static final long STEP_LIMIT = 1_000_000;

    private static final int FAILURES_SHOWN = 3;

    private final Writer out =
            new BufferedWriter(new OutputStreamWriter(System.out, StandardCharsets.UTF_8));

    /** Which faults the simulated worlds have. */
    enum FaultChoice {
        NONE,
        ALL,
        SWARM
    }

    @Option(names = "--seeds", description = "How many seeds to run (default: 100).")
    private int seeds = 100;

    @Option(
            names = "--first",
            paramLabel = "S",
            description = "The first seed; each further one is the next number (default: 1).")
    private long first = 1;

    @Option(
            names = "--seed",
            paramLabel = "S",
            description = "Run this seed only; print its trace.")
    private Long seed;

    @Option(
            names = "--scenario",
            paramLabel = "NAME",
            description =
                    "Run this scenario only, not one for each seed: ${COMPLETION-CANDIDATES}.",
            completionCandidates = Names.class,
            converter = Names.class)
    private Scenario scenario;

    @Option(names = "--trace", description = "Print everything that happens.")
    private boolean trace;

    @Option(
            names = "--faults",
            paramLabel = "none|all|swarm",
            description = "None, all kinds, or for each seed some kinds of them (default: swarm).")
    private FaultChoice faults = FaultChoice.SWARM;

    private final TreeMap<String, SimTally> tallies = new TreeMap<>();
    private final List<String> failures = new ArrayList<>();
    private long passed;
    private long failed;

    @Override
    public Integer call() {
        if (seed != null) {
            first = seed;
            seeds = 1;
            trace = true;
        }
        // One after the other: at the same time they would meet at the JDK's own monitors. Who
        // waits
        // for one there is suspended, and what goes on meanwhile would differ from run to run.
        for (long current = first; current < first + seeds; current++) {
            run(current);
        }
        try {
            out.flush();
        } catch (IOException e) {
            throw new UncheckedIOException("the trace cannot be written", e);
        }
        if (!trace) {
            SimTally.print(tallies, System.out);
        }
        failures.forEach(System.err::println);
        System.out.println(passed + " passed, " + failed + " failed");
        return failed == 0 ? 0 : 1;
    }

    private void run(long current) {
        Scenario chosen = scenario == null ? Scenarios.of(current) : scenario;
        try {
            count(chosen.name(), Sim.run(current, options(), chosen::run));
        } catch (SimFailedError e) {
            fail(current, chosen.name(), e);
        }
    }

    private SimOptions options() {
        return SimOptions.defaults()
                .faults(faults == FaultChoice.NONE ? Faults.none() : Faults.all())
                .swarm(faults == FaultChoice.SWARM)
                .timeLimit(TIME_LIMIT)
                .stepLimit(STEP_LIMIT)
                .trace(trace ? out : null);
    }

    private void count(String name, SimReport report) {
        passed++;
        tallies.computeIfAbsent(name, key -> new SimTally()).add(report);
    }

    private void fail(long current, String name, SimFailedError failure) {
        failed++;
        if (failures.size() < FAILURES_SHOWN) {
            failures.add(
                    "%s: %s%n  here: ./tardy sim --seed %d --scenario %s --faults %s"
                            .formatted(
                                    name,
                                    failure.getMessage(),
                                    current,
                                    name,
                                    faults.name().toLowerCase(java.util.Locale.ROOT)));
        }
    }

    /** The scenarios by their names. */
    static final class Names
            implements picocli.CommandLine.ITypeConverter<Scenario>, Iterable<String> {

        @Override
        public Scenario convert(String value) {
            return Scenarios.all().stream()
                    .filter(known -> known.name().equals(value))
                    .findFirst()
                    .orElseThrow(
                            () ->
                                    new TypeConversionException(
                                            "'"
                                                    + value
                                                    + "' is no scenario: use one of "
                                                    + String.join(", ", this)));
        }

        @Override
        public java.util.Iterator<String> iterator() {
            return Scenarios.all().stream().map(Scenario::name).iterator();
        }
    }
}
