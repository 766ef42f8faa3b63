package io.tardy.sim;

import io.netty.util.concurrent.FastThreadLocalThread;
import io.tardy.Frame;
import io.tardy.aio.TardyIOException;
import io.tardy.runtime.FrameFactory;
import io.tardy.sim.faults.Faults;
import io.tardy.sim.net.Network;
import io.tardy.sim.time.Dice;
import io.tardy.sim.time.Timeline;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.atomic.AtomicReference;
import java.util.concurrent.locks.ReentrantLock;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * A simulated world: hosts that run programs on Tardy, the network between them, their disks, and
 * time.
 *
 * <pre>{@code
 * Sim.run(42, sim -> {
 *     SimHost server = sim.host("server").start(rt -> EchoServer.start(rt, 7));
 *     SimHost client = sim.host("client").start(rt -> rt.spawn(() -> talkTo("server", 7)));
 *     sim.delay(Duration.ofSeconds(1));
 *     sim.partition(server, client);
 *     sim.delay(Duration.ofMinutes(1));
 *     sim.heal();
 *     client.await();
 * });
 * }</pre>
 *
 * <p>All of it runs on one thread, in an order that the seed decides. The same seed gives the same
 * run, as long as the program asks nothing outside of the simulation that differs from run to run.
 * Time is virtual: it moves only when nothing else can, so an hour of heartbeats takes
 * milliseconds.
 *
 * <p>The methods are for the scenario's frame, and for the frames of hosts where they say so.
 */
public final class Sim {

    static {
        // What a killed host has left behind is never resumed. The JDK would keep it for ever.
        if (System.getProperty("jdk.trackAllThreads") == null) {
            System.setProperty("jdk.trackAllThreads", "false");
        }
    }

    /**
     * One simulation at a time: its threads have the same numbers as those of any other, and the
     * JVM tells by these numbers who owns a monitor.
     */
    private static final ReentrantLock ONE_AT_A_TIME = new ReentrantLock();

    /** How long what runs may take to give way after an interrupt. */
    private static final Duration INTERRUPTED_MAX = Duration.ofSeconds(1);

    private static final Pattern NAME = Pattern.compile("[A-Za-z0-9-]+");

    private final long seed;
    private final Timeline timeline = new Timeline();
    private final Dice dice;
    private final SimTrace trace;
    private final Stage stage;
    private final Network network;
    private final Map<String, SimHost> hosts = new LinkedHashMap<>();
    private final Map<String, Long> points = new TreeMap<>();
    private final Dice pointDice;
    private Faults faults;

    private Sim(long seed, SimOptions options, Faults faults) {
        this.seed = seed;
        this.faults = faults;
        this.dice = new Dice(seed);
        this.trace = new SimTrace(timeline, options.trace());
        this.stage =
                new Stage(
                        timeline,
                        dice,
                        trace,
                        new Limits(nanosOf(options.timeLimit()), options.stepLimit()));
        this.pointDice = dice.of("points");
        this.network = new Network(timeline, dice.of("network"), trace, faults.network());
    }

    private static long nanosOf(Duration limit) {
        Duration most = Duration.ofNanos(Long.MAX_VALUE);
        return limit.compareTo(most) < 0 ? limit.toNanos() : Long.MAX_VALUE;
    }

    /**
     * Simulates a scenario, with the default options.
     *
     * @throws SimFailedError if it fails; the message says how to see it again
     */
    public static SimReport run(long seed, SimBody body) {
        return run(seed, SimOptions.defaults(), body);
    }

