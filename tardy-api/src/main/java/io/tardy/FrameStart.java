package io.tardy;

import io.tardy.aio.TardyIOException;
import io.tardy.runtime.FrameFactory;
import io.tardy.runtime.Task;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;

/** Makes frames of a runtime, and starts them. Without a name they have the next number. */
final class FrameStart {

    private FrameStart() {}

    static Frame<@Nullable Void> of(TardyRuntime runtime, @Nullable String name, FrameBody body) {
        return started(newFrame(runtime, name, body));
    }

    static <T extends @Nullable Object> Frame<T> ofCall(
            TardyRuntime runtime, @Nullable String name, Callable<? extends T> body) {
        return started(newFrame(runtime, name, body));
    }

    static Frame<@Nullable Void> ofDaemon(
            TardyRuntime runtime, @Nullable String name, FrameBody body) {
        Frame<@Nullable Void> frame = newFrame(runtime, name, body);
        return started(frame, frame.newDaemonTask());
    }

    /** Waits for room. */
    static Frame<@Nullable Void> await(TardyRuntime runtime, @Nullable String name, FrameBody body)
            throws TardyIOException {
        Task spawner = runtime.core().scheduler().requireFrame("spawnAwait");
        Frame<@Nullable Void> frame = newFrame(runtime, name, body);
        runtime.core().scheduler().spawn(frame.newTask(), spawner, "spawnAwait");
        return frame;
    }

    private static Frame<@Nullable Void> newFrame(
            TardyRuntime runtime, @Nullable String name, FrameBody body) {
        FrameFactory.requireUsable();
        return Frame.of(runtime, nameOf(runtime, name), body);
    }

    static <T extends @Nullable Object> Frame<T> newFrame(
            TardyRuntime runtime, @Nullable String name, Callable<? extends T> body) {
        FrameFactory.requireUsable();
        return Frame.ofCall(runtime, nameOf(runtime, name), body);
    }

    private static String nameOf(TardyRuntime runtime, @Nullable String given) {
        return given == null ? runtime.core().nextFrameName() : given;
    }

    static <F extends Frame<?>> F started(F frame) {
        return started(frame, frame.newTask());
    }

    private static <F extends Frame<?>> F started(F frame, Task task) {
        TardyRuntime runtime = frame.runtime();
        if (!runtime.core().scheduler().trySpawn(task)) {
            throw new TaskPoolFullException(runtime.options().tasksInitial());
        }
        return frame;
    }
}
