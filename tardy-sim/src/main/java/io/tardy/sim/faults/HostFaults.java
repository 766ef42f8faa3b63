package io.tardy.sim.faults;

/**
 * How the hosts behave.
 *
 * @param stall the probability that a turn of a loop is followed by a time in which nothing of its
 *     host runs, as in a long collection or on a machine that is short of processors; from 0,
 *     never, to 1, always
 * @param stallNanosMax how long that is at most, in virtual nanoseconds
 */
public record HostFaults(double stall, long stallNanosMax) {

    private static final long ALL_STALL_NANOS_MAX = 300_000_000;

    /**
     * Checks the values.
     *
     * @throws IllegalArgumentException if they make no sense
     */
    public HostFaults {
        if (!(stall >= 0 && stall <= 1)) {
            throw new IllegalArgumentException(
                    "stall: " + stall + " is no probability, which is from 0 to 1");
        }
        if (stallNanosMax < 0) {
            throw new IllegalArgumentException(
                    "stallNanosMax: " + stallNanosMax + ", must be at least 0");
        }
    }

    /** Hosts that always run. */
    public static HostFaults none() {
        return new HostFaults(0, 0);
    }

    /** Hosts that stall now and then, for up to 300 ms. */
    public static HostFaults all() {
        return new HostFaults(0.001, ALL_STALL_NANOS_MAX);
    }
}
