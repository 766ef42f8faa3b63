package io.tardy;

import io.tardy.runtime.FrameFactory;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;

/** Starts frames whose failure goes to who waits for them, and to nobody else. */
final class JoinedFrame {

    private JoinedFrame() {}

    static <T extends @Nullable Object> Frame<T> spawn(
            TardyRuntime runtime, Callable<? extends T> body) {
        FrameFactory.requireUsable();
        return joined(runtime, Frame.ofCall(runtime, runtime.nameOf(null), body));
    }

    /**
     * With its end the runtime stops. The body is in its decoration already, which so cannot keep
     * it from that.
     */
    static <T extends @Nullable Object> Frame<T> spawnOnly(
            TardyRuntime runtime, Callable<? extends T> body) {
        Callable<T> stopping =
                () -> {
                    try {
                        return body.call();
                    } finally {
                        runtime.stop();
                    }
                };
        return joined(runtime, new Frame<>(runtime, runtime.nameOf(null), stopping));
    }

    private static <T extends @Nullable Object> Frame<T> joined(
            TardyRuntime runtime, Frame<T> frame) {
        frame.willBeJoined();
        return runtime.spawned(frame);
    }
}
