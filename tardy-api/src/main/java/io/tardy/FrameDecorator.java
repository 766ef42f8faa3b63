package io.tardy;

import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;

/**
 * Carries what libraries keep in thread locals, such as the current span of a tracer or the context
 * of a logger, from where a frame or a call is started to where it runs. See {@link
 * Tardy.Builder#frameDecorator}.
 */
@FunctionalInterface
public interface FrameDecorator {

    /**
     * Called whenever a frame is spawned or forked, that of a {@code FrameChannel} too, and
     * whenever a call is offloaded; on the thread that does so, which may be that of another
     * runtime, or of none. It must be quick and must not wait. What it throws, the spawn throws,
     * and starts nothing.
     *
     * @param body what is to be run
     * @return what runs in its place, in the frame or on the thread of the pool: it calls the body,
     *     once, and returns its value
     */
    Callable<@Nullable Object> decorate(Callable<@Nullable Object> body);
}
