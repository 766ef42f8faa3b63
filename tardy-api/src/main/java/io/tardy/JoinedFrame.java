package io.tardy;

import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;

/** A frame whose failure goes to who waits for it, and to nobody else. */
final class JoinedFrame {

    private JoinedFrame() {}

    static <T extends @Nullable Object> Frame<T> start(
            TardyRuntime runtime, Callable<? extends T> body) {
        return joined(FrameStart.newFrame(runtime, null, body));
    }

    /**
     * One with whose end the runtime stops. The body is in its decoration already, which so cannot
     * keep it from that.
     */
    static <T extends @Nullable Object> Frame<T> startOnly(
            TardyRuntime runtime, Callable<? extends T> body) {
        Callable<T> stopping =
                () -> {
                    try {
                        return body.call();
                    } finally {
                        runtime.stop();
                    }
                };
        return joined(new Frame<>(runtime, runtime.core().nextFrameName(), stopping));
    }

    private static <T extends @Nullable Object> Frame<T> joined(Frame<T> frame) {
        frame.willBeJoined();
        return FrameStart.started(frame);
    }
}
