package io.tardy.bench;

import java.util.ArrayList;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import org.openjdk.jmh.results.RunResult;

/** The figures of goals, of each round, and their medians as a table. */
final class Ratios {

    private final Map<Goal, List<Double>> figures = new LinkedHashMap<>();

    void add(Goal goal, Collection<RunResult> results) {
        figures.computeIfAbsent(goal, g -> new ArrayList<>()).add(goal.of(results));
    }

    boolean areMet() {
        return figures.entrySet().stream().allMatch(e -> e.getKey().isMetBy(median(e.getValue())));
    }

    private static double median(List<Double> figures) {
        double[] sorted = figures.stream().mapToDouble(d -> d).sorted().toArray();
        int middle = sorted.length / 2;
        return sorted.length % 2 == 1 ? sorted[middle] : (sorted[middle - 1] + sorted[middle]) / 2;
    }

    /** As a page has it. */
    @Override
    public String toString() {
        StringBuilder table = new StringBuilder("| | goal | median | rounds |\n");
        table.append("| --- | --- | --- | --- |\n");
        figures.forEach((goal, all) -> table.append(line(goal, all)));
        return table.toString();
    }

    private static String line(Goal goal, List<Double> all) {
        double median = median(all);
        return String.format(
                Locale.ROOT,
                goal.isRatio()
                        ? "| %s | ≥ %.2f × %s | %s%.2f | %s |%n"
                        : "| %s | < %.2f s%s | %s%.2f s | %s |%n",
                goal.name(),
                goal.bound(),
                goal.isRatio() ? goal.other() : "",
                goal.isMetBy(median) ? "" : "missed: ",
                median,
                rounds(all));
    }

    private static String rounds(List<Double> all) {
        return String.join(
                ", ", all.stream().map(d -> String.format(Locale.ROOT, "%.2f", d)).toList());
    }
}
