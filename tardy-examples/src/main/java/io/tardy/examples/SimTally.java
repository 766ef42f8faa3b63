package io.tardy.examples;

import io.tardy.sim.SimReport;
import java.io.PrintStream;
import java.time.Duration;
import java.util.Map;
import java.util.TreeMap;

/** What the runs of one scenario have come to. */
final class SimTally {

    private final Map<String, Long> reached = new TreeMap<>();
    private long runs;
    private long steps;
    private long events;
    private Duration virtual = Duration.ZERO;
    private Duration real = Duration.ZERO;

    void add(SimReport report) {
        runs++;
        steps += report.steps();
        events += report.events();
        virtual = virtual.plus(report.virtualTime());
        real = real.plus(report.realTime());
        report.reached().forEach((name, count) -> reached.merge(name, count, Long::sum));
    }

    private void add(SimTally other) {
        runs += other.runs;
        steps += other.steps;
        events += other.events;
        virtual = virtual.plus(other.virtual);
        real = real.plus(other.real);
        other.reached.forEach((name, count) -> reached.merge(name, count, Long::sum));
    }

    /** A line for each scenario, one for all, and the faults that were reached. */
    static void print(Map<String, SimTally> tallies, PrintStream out) {
        out.printf(
                "%-16s %6s %10s %10s %8s %9s%n",
                "scenario", "runs", "virtual s", "steps", "ms/run", "events/s");
        SimTally all = new SimTally();
        tallies.forEach(
                (name, tally) -> {
                    out.println(tally.line(name));
                    all.add(tally);
                });
        out.println(all.line("all"));
        out.println("faults reached:");
        all.reached.forEach((name, count) -> out.printf("  %9d  %s%n", count, name));
    }

    private String line(String name) {
        double seconds = Math.max(1, real.toNanos()) / 1e9;
        return String.format(
                java.util.Locale.ROOT,
                "%-16s %6d %10d %10d %8.1f %9.0f",
                name,
                runs,
                virtual.toSeconds(),
                steps,
                seconds * 1000 / Math.max(1, runs),
                events / seconds);
    }
}