    /**
     * Simulates a scenario. One simulation runs at a time in a process; others wait for its end.
     *
     * <p>An interrupt of the caller has it fail. A frame that computes for ever cannot be ended:
     * its thread, a daemon, goes on.
     *
     * @throws SimFailedError if it fails; the message says how to see it again
     * @throws IllegalStateException if the JVM lacks the flag that frames need, which the message
     *     names; or inside of a simulation
     */
    public static SimReport run(long seed, SimOptions options, SimBody body) {
        FrameFactory.requireUsable();
        if (SimHost.current() != null || Stage.current() != null) {
            throw new IllegalStateException("a simulation cannot be run inside of another");
        }
        Faults faults =
                options.swarm()
                        ? Swarm.some(options.faults(), new Dice(seed).of("swarm"))
                        : options.faults();
        try {
            return run(seed, options, faults, body);
        } catch (SimFailedError e) {
            boolean shrinks = options.shrink() && !Thread.currentThread().isInterrupted();
            throw shrinks && !faults.kinds().isEmpty()
                    ? new Shrinking(fewer -> failure(seed, options, fewer, body), e, faults)
                            .shrink()
                    : e;
        }
    }

    /** How it fails with fewer faults, or null; it leaves no trace. */
    private static @Nullable SimFailedError failure(
            long seed, SimOptions options, Faults fewer, SimBody body) {
        try {
            run(seed, options.trace(null), fewer, body);
            return null;
        } catch (SimFailedError e) {
            return e;
        }
    }

    private static SimReport run(long seed, SimOptions options, Faults faults, SimBody body) {
        AtomicReference<Sim> made = new AtomicReference<>();
        SimReport[] report = new SimReport[1];
        Throwable[] failure = new Throwable[1];
        Thread thread =
                new FastThreadLocalThread(
                        null,
                        () -> {
                            try {
                                made.set(new Sim(seed, options, faults));
                                report[0] = made.get().run(body);
                            } catch (Throwable t) {
                                failure[0] = t;
                            }
                        },
                        "sim-" + seed);
        thread.setDaemon(true); // it may never end
        FrameFactory.seedRandom(thread, seed, Stage.FIRST_THREAD - 1);
        ONE_AT_A_TIME.lock();
        try {
            thread.start();
            join(thread, made);
        } finally {
            ONE_AT_A_TIME.unlock();
        }
        if (failure[0] instanceof Error error) {
            throw error;
        } else if (failure[0] != null) {
            throw (RuntimeException) failure[0];
        }
        return report[0];
    }

    /**
     * Waits for its end. Whoever interrupts the wait (a timeout of JUnit's, for example) has the
     * simulation fail; and leaves its thread alone if what runs there never gives way.
     */
    private static void join(Thread thread, AtomicReference<Sim> made) {
        try {
            thread.join();
        } catch (InterruptedException e) {
            while (made.get() == null && thread.isAlive()) {
                Thread.onSpinWait(); // it is about to be made
            }
            try {
                if (made.get() != null) {
                    made.get().interrupt(thread);
                }
            } finally {
                Thread.currentThread().interrupt();
            }
        }
    }

    private void interrupt(Thread thread) {
        AssertionError interruption =
                new AssertionError("whoever waits for it was interrupted; " + stage.running());
        stage.fail(interruption);
        boolean isOver;
        try {
            isOver = thread.join(INTERRUPTED_MAX);
        } catch (InterruptedException e) {
            isOver = false;
        }
        if (!isOver) {
            throw new SimFailedError(
                    seed, message(interruption, List.of("unknown, for it goes on")), interruption);
        }
    }

    private SimReport run(SimBody body) {
        SimHost director = new SimHost(this, "");
        long began = System.nanoTime();
        try {
            director.start(rt -> rt.spawn("scenario", () -> body.run(this)));
            stage.runUntil(director::hasEnded);
            return report(System.nanoTime() - began);
        } catch (Throwable t) {
            throw new SimFailedError(seed, message(t, trace.last()), t);
        } finally {
            stage.close();
        }
    }

    private SimReport report(long realNanos) {
        Map<String, Long> reached = new TreeMap<>(points);
        if (stage.stalls() > 0) {
            reached.put("host stalled", stage.stalls());
        }
        network.reached().forEach((name, count) -> reached.merge(name, count, Long::sum));
        for (SimHost host : hosts.values()) {
            host.disk().reached().forEach((name, count) -> reached.merge(name, count, Long::sum));
        }
        return new SimReport(
                seed,
                Duration.ofNanos(timeline.nowNanos()),
                stage.steps(),
                trace.events(),
                trace.hash(),
                Duration.ofNanos(realNanos),
                reached);
    }

