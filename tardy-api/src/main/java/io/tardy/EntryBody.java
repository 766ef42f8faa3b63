package io.tardy;

import java.io.IOException;

/**
 * What {@link Tardy#entry(EntryBody)} calls once on each runtime: an {@link EntryFunction} without
 * parameters.
 *
 * <p>Public for methods of your own that take one.
 */
@FunctionalInterface
public interface EntryBody {

    /**
     * Runs on the runtime's thread, outside of any frame: it spawns frames and must not wait.
     *
     * @throws IOException ends this runtime, and comes out of {@code entry} once all have ended
     */
    void enter(TardyRuntime runtime) throws IOException;
}
