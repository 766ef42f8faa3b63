package io.tardy.runtime;

import java.util.function.Consumer;

/**
 * The continuations of one runtime, its loop's and its frames', for a {@link Simulation} that says
 * which of them runs next. All methods are for the simulation's thread.
 */
public interface SteppedCarrier {

    /** Whose carrier it is. */
    RuntimeCore runtime();

    /** Whether the loop may run. */
    boolean isLoopRunnable();

    /** How many frames may run. */
    int framesRunnable();

    /** Runs the loop until it gives way, waits, or ends. */
    void stepLoop();

    /**
     * Runs a frame, which the runtime's order chooses, until it waits or ends.
     *
     * @param chosen told of its thread before it runs
     */
    void stepFrame(Consumer<Thread> chosen);

    /** Whether the loop has ended: there is nothing left to step. */
    boolean isOver();
}
