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
     * Called whenever a frame is started (by {@code spawn} and its like, {@link Scope#fork}, {@code
     * serve}, {@code FrameChannel.spawn}, {@link Tardy#run}), and whenever a call is offloaded; on
     * the thread that does so, which may be that of another runtime, or of none. It must be quick
     * and must not wait. Called also for each {@code FrameChannel.write}, in the frame: the
     * handlers of the pipeline then write in the context of that frame, on its runtime's loop.
     *
     * <p>What it throws, the spawn throws, and starts nothing. If what it returns throws before it
     * has called the body, or never calls it, the frame or the offloaded call fails, and the body
     * never runs.
     *
     * <p>A {@link FrameBody} that is {@link AutoCloseable}, given to {@code spawn}, holds
     * something: in either case the frame fails, and the body is closed in its place. The
     * connections of {@code serve}, of {@code FrameChannel} and of a WebSocket server are such
     * bodies: they are closed, and their server goes on.
     *
     * @param body what is to be run
     * @return what runs in its place, in the frame or on the thread of the pool: it calls the body,
     *     once, and returns its value
     */
    Callable<@Nullable Object> decorate(Callable<@Nullable Object> body);
}
