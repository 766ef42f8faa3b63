package io.tardy;

/**
 * What {@link Tardy#entry} calls once on each runtime.
 *
 * @param <P> the type of the parameters
 * @param <E> what the function may throw
 */
@FunctionalInterface
public interface EntryFunction<P, E extends Exception> {

    /**
     * Runs on the runtime's thread, outside of any frame: it spawns frames and must not wait.
     *
     * @param runtime the runtime
     * @param params what was given to {@code entry}, the same object on each runtime
     */
    void enter(TardyRuntime runtime, P params) throws E;
}
