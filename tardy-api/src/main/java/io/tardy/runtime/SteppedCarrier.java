package io.tardy.runtime;

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

    /** Runs a frame, which the runtime's order chooses, until it waits or ends. */
    void stepFrame();

    /** Whether the loop has ended: there is nothing left to step. */
    boolean isOver();

    /** The frame that ran last, or null if the loop did. */
    Thread ran();
}
