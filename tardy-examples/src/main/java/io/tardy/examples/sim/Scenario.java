package io.tardy.examples.sim;

import io.tardy.sim.Sim;

/** A small system of hosts, and what must hold of it whatever goes wrong. */
public interface Scenario {

    /** What it is called on the command line. */
    String name();

    /**
     * Runs in the scenario's frame of a simulation, and is bounded in virtual time.
     *
     * @throws AssertionError if something does not hold
     */
    void run(Sim sim) throws Exception;
}
