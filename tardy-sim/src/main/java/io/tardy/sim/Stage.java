package io.tardy.sim;

import io.tardy.runtime.FrameFactory;
import io.tardy.runtime.RuntimeCore;
import io.tardy.runtime.Simulation;
import io.tardy.runtime.SteppedCarrier;
import io.tardy.sim.time.Dice;
import io.tardy.sim.time.Timeline;
import java.net.InetAddress;
import java.net.UnknownHostException;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import java.util.concurrent.locks.LockSupport;
import java.util.function.BooleanSupplier;
import java.util.function.Consumer;

/**
 * The one thread of a simulation. It runs one continuation after another, of whichever runtime the
 * dice choose; when none can run, it moves time to the next event.
 */
final class Stage implements Simulation {

    /** After so many steps without an event, a frame spins until time passes: so it does. */
    private static final int STEPS_AT_ONCE_MAX = 2_000;

    /** How much time that is, in nanoseconds. Loops that do not wait have no event for timers. */
    private static final long SPIN_NANOS = 100_000;

    private static final long SPIN_NANOS_MAX = 20_000_000;

    private static final double PERSISTENCE = 0.95;

    /** For so long, in real time, other threads may show that they were waited for. */
    private static final long OTHERS_NANOS = 200_000_000;

    /** The JDK's thread that ends waits with a time limit. */
    private static final String UNPARKER = "VirtualThread-unparker";

    /** Beyond the numbers that the JVM gives to threads. */
    static final long FIRST_THREAD = 1L << 40;

    private static final ThreadLocal<Stage> CURRENT = new ThreadLocal<>();

    /** A carrier, and the host that it belongs to. */
    private record Actor(SteppedCarrier carrier, SimHost host) {}

    private final Thread thread = Thread.currentThread();
    private final Timeline timeline;
    private final Dice dice;
    private final Dice seeds;
    private final SimTrace trace;
    private final List<Actor> actors = new ArrayList<>();
    private final List<Job> jobs = new ArrayList<>();
    private final Set<OffloadedCall> offloaded = new LinkedHashSet<>();
    private final KilledThreads killed = new KilledThreads();
    private final MadeThreads threadsMade = new MadeThreads();
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

    /** By how much time moves next although something can run. */
    private long spinNanos = SPIN_NANOS;

    private long threads;
    private long stalls;

    /** Whether programs have started virtual threads by the JDK's means. */
    private boolean anyOther;

    /** The frame that runs, or ran last; others may look. */
    private volatile Thread frame;

    private final Consumer<Thread> begins = this::begins;

    /** Why the simulation is to fail; set by any thread. */
    private volatile Throwable failure;

    private String failedIn = "";

    Stage(Timeline timeline, Dice dice, SimTrace trace, Limits limits) {
        this.timeline = timeline;
        this.dice = dice.of("stage");
        this.persistence = this.dice.chance(0.5) ? 0 : PERSISTENCE;
        this.seeds = dice.of("threads");
        this.trace = trace;
        this.limits = limits;
        CURRENT.set(this);
    }

    /** The one that the current thread runs for, outside of frames; else null. */
    static Stage current() {
        return CURRENT.get();
    }

