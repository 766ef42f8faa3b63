package io.tardy.runtime;

/**
 * What runs runtimes in place of the system: one thread for all of their carriers, a time that only
 * it moves, and an order that only it chooses. See {@code tardy-sim}.
 *
 * <p>All of its methods but {@link #refuseForeign} are called on its own thread.
 */
public interface Simulation {

    /** A loop begins: the simulation steps its carrier from now on, until that is over. */
    void carry(SteppedCarrier carrier);

    /** Runs what blocks, which else a thread of a pool would; later, outside of any frame. */
    void offload(Runnable job);

    /** A virtual thread of a runtime was made, and has not begun. */
    void made(Thread thread);

    /**
     * Refuses every thread that the simulation does not run: what it does cannot be repeated.
     *
     * @param what what it has tried to do
     * @throws IllegalStateException on such a thread; the simulation fails too
     */
    void refuseForeign(String what);
}
