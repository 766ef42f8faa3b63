package io.tardy.bench;

import java.util.Arrays;
import java.util.List;
import java.util.function.ToDoubleFunction;

/**
 * How a server got to its speed.
 *
 * @param acceptedMs from the start of its process until it accepted
 * @param answeredMs until its first answer
 * @param speedSeconds until 90 % of its steady rate, from then on for half a second
 * @param steadyRate answers a second, the median of the last third
 * @param answers in all
 */
record Warmup(
        double acceptedMs,
        double answeredMs,
        double speedSeconds,
        double steadyRate,
        double answers) {

    static final int BUCKET_MS = 100;

    private static final double SPEED = 0.9;
    private static final int BUCKETS_AT_SPEED = 5;

    /**
     * @param buckets answers in each tenth of a second from the start of the process
     */
    static Warmup of(double acceptedMs, double answeredMs, long[] buckets) {
        long[] last = Arrays.copyOfRange(buckets, buckets.length * 2 / 3, buckets.length);
        Arrays.sort(last);
        double steady = last[last.length / 2];
        int at = 0;
        while (at < buckets.length - BUCKETS_AT_SPEED
                && Arrays.stream(buckets, at, at + BUCKETS_AT_SPEED).average().orElseThrow()
                        < SPEED * steady) {
            at++;
        }
        return new Warmup(
                acceptedMs,
                answeredMs,
                at * BUCKET_MS / 1e3,
                steady * 1000 / BUCKET_MS,
                Arrays.stream(buckets).sum());
    }

    /** Of each figure for itself. */
    static Warmup median(List<Warmup> all) {
        return new Warmup(
                median(all, Warmup::acceptedMs),
                median(all, Warmup::answeredMs),
                median(all, Warmup::speedSeconds),
                median(all, Warmup::steadyRate),
                median(all, Warmup::answers));
    }

    private static double median(List<Warmup> all, ToDoubleFunction<Warmup> figure) {
        double[] sorted = all.stream().mapToDouble(figure).sorted().toArray();
        int middle = sorted.length / 2;
        return sorted.length % 2 == 1 ? sorted[middle] : (sorted[middle - 1] + sorted[middle]) / 2;
    }

    @Override
    public String toString() {
        return "accepts after %4.0f ms, answers after %4.0f ms, at speed after %4.1f s; %6.0f/s then, %8.0f answers in all"
                .formatted(acceptedMs, answeredMs, speedSeconds, steadyRate, answers);
    }
}
