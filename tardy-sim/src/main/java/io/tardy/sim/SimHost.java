package io.tardy.sim;

import io.netty.buffer.ByteBufAllocator;
import io.netty.buffer.UnpooledByteBufAllocator;
import io.tardy.Frame;
import io.tardy.FrameBody;
import io.tardy.Signal;
import io.tardy.Signals;
import io.tardy.Tardy;
import io.tardy.TardyEntry;
import io.tardy.TardyRuntime;
import io.tardy.Threading;
import io.tardy.runtime.RuntimeCore;
import io.tardy.runtime.TardyAccess;
import io.tardy.sim.disk.Disk;
import io.tardy.sim.faults.HostFaults;
import io.tardy.sim.net.Node;
import io.tardy.sim.time.Dice;
import io.tardy.sim.time.Timeline;
import java.net.InetAddress;
import java.time.Clock;
import java.time.Duration;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.locks.LockSupport;
import java.util.function.UnaryOperator;
import org.jspecify.annotations.Nullable;

/**
 * A machine of the simulation: it has a name and an address, a disk and a clock, and runs one
 * program at a time. The methods are for the scenario's frame.
 */
public final class SimHost {

    /** What a killed program has not released the collector finds. */
    private static final ByteBufAllocator HEAP = new UnpooledByteBufAllocator(false, true);

    private final Sim sim;
    private final String name;
    private final Dice dice;
    private final Dice chance;
    private final HostClock clock;
    private final Node node;
    private final Disk disk;
    private int runtimes = 1;
    private UnaryOperator<Tardy.Builder> options = UnaryOperator.identity();
    private @Nullable SimEntry program;

    /** Of all that it runs: one for each {@link #tardy}. */
    private final List<SimTransport> transports = new ArrayList<>(1);

    private final SimSignals signals = new SimSignals();
    private @Nullable Tardy tardy;
    private @Nullable TardyEntry entry;
    private CompletableFuture<Void> ended = CompletableFuture.completedFuture(null);
    private boolean paused;
    private long stalledUntilNanos;

    /** Failures of frames that are expected. */
    private final List<Class<? extends Throwable>> tolerated = new ArrayList<>();

    SimHost(Sim sim, String name) {
        this.sim = sim;
        this.name = name;
        this.dice = sim.dice().of("host " + name);
        this.chance = dice.of("chance");
        this.clock = new HostClock(sim.timeline());
        this.node = sim.network().addNode(name, addressOf(name));
        this.disk =
                new Disk(name, dice.of("disk"), sim.trace(), clock::instant, sim.faults().disk());
    }

    private static InetAddress addressOf(String name) {
        return SimNames.addressOf(name);
    }

    /** The host that runs now, or null outside of a simulation. */
    static @Nullable SimHost current() {
        RuntimeCore runtime = RuntimeCore.currentOrNull();
        if (runtime == null) {
            runtime = RuntimeCore.ofOther(Thread.currentThread());
        }
        if (runtime != null) {
            return runtime.settings().transport() instanceof SimTransport transport
                    ? transport.host()
                    : null;
        }
        Stage stage = Stage.current();
        return stage == null ? null : stage.host();
    }

    /** Its name. */
    public String name() {
        return name;
    }

    /** Its address, which depends on nothing but its name. */
    public InetAddress address() {
        return addressOf(name);
    }

    /** How many runtimes its program has; from the next start on. */
    public SimHost runtimes(int runtimes) {
        this.runtimes = runtimes;
        tardy = null; // the next is built with so many
        return this;
    }

    /**
     * Changes what its runtimes are built with, from the next start on. Transport, clock, order of
     * frames and threads are the simulation's, whatever is set here.
     */
    public SimHost options(UnaryOperator<Tardy.Builder> options) {
        this.options = options;
        tardy = null; // the next is built with these
        return this;
    }

    /**
     * A frame that fails like this does not fail the simulation, unless an {@link AssertionError}
     * is among the causes: as the frames of a server fail whose connections are reset.
     */
    public SimHost tolerate(Class<? extends Throwable> failure) {
        tolerated.add(failure);
        return this;
    }