    void close() {
        CURRENT.remove();
        threadsMade.forget();
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

    /** {@link #fail}, and where that was. */
    void failIn(String where, Throwable cause) {
        if (failure == null) {
            failedIn = where;
            failure = cause;
        }
    }

    /** Where what has failed was, or an empty string. */
    String failedIn() {
        return failedIn;
    }

    @Override
    public void carry(SteppedCarrier carrier) {
        SimHost of = ((SimTransport) carrier.runtime().settings().transport()).host();
        actors.add(new Actor(carrier, of));
    }

    @Override
    public void offload(Runnable job) {
        OffloadedCall call = new OffloadedCall(this, job, host);
        made(call.thread());
        offloaded.add(call);
        call.thread().start();
    }

    @Override
    public void runLater(Runnable continuations) {
        jobs.add(new Job(continuations, host, null));
    }

    /** The offloaded call of {@link #offload} runs on the current thread from now on. */
    void enter() {
        CURRENT.set(this);
    }

    void offloadedEnded(OffloadedCall call) {
        offloaded.remove(call);
    }

    /** An offloaded call may run, if it was not killed with its host. */
    void enqueue(OffloadedCall call, Runnable continuation) {
        if (offloaded.contains(call)) {
            jobs.add(new Job(continuation, call.host(), call.thread()));
        }
    }

    /** A virtual thread may run that an offloaded call has started. */
    void enqueueOther(OffloadedCall call, Runnable continuation) {
        resumeOtherOf(call, () -> jobs.add(new Job(continuation, call.host(), null)));
    }

    @Override
    public void made(Thread made) {
        threadsMade.add(made);
        FrameFactory.seedRandom(made, seeds.next(), FIRST_THREAD + threads++);
    }

    @Override
    public void resume(RuntimeCore runtime, Thread resumed, Runnable resumption) {
        resumeOf(runtime, resumed, resumption);
    }

    /** {@link #resume} for what has this name. */
    void resumeOf(Object owner, Thread resumed, Runnable resumption) {
        if (monitors.defer(resumed.threadId(), resumption)) {
            return;
        }
        if (Thread.currentThread().getName().equals(UNPARKER)) {
            refuseTimedWait(resumed);
            return; // it is not to run any more
        }
        requireSimulatedFor(owner);
        resumption.run();
    }

    @Override
    public void resumeOther(RuntimeCore runtime, Runnable resumption) {
        resumeOtherOf(runtime, resumption);
    }

    private void resumeOtherOf(Object owner, Runnable resumption) {
        if (monitors.defer(Long.MAX_VALUE, resumption)) {
            return;
        }
        if (Thread.currentThread().getName().equals(UNPARKER)) {
            fail(
                    new AssertionError(
                            "a virtual thread that was started by the JDK's means for "
                                    + owner
                                    + " has waited by real time, which a simulation does not have:"
                                    + " use a frame, and Frame.delay or Deadline.within"));
            return; // it is not to run any more
        }
        requireSimulatedFor(owner);
        anyOther = true;
        monitors.blocked(); // it may wait for one, and we do not see it
        resumption.run();
    }

    @Override
    public void failed(AssertionError failure) {
        fail(failure);
    }

    @Override
    public InetAddress[] lookUp(String name) throws UnknownHostException {
        return SimNames.lookUp(SimHost.current().sim(), name);
    }

    @Override
    public Runnable onSignal(String name, Runnable action) {
        return SimHost.current().signals().add(name, action);
    }

    @Override
    public void requireSimulated(RuntimeCore runtime) {
        requireSimulatedFor(runtime);
    }

    private void requireSimulatedFor(Object owner) {
        Thread current = Thread.currentThread();
        if (current == thread || current.isVirtual() && SimHost.current() != null) {
            return;
        }
        IllegalStateException refusal =
                new IllegalStateException(
                        current
                                + " has work for "
                                + owner
                                + ", which is simulated: what other threads do could not be"
                                + " repeated; use a frame, or rt.offload");
        fail(refusal);
        throw refusal;
    }

    /** The host is gone, with all that ran there. */
    void remove(SimHost gone) {
        for (Actor actor : actors) {
            if (actor.host == gone) {
                killed.add(gone, actor.carrier.runtime().scheduler());
            }
        }
        for (OffloadedCall call : offloaded) {
            if (call.host() == gone) {
                killed.add(gone, call.thread());
            }
        }
        actors.removeIf(actor -> actor.host == gone);
        latest = null;
        jobs.removeIf(job -> job.host() == gone);
        offloaded.removeIf(call -> call.host() == gone);
    }

    /**
     * Runs what there is to run until this is so.
     *
     * @throws Throwable why the simulation fails
     */
    void runUntil(BooleanSupplier done) throws Throwable {
        while (!done.getAsBoolean()) {
            if (!step() && !awaitOthers()) {
                throw failure != null ? failure : new Deadlock(waiting());
            }
            if (failure != null) {
                throw failure;
            }
        }
    }

    /**
     * Whoever waits for another thread is told so, and not that it waits for ever; but the JVM's
     * own threads may hold a monitor for a while, as while memory is collected that a direct buffer
     * needs.
     *
     * @return whether such a monitor is free now
     */
    private boolean awaitOthers() {
        long began = System.nanoTime();
        while (failure == null && System.nanoTime() - began < OTHERS_NANOS) {
            if (monitors.release()) {
                return true;
            }
            LockSupport.parkNanos(OTHERS_NANOS / 20);
        }
        return false;
    }

    /** One continuation, one job or one event; false if there is none. */
    private boolean step() {
        int choices = 0;
        for (int i = 0; i < jobs.size(); i++) {
            choices += jobs.get(i).canRun() ? 1 : 0;
        }
        for (int i = 0; i < actors.size(); i++) {
            choices += choicesOf(actors.get(i));
        }
        boolean isTime = choices == 0 || stepsAtOnce >= STEPS_AT_ONCE_MAX;
        if (isTime) {
            stepsAtOnce = 0;
            if (monitors.release()) { // what spins may wait for these
                return true;
            }
        }
        if (choices == 0) {
            spinNanos = SPIN_NANOS;
            return advance();
        }
        if (isTime) { // what spins waits for time to pass, perhaps for long
            timeline.advance(spinNanos);
            spinNanos = Math.min(spinNanos * 2, SPIN_NANOS_MAX);
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
        for (int i = 0; ; i++) {
            if (jobs.get(i).canRun() && chosen-- == 0) {
                run(jobs.remove(i));
                return true;
            }
        }
    }

    private static int choicesOf(Actor actor) {
        return actor.host.isPaused()
                ? 0
                : actor.carrier.framesRunnable() + (actor.carrier.isLoopRunnable() ? 1 : 0);
    }

    private boolean advance() {
        if (!timeline.hasNext()) {
            return false;
        }
        timeline.advance();
        requireWithinLimits();
        return true;
    }

    private void requireWithinLimits() {
        limits.require(timeline.nowNanos(), steps, this::waiting);
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
        host = job.host();
        try {
            trace.add(host == null ? "" : host.name(), "offloaded call");
            job.continuation().run();
            if (job.thread() != null) {
                look(job.thread());
            }
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
                                + WaitingReport.linesOf(ran));
        fail(refusal);
    }

    private void begins(Thread chosen) {
        frame = chosen;
        trace.add(host.name(), chosen.getName());
    }

    /** Where the frame is that runs now, or ran last; from any thread. */
    String running() {
        Thread seen = frame;
        return seen == null
                ? "no frame has run"
                : "the last that has run is "
                        + seen.getName()
                        + ", and is here:\n"
                        + WaitingReport.linesOf(seen);
    }

    /** Who waits for what. */
    private String waiting() {
        WaitingReport report = new WaitingReport();
        for (Actor actor : actors) {
            report.add(actor.host, actor.carrier.runtime().scheduler());
        }
        for (OffloadedCall call : offloaded) {
            report.addOffloaded(call.host(), call.thread());
        }
        killed.addTo(report);
        if (anyOther) {
            report.addUnknown();
        }
        return report.toString();
    }
}
