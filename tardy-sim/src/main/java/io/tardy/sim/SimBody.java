package io.tardy.sim;

/**
 * What happens in a simulation: it makes hosts, starts programs on them, does things to them, and
 * checks what comes of it. It runs in a frame, so it can wait: {@link Sim#delay}, {@link
 * SimHost#await}.
 *
 * <p>Public for methods of your own that take a scenario.
 */
@FunctionalInterface
public interface SimBody {

    /**
     * The simulation ends when this returns.
     *
     * @throws Exception fails the simulation, as does an assertion
     */
    void run(Sim sim) throws Exception;
}