    /**
     * Starts its program; after a {@link #crash} the power comes back first. Each failure of a
     * frame that no other frame asks for fails the simulation, unless {@link #options} sets a
     * handler.
     *
     * @throws IllegalStateException if it runs one already
     */
    public SimHost start(SimEntry program) {
        if (isRunning()) {
            throw new IllegalStateException(this + " runs a program already");
        }
        this.program = program;
        powerOn();
        Tardy made = tardy();
        sim.trace().add(name, "starts");
        ended = new CompletableFuture<>();
        entry =
                made.entryInNewThread(
                        null,
                        (runtime, none) -> {
                            try {
                                program.enter(runtime);
                            } catch (Exception | AssertionError e) {
                                sim.stage().fail(e);
                            }
                        });
        return this;
    }

    /** {@link #start} of a program that is one frame, on the first of its runtimes. */
    public SimHost spawn(FrameBody body) {
        return start(
                runtime -> {
                    if (runtime.id() == 0) {
                        runtime.spawn(body);
                    }
                });
    }

    /** {@link #spawn}, and waits for its end. */
    public void run(FrameBody body) throws Exception {
        spawn(body).await();
    }

    /** What its runtimes are built with, and groups of Netty's on it: {@code builder().tardy()}. */
    public Tardy tardy() {
        if (tardy == null) {
            Tardy.Builder builder =
                    options.apply(
                            Tardy.builder()
                                    .threading(Threading.multi(runtimes))
                                    .allocator(HEAP)
                                    .uncaughtFrame(this::uncaught)
                                    .threadName(name));
            Dice order = dice.of("frames");
            SimTransport transport = new SimTransport(this);
            transports.add(transport);
            TardyAccess.get().simulate(builder, sim.stage());
            tardy =
                    builder.async(transport)
                            .clock(clock)
                            .stallAfter(Duration.ZERO)
                            .frameOrder(order::below)
                            .build();
        }
        return tardy;
    }

    private void uncaught(Frame<?> frame, Throwable failure) {
        if (name.isEmpty()) {
            sim.stage().fail(failure); // the scenario's, which nobody cancels
        } else if (!isTolerated(failure)) {
            sim.stage()
                    .failIn(
                            frame.name()
                                    + " of "
                                    + this
                                    + " threw it, and no other frame asks for it",
                            failure);
        }
    }

    private boolean isTolerated(Throwable failure) {
        for (Throwable cause = failure; cause != null; cause = cause.getCause()) {
            if (cause instanceof AssertionError) {
                return false;
            }
        }
        return tolerated.stream().anyMatch(type -> type.isInstance(failure));
    }

    /** One of its loops has ended; outside of any runtime. */
    void loopEnded() {
        if (!isRunning()) {
            return;
        }
        try {
            if (entry.await(Duration.ZERO)) {
                sim.trace().add(name, "has ended");
                ended.complete(null);
            }
        } catch (Exception | Error e) {
            sim.stage().fail(e);
        }
    }

    boolean hasEnded() {
        return entry != null && ended.isDone();
    }

    /** Whether its program runs. */
    public boolean isRunning() {
        return entry != null && !ended.isDone();
    }

    /**
     * Waits until its program has ended.
     *
     * @throws IllegalStateException if it has never run one
     */
    public void await() throws Exception {
        if (program == null) {
            throw new IllegalStateException(this + " has never run a program, to await the end of");
        }
        TardyRuntime.current().await(ended);
    }

    /** Asks its program to end, as {@code TardyEntry.stop}. */
    public void stop() {
        if (entry != null) {
            entry.stop();
        }
    }

    /** Asks its program to end in order, as {@code TardyEntry.drain}. */
    public void drain(Duration within) {
        if (entry != null) {
            entry.drain(within);
        }
    }

    /**
     * Its program is sent a signal, as by kill(1). If the program has {@linkplain Signals#open
     * opened} it, that is all; else the signal ends the program as {@link #kill} does. (A JVM would
     * run its shutdown hooks, which are not simulated.) Does nothing where the power has failed.
     */
    public void signal(Signal signal) {
        if (!node.isUp()) {
            return;
        }
        sim.trace().add(name, "gets SIG" + signal);
        if (!signals.raise(signal.name())) {
            kill();
        }
    }

    SimSignals signals() {
        return signals;
    }

