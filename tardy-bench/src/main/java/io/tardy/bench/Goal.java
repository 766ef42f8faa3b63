package io.tardy.bench;

import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.regex.Pattern;
import org.openjdk.jmh.results.Result;
import org.openjdk.jmh.results.RunResult;

/**
 * How fast a step of ours has to be, compared with somebody else's, or with the clock.
 *
 * @param name what is measured
 * @param step the benchmarks' class
 * @param parameters of the two benchmarks
 * @param other the method that ours is compared with; empty for a limit of time
 * @param count how many steps the limit is for
 * @param bound how many times as fast as the other at least, or seconds at most
 */
record Goal(
        String name,
        String step,
        Map<String, String> parameters,
        String other,
        int count,
        double bound) {

    private static final String OURS = "frames";
    private static final int MILLION = 1_000_000;
    private static final double MILLIS_PER_SECOND = 1e3;
    private static final double NANOS_PER_SECOND = 1e9;

    static final List<Goal> ALL =
            List.of(
                    atLeast(3, "ping-pong of two", "PingPong", Map.of()),
                    atLeast(1, "spawn + join", "SpawnJoin", Map.of("width", "1")),
                    atLeast(1, "spawn 64 + join", "SpawnJoin", Map.of("width", "64")),
                    within(
                            1,
                            "1,000,000 × arm + cancel, beside 1,000,000 pending",
                            "Deadlines",
                            MILLION,
                            Map.of("pending", "1000000")),
                    within(
                            1,
                            "1,000,000 frames in a delay, then cancelled",
                            "MillionTimers",
                            1,
                            Map.of("count", "1000000")));

    private static Goal atLeast(
            double bound, String name, String step, Map<String, String> parameters) {
        return new Goal(name, step, parameters, "virtualThreads", 1, bound);
    }

    private static Goal within(
            double seconds, String name, String step, int count, Map<String, String> parameters) {
        return new Goal(name, step, parameters, "", count, seconds);
    }

    boolean isRatio() {
        return !other.isEmpty();
    }

    /** Of the benchmarks that are to run. */
    String pattern() {
        return "\\." + step + "\\.(" + OURS + (isRatio() ? "|" + other : "") + ")$";
    }

    /** What this goal looks at: how many times as fast as the other, or seconds. */
    double of(Collection<RunResult> results) {
        double ours = seconds(OURS, results);
        return isRatio() ? seconds(other, results) / ours : ours * count;
    }

    boolean isMetBy(double figure) {
        return isRatio() ? figure >= bound : figure < bound;
    }

    /** Of a step, of the one benchmark that has this name. */
    private double seconds(String method, Collection<RunResult> results) {
        Pattern benchmark = Pattern.compile(".*\\." + step + "\\." + method);
        List<Double> found = new ArrayList<>();
        for (RunResult result : results) {
            if (benchmark.matcher(result.getParams().getBenchmark()).matches()
                    && hasParameters(result)) {
                found.add(seconds(result.getPrimaryResult()));
            }
        }
        if (found.size() != 1) {
            throw new IllegalStateException(
                    found.size() + " results of " + step + "." + method + " with " + parameters);
        }
        return found.getFirst();
    }

    private boolean hasParameters(RunResult result) {
        return parameters.entrySet().stream()
                .allMatch(e -> e.getValue().equals(result.getParams().getParam(e.getKey())));
    }

    private static double seconds(Result<?> result) {
        return switch (result.getScoreUnit()) {
            case "ns/op" -> result.getScore() / NANOS_PER_SECOND;
            case "ms/op" -> result.getScore() / MILLIS_PER_SECOND;
            default -> throw new IllegalStateException("a score in " + result.getScoreUnit());
        };
    }
}
