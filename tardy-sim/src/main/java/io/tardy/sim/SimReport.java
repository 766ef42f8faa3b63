package io.tardy.sim;

import java.time.Duration;
import java.util.Map;

/**
 * What a simulation that did not fail came to.
 *
 * @param seed its seed
 * @param virtualTime how much virtual time has passed
 * @param steps how often a loop or a frame was resumed
 * @param events how many lines its trace has
 * @param traceHash the same for the same trace
 * @param realTime how long it took
 * @param reached how often each kind of fault, and each point of {@link Sim#sometimes}, has
 *     happened
 */
public record SimReport(
        long seed,
        Duration virtualTime,
        long steps,
        long events,
        long traceHash,
        Duration realTime,
        Map<String, Long> reached) {

    /** Copies the counts. */
    public SimReport {
        reached = Map.copyOf(reached);
    }
}
