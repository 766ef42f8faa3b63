package io.tardy.runtime;

import java.net.InetAddress;
import java.net.UnknownHostException;
import java.util.concurrent.Executor;

/**
 * What runs runtimes in place of the system: one thread for all of their carriers, a time that only
 * it moves, and an order that only it chooses. See {@code tardy-sim}.
 *
 * <p>Where it does not say so, its methods are called on its own thread.
 */
public interface Simulation {

    /** Runs virtual threads of a simulation which are of no runtime: offloaded calls. */
    interface Runner extends Executor {
        /** Whose threads they are. */
        Simulation simulation();
    }

    /** That which runs the current thread, be it a frame or any other; or null. */
    static Simulation current() {
        RuntimeCore runtime = RuntimeCore.currentOrNull();
        if (runtime == null) {
            runtime = RuntimeCore.ofOther(Thread.currentThread());
        }
        if (runtime != null) {
            return runtime.settings().simulation();
        }
        return FrameFactory.schedulerOf(Thread.currentThread()) instanceof Runner runner
                ? runner.simulation()
                : null;
    }

    /** A loop begins: the simulation steps its carrier from now on, until that is over. */
    void carry(SteppedCarrier carrier);

    /** Runs what may block, which else a thread of a pool would; later, outside of any frame. */
    void offload(Runnable job);

    /** Runs a continuation, or several, which block nothing; later, on its own thread. */
    void runLater(Runnable continuations);

    /** A virtual thread of a runtime was made, and has not begun. */
    void made(Thread thread);

    /**
     * A virtual thread of this runtime may run: now, or, if the JDK's thread for monitors says so,
     * at a time that is the same in every run. Any thread.
     *
     * @param resumed the virtual thread
     * @param resumption has it run; to be called on the simulation's thread
     * @throws IllegalStateException on a thread that is neither; the simulation fails too
     */
    void resume(RuntimeCore runtime, Thread resumed, Runnable resumption);

    /**
     * As {@link #resume}, for a virtual thread that is no frame, but was started in one, or in the
     * loop.
     */
    void resumeOther(RuntimeCore runtime, Runnable resumption);

    /** A program has failed where nobody but a log would hear of it: the simulation fails too. */
    void failed(AssertionError failure);

    /**
     * The addresses of a host, as its own name server knows them.
     *
     * @throws UnknownHostException if there is none of this name
     */
    InetAddress[] lookUp(String host) throws UnknownHostException;

    /**
     * Has the action run whenever the host that runs now is sent this signal.
     *
     * @param name without SIG
     * @return what ends that
     */
    Runnable onSignal(String name, Runnable action);

    /**
     * Refuses every thread that the simulation does not run: what it does to this runtime cannot be
     * repeated.
     *
     * @throws IllegalStateException on such a thread; the simulation fails too
     */
    void requireSimulated(RuntimeCore runtime);
}
