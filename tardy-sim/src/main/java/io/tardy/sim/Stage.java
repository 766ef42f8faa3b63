package io.tardy.sim;

import io.tardy.runtime.FrameFactory;
import io.tardy.runtime.RuntimeCore;
import io.tardy.runtime.Simulation;
import io.tardy.runtime.SteppedCarrier;
import io.tardy.sim.time.Dice;
import io.tardy.sim.time.Timeline;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.locks.LockSupport;
import java.util.function.BooleanSupplier;
import java.util.function.Consumer;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/**
 * The one thread of a simulation. It runs one continuation after another, of whichever runtime the
 * dice choose; when none can run, it moves time to the next event.
 */
final class Stage implements Simulation {

    /** After so many steps without an event, a frame spins until time passes: so it does. */
    private static final int STEPS_AT_ONCE_MAX = 2_000;

    /** How much time that is, in nanoseconds. Loops that do not wait have no event for timers. */
    private static final long SPIN_NANOS = 100_000;

    private static final double PERSISTENCE = 0.95;

    /** The JDK's thread that ends waits with a time limit. */
    private static final String UNPARKER = "VirtualThread-unparker";

    /** Beyond the numbers that the JVM gives to threads. */
    static final long FIRST_THREAD = 1L << 40;

    private static final ThreadLocal<Stage> CURRENT = new ThreadLocal<>();

    /** A carrier, and the host that it belongs to. */
    private record Actor(SteppedCarrier carrier, SimHost host) {}

    /** Work that blocks, and the host that wants it. */
    private record Job(Runnable job, SimHost host) {}

    private final Thread thread = Thread.currentThread();
    private final Timeline timeline;
    private final Dice dice;
    private final Dice seeds;
    private final SimTrace trace;
    private final List<Actor> actors = new ArrayList<>();
    private final List<Job> jobs = new ArrayList<>();
    private final Limits limits;
    private final Monitors monitors = new Monitors();

    /**
     * How likely the runtime that has run last runs again: in half of the seeds they take turns at
     * every step, in the others one goes on for a while, as on processors of different speeds.
     */
    private final double persistence;

    /** Which runtime has run last, or null. */
    private Actor latest;

    /** Whose code runs now, or null. */
    private SimHost host;

    private long steps;
    private int stepsAtOnce;
    private long threads;
    private long stalls;

    /** The one that runs, or ran last. */
    private Thread frame;

    private final Consumer<Thread> begins = this::begins;

    /** Why the simulation is to fail; set by any thread. */
    private volatile Throwable failure;

    Stage(Timeline timeline, Dice dice, SimTrace trace, Limits limits) {
        this.timeline = timeline;
        this.dice = dice.of("stage");
        this.persistence = this.dice.chance(0.5) ? 0 : PERSISTENCE;
        this.seeds = dice.of("threads");
        this.trace = trace;
        this.limits = limits;
        CURRENT.set(this);
    }

    /** How long a simulation may go on. */
    record Limits(long nanos, long steps) {}

    /** The one that the current thread runs for, outside of frames; else null. */
    static Stage current() {
        return CURRENT.get();
    }

    void close() {
        CURRENT.remove();
    }

    long steps() {
        return steps;
    }

    /** Whose code runs now, or null. */
    SimHost host() {
        return host;
    }

    /** The simulation fails with the first such. */
    void fail(Throwable cause) {
        if (failure == null) {
            failure = cause;
        }
    }

    @Override
    public void carry(SteppedCarrier carrier) {
        SimHost of = ((SimTransport) carrier.runtime().settings().transport()).host();
        actors.add(new Actor(carrier, of));
    }

    @Override
    public void offload(Runnable job) {
        jobs.add(new Job(job, host));
    }

    @Override
    public void made(Thread made) {
        FrameFactory.seedRandom(made, seeds.next(), FIRST_THREAD + threads++);
    }

    @Override
    public void resume(RuntimeCore runtime, Thread resumed, Runnable resumption) {
        if (monitors.defer(resumed, resumption)) {
            return;
        }
        if (Thread.currentThread().getName().equals(UNPARKER)) {
            refuseTimedWait(resumed);
            return; // it is not to run any more
        }
        requireSimulated(runtime);
        resumption.run();
    }

    @Override
    public void requireSimulated(RuntimeCore runtime) {
        Thread current = Thread.currentThread();
        if (current == thread || current.isVirtual() && SimHost.current() != null) {
            return;
        }
        IllegalStateException refusal =
                new IllegalStateException(
                        current
                                + " has work for "
                                + runtime
                                + ", which is simulated: what other threads do could not be"
                                + " repeated; use a frame, or rt.offload");
        fail(refusal);
        throw refusal;
    }

    /** The host is gone, with all that ran there. */
    void remove(SimHost gone) {
        actors.removeIf(actor -> actor.host == gone);
        latest = null;
        jobs.removeIf(job -> job.host == gone);
    }

    /**
     * Runs what there is to run until this is so.
     *
     * @throws Throwable why the simulation fails
     */
    void runUntil(BooleanSupplier done) throws Throwable {
        while (!done.getAsBoolean()) {
            boolean anyLeft = step();
            if (failure != null) {
                throw failure;
            }
            if (!anyLeft) {
                throw new Deadlock(waiting());
            }
        }
    }

    /** Nothing can run any more, and yet the scenario has not ended. */
    static final class Deadlock extends AssertionError {
        private static final long serialVersionUID = 1;

        Deadlock(String waiting) {
            super("nothing can happen any more, for all wait:\n" + waiting);
        }
    }

