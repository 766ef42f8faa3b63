package io.tardy.sim;

import io.tardy.TardyRuntime;

/**
 * What a host runs: called once on each of its runtimes, as an entry function is.
 *
 * <p>Public for entries that are classes of their own.
 */
@FunctionalInterface
public interface SimEntry {

    /**
     * Runs on the runtime's thread, outside of any frame: it spawns frames and must not wait.
     *
     * @throws Exception ends the runtime, and fails the simulation
     */
    void enter(TardyRuntime runtime) throws Exception;
}
