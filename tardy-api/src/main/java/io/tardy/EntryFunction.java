package io.tardy;

import java.io.IOException;
import org.jspecify.annotations.Nullable;

/**
 * What {@link Tardy#entry} calls once on each runtime.
 *
 * <p>Public for entry functions that are classes of their own.
 *
 * @param <P> the type of the parameters
 */
@FunctionalInterface
public interface EntryFunction<P extends @Nullable Object> {

    /**
     * Runs on the runtime's thread, outside of any frame: it spawns frames and must not wait. What
     * {@link TardyRuntime#siblings siblings} spawn there meanwhile begins when it has returned.
     *
     * @param runtime the runtime
     * @param params what was given to {@code entry}, the same object on each runtime
     * @throws IOException ends this runtime, and comes out of {@code entry} once all have ended
     */
    void enter(TardyRuntime runtime, P params) throws IOException;
}