    /** One continuation, one job or one event; false if there is none. */
    private boolean step() {
        int choices = jobs.size();
        for (int i = 0; i < actors.size(); i++) {
            choices += choicesOf(actors.get(i));
        }
        if (choices == 0 && monitors.release()) {
            return true;
        }
        if (choices == 0) {
            return advance();
        }
        if (stepsAtOnce >= STEPS_AT_ONCE_MAX) {
            stepsAtOnce = 0;
            timeline.advance(SPIN_NANOS);
        }
        requireWithinLimits();
        steps++;
        stepsAtOnce++;
        Actor last = latest;
        if (last != null && choicesOf(last) > 0 && dice.chance(persistence)) {
            step(last, dice.below(choicesOf(last)) == last.carrier.framesRunnable());
            return true;
        }
        int chosen = dice.below(choices);
        for (int i = 0; i < actors.size(); i++) {
            Actor actor = actors.get(i);
            int choicesHere = choicesOf(actor);
            if (chosen < choicesHere) {
                step(actor, chosen == actor.carrier.framesRunnable());
                return true;
            }
            chosen -= choicesHere;
        }
        run(jobs.remove(chosen));
        return true;
    }

    private static int choicesOf(Actor actor) {
        return actor.host.isPaused()
                ? 0
                : actor.carrier.framesRunnable() + (actor.carrier.isLoopRunnable() ? 1 : 0);
    }

    private boolean advance() {
        stepsAtOnce = 0;
        if (!timeline.hasNext()) {
            return false;
        }
        timeline.advance();
        requireWithinLimits();
        return true;
    }

    private void requireWithinLimits() {
        if (timeline.nowNanos() > limits.nanos) {
            throw new AssertionError(
                    "the scenario has not ended after "
                            + limits.nanos / 1_000_000_000
                            + " s of virtual time (see SimOptions.timeLimit):\n"
                            + waiting());
        }
        if (steps > limits.steps) {
            throw new AssertionError(
                    "the scenario has not ended after "
                            + limits.steps
                            + " steps (see SimOptions.stepLimit):\n"
                            + waiting());
        }
    }

    private void step(Actor actor, boolean isLoop) {
        latest = actor;
        host = actor.host;
        try {
            if (isLoop) {
                trace.add(host.name(), "loop");
                actor.carrier.stepLoop();
                look(actor.carrier.runtime().scheduler().loopThread());
            } else {
                actor.carrier.stepFrame(begins);
                look(frame);
            }
        } finally {
            host = null;
        }
        if (isLoop && dice.chance(actor.host.faults().stall())) {
            stall(actor.host);
        }
        if (actor.carrier.isOver()) {
            actors.remove(actor);
            latest = null;
            actor.host.loopEnded();
        }
    }

    private void stall(SimHost stalled) {
        stalls++;
        trace.add(stalled.name(), "stalls");
        long nanos = dice.between(1, stalled.faults().stallNanosMax());
        stalled.stall(timeline.nowNanos() + nanos);
        timeline.after(nanos, () -> {}); // so that time comes to its end
    }

    /** How often a host has stalled. */
    long stalls() {
        return stalls;
    }

    private void run(Job job) {
        host = job.host;
        try {
            trace.add(host == null ? "" : host.name(), "offloaded call");
            job.job.run();
        } finally {
            host = null;
        }
    }

    /** Finds out whether what has just run waits for something that a simulation must know. */
    private void look(Thread ran) {
        switch (ran.getState()) {
            case TIMED_WAITING -> refuseTimedWait(ran);
            case BLOCKED -> monitors.blocked();
            case WAITING -> {
                if (LockSupport.getBlocker(ran) == null) { // as in Object.wait
                    monitors.blocked();
                }
            }
            default -> {}
        }
    }

    /** A wait of the JDK's with a time limit goes by real time, and another thread ends it. */
    private void refuseTimedWait(Thread ran) {
        AssertionError refusal =
                new AssertionError(
                        ran.getName()
                                + " waits by real time, which a simulation does not have: use"
                                + " Frame.delay or Deadline.within in place of this:\n"
                                + linesOf(ran.getStackTrace()));
        fail(refusal);
    }

    private void begins(Thread chosen) {
        frame = chosen;
        trace.add(host.name(), chosen.getName());
    }

    private static String linesOf(StackTraceElement[] stack) {
        return Stream.of(stack).map(at -> "      at " + at).collect(Collectors.joining("\n"));
    }

    /** Who waits for what. */
    private String waiting() {
        StringBuilder text = new StringBuilder();
        for (Actor actor : actors) {
            actor.carrier
                    .runtime()
                    .scheduler()
                    .forEachThread(
                            frame -> {
                                text.append("  ")
                                        .append(actor.host.name())
                                        .append(": ")
                                        .append(frame.getName())
                                        .append(actor.host.isPaused() ? " (paused)" : "")
                                        .append('\n');
                                for (StackTraceElement at : userPart(frame.getStackTrace())) {
                                    text.append("      at ").append(at).append('\n');
                                }
                            });
        }
        return text.toString();
    }

    private static List<StackTraceElement> userPart(StackTraceElement[] stack) {
        List<StackTraceElement> shown = new ArrayList<>();
        for (StackTraceElement at : stack) {
            if (!at.getClassName().startsWith("java.")
                    && !at.getClassName().startsWith("jdk.")
                    && !at.getClassName().startsWith("io.tardy.runtime.")) {
                shown.add(at);
            }
            if (shown.size() == 6) {
                break;
            }
        }
        return shown;
    }
}
