package io.tardy;

import io.tardy.aio.CancelledException;
import io.tardy.aio.DeadlineExceededException;
import io.tardy.aio.TardyIOException;
import io.tardy.runtime.SignalHandlers;
import io.tardy.runtime.Simulation;
import io.tardy.runtime.Task;
import io.tardy.runtime.TaskScheduler;
import java.util.EnumSet;
import java.util.List;
import java.util.Set;
import java.util.concurrent.atomic.AtomicInteger;

/**
 * Signals of the system, for a frame to wait for.
 *
 * <pre>{@code
 * try (Signals signals = Signals.open(Signal.TERM, Signal.INT)) {
 *     signals.next();
 *     tardy.drain(Duration.ofSeconds(5));
 * }
 * }</pre>
 *
 * <p>From {@link #open} to {@link #close} these signals do nothing else: the JVM does not end, and
 * runs no shutdown hooks. What handled a signal before, the JVM's own handler mostly, is back after
 * the close of the last object that has opened it. Each open object gets each signal once; one that
 * comes again before it was taken counts once, as in the system.
 *
 * <p>A signal that the process was started to ignore never comes: HUP below nohup(1), INT in what a
 * shell without job control runs in the background.
 *
 * <p>Opened and closed on any thread, and {@link #next} in one frame at a time. Signals are the
 * process's; in a simulation they are those of the host, which the scenario sends.
 */
public final class Signals implements AutoCloseable {

    private final Set<Signal> kinds;
    private final Runnable[] uninstall;

    /** Those that were not taken yet, a bit for each; any thread. */
    private final AtomicInteger pending = new AtomicInteger();

    /** The frame that waits, or null. */
    private volatile Task waiter;

    private volatile boolean isClosed;

    /** Nobody tells it of them yet. */
    Signals(Set<Signal> kinds) {
        this.kinds = kinds;
        this.uninstall = new Runnable[Signal.values().length];
    }

    /**
     * Takes these signals from now on.
     *
     * @throws IllegalStateException if the JVM does not pass them on (the module {@code
     *     jdk.unsupported} is missing, or {@code -Xrs} was given); the message says so
     * @throws UnsupportedOperationException if the system has no such signal
     */
    public static Signals open(Signal first, Signal... others) {
        Simulation simulation = Simulation.current();
        Signals signals = new Signals(EnumSet.of(first, others));
        try {
            for (Signal kind : signals.kinds) {
                Runnable action = () -> signals.raised(kind);
                signals.uninstall[kind.ordinal()] =
                        simulation == null
                                ? SignalHandlers.add(kind.name(), action)
                                : simulation.onSignal(kind.name(), action);
            }
            return signals;
        } catch (RuntimeException e) {
            signals.close();
            throw e;
        }
    }

    /** The signal has come; on any thread. */
    void raised(Signal kind) {
        pending.getAndUpdate(bits -> bits | 1 << kind.ordinal());
        wakeWaiter();
    }

    private void wakeWaiter() {
        Task waiting = waiter;
        if (waiting != null) {
            waiting.scheduler().trigger(waiting);
        }
    }

    /**
     * Waits for the next of the signals that were opened, and takes it. One that has come since
     * they were opened counts; of several, the first of {@link Signal} is taken first.
     *
     * @throws CancelledException if the frame is cancelled or interrupted
     * @throws DeadlineExceededException if the frame's {@link Deadline} passes before
     * @throws IllegalStateException outside of a frame, if another frame waits here, or once it is
     *     closed and all that came before were taken
     */
    public Signal next() throws TardyIOException {
        Task task = TaskScheduler.taskHere("Signals.next");
        synchronized (this) {
            if (waiter != null) {
                throw new IllegalStateException("another frame waits for these signals");
            }
            waiter = task;
        }
        try {
            Signal taken;
            while ((taken = take()) == null) {
                if (isClosed) {
                    throw new IllegalStateException("these signals were closed: none will come");
                }
                task.scheduler().awaitTrigger(task, "signal", "signal");
            }
            return taken;
        } finally {
            waiter = null;
        }
    }

    private Signal take() {
        int bits = pending.get();
        if (bits == 0) {
            return null;
        }
        int first = Integer.numberOfTrailingZeros(bits);
        pending.getAndUpdate(now -> now & ~(1 << first)); // only one frame takes
        return Signal.values()[first];
    }

    /** Gives the signals back; a frame that waits is refused. Closing again does nothing. */
    @Override
    public void close() {
        for (Signal kind : List.copyOf(kinds)) {
            Runnable installed;
            synchronized (this) {
                installed = uninstall[kind.ordinal()];
                uninstall[kind.ordinal()] = null;
            }
            if (installed != null) {
                installed.run();
            }
        }
        isClosed = true;
        wakeWaiter();
    }

    @Override
    public String toString() {
        return "signals " + kinds;
    }
}
