package io.tardy.sim.net;

import io.tardy.sim.faults.NetworkFaults;
import java.util.concurrent.TimeUnit;

/**
 * The way from one node to another, or to itself. What it carries arrives after a latency, and one
 * after the other where there is a limit to the bytes a second. While it is cut nothing arrives.
 */
final class Link {

    /** From a node to itself. */
    private static final long LOCAL_NANOS = TimeUnit.MICROSECONDS.toNanos(10);

    private static final double SECOND_NANOS = TimeUnit.SECONDS.toNanos(1);

    private final Network network;
    private final Node from;
    private final Node to;
    private boolean isCut;

    /** Until when it is busy with what it has been given. */
    private long busyUntilNanos;

    Link(Network network, Node from, Node to) {
        this.network = network;
        this.from = from;
        this.to = to;
    }

    Node from() {
        return from;
    }

    Node to() {
        return to;
    }

    /** From a node to itself: nothing goes wrong here. */
    boolean isLocal() {
        return from == to;
    }

    boolean isCut() {
        return isCut;
    }

    void cut(boolean cut) {
        isCut = cut;
    }

    /** Whether what is to arrive now does. */
    boolean delivers() {
        return !isCut && to.isUp();
    }

    /** How long these bytes are under way if they are sent now. */
    long nanosFor(int bytes) {
        if (isLocal()) {
            return LOCAL_NANOS;
        }
        NetworkFaults faults = network.faults();
        long latency = network.dice().between(faults.latencyNanosMin(), faults.latencyNanosMax());
        if (faults.bytesPerSecond() == 0 || bytes == 0) {
            return latency;
        }
        long now = network.timeline().nowNanos();
        busyUntilNanos =
                Math.max(busyUntilNanos, now)
                        + (long) (bytes * SECOND_NANOS / faults.bytesPerSecond());
        return busyUntilNanos - now + latency;
    }

    /** Sends something small that nobody repeats: it arrives, or is lost for good. */
    void once(Runnable arrival) {
        network.timeline()
                .after(
                        nanosFor(0),
                        () -> {
                            if (delivers()) {
                                arrival.run();
                            }
                        });
    }
}
