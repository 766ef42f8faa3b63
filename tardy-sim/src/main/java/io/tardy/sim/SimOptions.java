package io.tardy.sim;

import io.tardy.sim.faults.Faults;
import java.io.IOException;
import java.time.Duration;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * How a simulation goes: its faults, its limits, where its trace goes. Immutable; each method gives
 * changed options.
 */
public final class SimOptions {

    private final Faults faults;
    private final boolean swarm;
    private final boolean shrink;
    private final Duration timeLimit;
    private final long stepLimit;
    private final @Nullable Appendable trace;

    private SimOptions(
            Faults faults,
            boolean swarm,
            boolean shrink,
            Duration timeLimit,
            long stepLimit,
            @Nullable Appendable trace) {
        this.faults = Objects.requireNonNull(faults, "faults");
        this.swarm = swarm;
        this.shrink = shrink;
        this.timeLimit = timeLimit;
        this.stepLimit = stepLimit;
        this.trace = trace;
    }

    /**
     * The defaults: a world without faults, where only the order of what happens at the same time
     * is left to chance; one hour of virtual time, ten million steps, no trace.
     */
    public static SimOptions defaults() {
        return new SimOptions(Faults.none(), false, true, Duration.ofHours(1), 10_000_000, null);
    }

    /** With these faults, from the beginning; {@link Sim#faults} changes them meanwhile. */
    public SimOptions faults(Faults faults) {
        return new SimOptions(faults, swarm, shrink, timeLimit, stepLimit, trace);
    }

    /**
     * Whether each seed has only some kinds of the faults, and others none: what always happens
     * hides what needs its absence (swarm testing: Groce et al., ISSTA 2012).
     */
    public SimOptions swarm(boolean swarm) {
        return new SimOptions(faults, swarm, shrink, timeLimit, stepLimit, trace);
    }

    /**
     * Whether a scenario that fails is simulated again with fewer kinds of faults, and the smallest
     * world that fails in the same way is shown; the default. For at most 20 seconds of real time.
     */
    public SimOptions shrink(boolean shrink) {
        return new SimOptions(faults, swarm, shrink, timeLimit, stepLimit, trace);
    }

    /** For how much virtual time the scenario may go on. */
    public SimOptions timeLimit(Duration timeLimit) {
        if (timeLimit.isNegative() || timeLimit.isZero()) {
            throw new IllegalArgumentException("timeLimit: " + timeLimit + ", must be more than 0");
        }
        return new SimOptions(faults, swarm, shrink, timeLimit, stepLimit, trace);
    }

    /** For how many steps of loops and frames the scenario may go on. */
    public SimOptions stepLimit(long stepLimit) {
        if (stepLimit < 1) {
            throw new IllegalArgumentException("stepLimit: " + stepLimit + ", must be at least 1");
        }
        return new SimOptions(faults, swarm, shrink, timeLimit, stepLimit, trace);
    }

    /**
     * Where everything that happens is written to, a line for each event; an {@link IOException} of
     * it fails the simulation.
     */
    public SimOptions trace(@Nullable Appendable trace) {
        return new SimOptions(faults, swarm, shrink, timeLimit, stepLimit, trace);
    }

    Faults faults() {
        return faults;
    }

    boolean swarm() {
        return swarm;
    }

    boolean shrink() {
        return shrink;
    }

    Duration timeLimit() {
        return timeLimit;
    }

    long stepLimit() {
        return stepLimit;
    }

    @Nullable Appendable trace() {
        return trace;
    }
}
