package io.tardy.sim.faults;

import java.util.Objects;

/**
 * What goes wrong in a simulated world, and how often.
 *
 * @param network of the network
 * @param disk of the disks
 */
public record Faults(NetworkFaults network, DiskFaults disk) {

    /** Requires both. */
    public Faults {
        Objects.requireNonNull(network, "network");
        Objects.requireNonNull(disk, "disk");
    }

    /** A world in which nothing goes wrong. */
    public static Faults none() {
        return new Faults(NetworkFaults.none(), DiskFaults.none());
    }

    /** A world in which everything goes wrong that can, now and then. */
    public static Faults all() {
        return new Faults(NetworkFaults.all(), DiskFaults.all());
    }

    /** With other faults of the network. */
    public Faults network(NetworkFaults faults) {
        return new Faults(faults, disk);
    }

    /** With other faults of the disks. */
    public Faults disk(DiskFaults faults) {
        return new Faults(network, faults);
    }
}