    private String message(Throwable cause, List<String> last) {
        return "seed "
                + seed
                + " fails after "
                + SimTrace.seconds(timeline.nowNanos())
                + " s of virtual time and "
                + stage.steps()
                + " steps: "
                + cause
                + (stage.failedIn().isEmpty() ? "" : "\n  " + stage.failedIn())
                + "\n  to see it again: Sim.run("
                + seed
                + "L, …), or -Dtardy.sim.seed="
                + seed
                + " with @SimTest; its whole trace: SimOptions.trace, or -Dtardy.sim.trace=FILE\n"
                + "last events (virtual seconds, host, what):\n  "
                + String.join("\n  ", last);
    }

    /** The seed. */
    public long seed() {
        return seed;
    }

    /**
     * The host of this name, which is made if there is none. The name can be looked up as a DNS
     * name on every host, in capitals or not.
     *
     * @param name letters, digits and hyphens
     * @throws IllegalArgumentException if it is another name, or {@code localhost}
     */
    public SimHost host(String name) {
        if (!NAME.matcher(name).matches() || name.equalsIgnoreCase("localhost")) {
            throw new IllegalArgumentException(
                    '"' + name + "\" is no name of a host: letters, digits and hyphens are");
        }
        return hosts.computeIfAbsent(name, key -> new SimHost(this, key));
    }

    /** Whether a host of this name has been made. */
    boolean hasHost(String name) {
        return hosts.keySet().stream().anyMatch(name::equalsIgnoreCase);
    }

    /** Waits, in virtual time; in the scenario's frame. */
    public void delay(Duration delay) throws TardyIOException {
        Frame.delay(delay);
    }

    /** How much virtual time has passed. */
    public Duration now() {
        return Duration.ofNanos(timeline.nowNanos());
    }

    /** No segment and no datagram goes between the two any more, in either direction. */
    public void partition(SimHost a, SimHost b) {
        network.partition(a.node(), b.node());
    }

    /**
     * Each of these hosts is parted from all the others that there are now, but not from each
     * other.
     */
    public void isolate(SimHost... group) {
        for (SimHost host : hosts.values()) {
            if (!List.of(group).contains(host)) {
                for (SimHost member : group) {
                    network.partition(member.node(), host.node());
                }
            }
        }
    }

    /** Ends the partition of the two. */
    public void heal(SimHost a, SimHost b) {
        network.heal(a.node(), b.node());
    }

    /** Ends all partitions. */
    public void heal() {
        network.healAll();
    }

    /** From now on the world has these faults. */
    public void faults(Faults faults) {
        this.faults = faults;
        network.faults(faults.network());
        hosts.values().forEach(host -> host.disk().setFaults(faults.disk()));
    }

    /** The faults that the world has now. */
    public Faults faults() {
        return faults;
    }

    /** A number from 0 to one less than the bound, from the seed. */
    public int random(int bound) {
        return pointDice.below(bound);
    }

    /**
     * Whether something unlikely is to happen at this point of a program: one time in ten where the
     * seed has switched the point on, which it has in every second run; never outside of a
     * simulation. From any code that is simulated.
     *
     * @param point its name, for {@link SimReport#reached}
     */
    public static boolean sometimes(String point) {
        SimHost host = SimHost.current();
        return host != null && host.sim().isToHappen(point);
    }

    private boolean isToHappen(String point) {
        boolean isOn = dice.of("point " + point).chance(0.5);
        boolean happens = isOn && pointDice.chance(0.1);
        points.merge(point, happens ? 1L : 0L, Long::sum);
        return happens;
    }

    Timeline timeline() {
        return timeline;
    }

    Dice dice() {
        return dice;
    }

    SimTrace trace() {
        return trace;
    }

    Stage stage() {
        return stage;
    }

    Network network() {
        return network;
    }
}
