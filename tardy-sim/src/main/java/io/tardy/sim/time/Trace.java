package io.tardy.sim.time;

/** Hears of everything that happens, in order. */
@FunctionalInterface
public interface Trace {

    /**
     * Something has happened, now.
     *
     * @param host the name of the host where it has, or an empty string
     * @param what what has happened, in words that are the same in every run of the same seed: no
     *     identity hash, no real time, no address of memory
     */
    void add(String host, String what);
}
