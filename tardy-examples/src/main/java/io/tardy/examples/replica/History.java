package io.tardy.examples.replica;

import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/**
 * What clients have asked of a key and were told, in the order of the simulation's one thread; and
 * whether some order of these operations explains it, each somewhere between its question and its
 * answer: whether the key is a linearizable register.
 *
 * <p>No value is written twice. So each value has a cluster of operations, its write and the reads
 * that saw it, which must be neighbours in that order (Gibbons and Korach, "Testing Shared
 * Memories", SIAM Journal on Computing 26, 1997). A cluster whose first answer comes before its
 * last question holds the register from the one to the other; no other cluster can then.
 */
final class History {

    private static final long NEVER = Long.MAX_VALUE;

    /** A value that was written, and all that is known of when. */
    private static final class Cluster {
        private final String value;
        private long writeAsked = NEVER;
        private long firstAnswered = NEVER;
        private long lastAsked = -1;
        private long firstReadAnswered = NEVER;

        Cluster(String value) {
            this.value = value;
        }

        void add(long asked, long answered) {
            firstAnswered = Math.min(firstAnswered, answered);
            lastAsked = Math.max(lastAsked, asked);
        }

        boolean holds() {
            return firstAnswered < lastAsked;
        }

        long from() {
            return Math.min(firstAnswered, lastAsked);
        }

        long to() {
            return Math.max(firstAnswered, lastAsked);
        }

        @Override
        public String toString() {
            return "%s (written from step %d, first answer %d, last question %d)"
                    .formatted(value, writeAsked, firstAnswered, lastAsked);
        }
    }

    private final String key;
    private final Map<String, Cluster> clusters = new TreeMap<>();
    private long steps;

    /** Of a key that nobody has written yet. */
    History(String key) {
        this.key = key;
        Cluster nothing = cluster(null);
        nothing.writeAsked = 0;
        nothing.add(0, 0);
    }

    private Cluster cluster(String value) {
        return clusters.computeIfAbsent(value == null ? "nothing" : value, Cluster::new);
    }

    String key() {
        return key;
    }

    /** A question is asked; the number of this step. */
    long ask() {
        steps++;
        return steps;
    }

    /** A write begins, which may never be answered, and happen all the same. */
    long askToWrite(String value) {
        long asked = ask();
        Cluster cluster = cluster(value);
        cluster.writeAsked = asked;
        cluster.lastAsked = Math.max(cluster.lastAsked, asked);
        return asked;
    }

    void written(String value) {
        cluster(value).add(-1, ask());
    }

    /** A read that was asked then has seen this; null for nothing. */
    void read(long asked, String value) {
        Cluster cluster = cluster(value);
        long answered = ask();
        cluster.add(asked, answered);
        cluster.firstReadAnswered = Math.min(cluster.firstReadAnswered, answered);
    }

    /** Throws if no order explains it. */
    void check() {
        for (Cluster cluster : clusters.values()) {
            if (cluster.firstReadAnswered < cluster.writeAsked) {
                throw new AssertionError(key + ": nobody has written " + cluster);
            }
        }
        List<Cluster> holding =
                clusters.values().stream()
                        .filter(Cluster::holds)
                        .sorted(Comparator.comparingLong(Cluster::from))
                        .toList();
        for (int i = 1; i < holding.size(); i++) {
            if (holding.get(i).from() < holding.get(i - 1).to()) {
                throw contradiction(holding.get(i - 1), holding.get(i));
            }
        }
        for (Cluster cluster : clusters.values()) {
            for (Cluster holder : holding) {
                if (!cluster.holds()
                        && holder.from() < cluster.from()
                        && cluster.to() < holder.to()) {
                    throw contradiction(holder, cluster);
                }
            }
        }
    }

    private AssertionError contradiction(Cluster one, Cluster other) {
        return new AssertionError(
                key + " is not linearizable: it was " + one + ", and meanwhile " + other);
    }
}