    /**
     * Its program is killed, as by SIGKILL: nothing of it runs any more, no {@code finally} either.
     * The system closes its sockets, and the disk has all that was written. In its own program this
     * does not return. Does nothing where the power has failed.
     */
    public void kill() {
        if (!node.isUp()) {
            return;
        }
        sim.trace().add(name, "is killed");
        transports.forEach(SimTransport::crash); // what had begun may yet be done, but not synced
        gone();
        node.kill();
        disk.restart();
        endHere();
    }

    /**
     * The power fails: as {@link #kill}, but its peers hear nothing, and of what was not synced the
     * disk may have lost anything. {@link #restart} brings it back; until then this does nothing
     * more.
     */
    public void crash() {
        if (!node.isUp()) {
            return;
        }
        sim.trace().add(name, "crashes");
        transports.forEach(SimTransport::crash);
        gone();
        node.crash();
        disk.crash();
        endHere();
    }

    /** What is gone does not go on, if it is what has asked for it. */
    private void endHere() {
        if (current() != this) {
            return;
        }
        if (!Thread.currentThread().isVirtual()) {
            throw new IllegalStateException(
                    this + " is gone, and so is this offloaded call: end it in a frame");
        }
        for (; ; ) {
            LockSupport.park(this);
        }
    }

    private void gone() {
        sim.stage().remove(this);
        tardy = null;
        transports.clear();
        signals.clear();
        entry = null;
        paused = false;
        ended.complete(null);
    }

    /**
     * Starts the program again that was killed, or has ended, and then groups of Netty's and open
     * sockets that it has left are gone too; of a host that had groups of Netty's only, the power
     * comes back after a {@link #crash}.
     *
     * @throws IllegalStateException if there is neither a program nor a crash
     */
    public SimHost restart() {
        if (program == null && node.isUp()) {
            throw new IllegalStateException(this + " has never run a program: use start");
        }
        if (hasEnded()) {
            kill(); // what it has left open goes with its process
        }
        powerOn();
        return program == null ? this : start(program);
    }

    private void powerOn() {
        if (!node.isUp()) {
            node.restart();
        }
    }

    /** Nothing of it runs until {@link #resume}, as of a virtual machine that is moved. */
    public void pause() {
        sim.trace().add(name, "pauses");
        paused = true;
    }

    /** Ends {@link #pause}. */
    public void resume() {
        sim.trace().add(name, "resumes");
        paused = false;
    }

    boolean isPaused() {
        return paused || sim.timeline().nowNanos() < stalledUntilNanos;
    }

    /** Nothing of it runs until then. */
    void stall(long untilNanos) {
        stalledUntilNanos = untilNanos;
    }

    HostFaults faults() {
        return sim.faults().host();
    }

    /**
     * From which ports it connects; by default from those that Linux takes. Few can be exhausted.
     */
    public SimHost ephemeralPorts(int first, int last) {
        node.ephemeralPorts(first, last);
        return this;
    }

    /** Its sockets that are open, each in a few words: for a check that nothing is left. */
    public List<String> openSockets() {
        return node.openChannels();
    }

    /** Its clocks go faster or slower than time, from now on; 1 is right. */
    public void driftClock(double rate) {
        clock.drift(rate);
        // What waits for a deadline waits longer now, or less.
        transports.forEach(SimTransport::wake);
    }

    /** Its time of day jumps, forward or back. Delays and deadlines do not go by it. */
    public void jumpClock(Duration by) {
        clock.jump(by);
    }

    /** Its time of day, for the scenario; its programs have it as {@link TardyRuntime#clock}. */
    public Clock clock() {
        return clock.withZone(ZoneOffset.UTC);
    }

    /** What its programs leave to chance themselves. */
    Dice chance() {
        return chance;
    }

    long nanoTime() {
        return clock.nanoTime();
    }

    Timeline.Event at(long clockNanos, Runnable action) {
        return sim.timeline().after(clock.untilAhead(clockNanos - clock.nanoTime()), action);
    }

    Timeline timeline() {
        return sim.timeline();
    }

    Sim sim() {
        return sim;
    }

    Node node() {
        return node;
    }

    Disk disk() {
        return disk;
    }

    @Override
    public String toString() {
        return "host " + name;
    }
}
