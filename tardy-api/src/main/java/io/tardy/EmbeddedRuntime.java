package io.tardy;

import io.tardy.aio.CancelledException;
import io.tardy.aio.DeadlineExceededException;
import io.tardy.aio.TardyIOException;
import io.tardy.runtime.NoFrame;
import io.tardy.runtime.RuntimeCore;
import java.io.IOException;
import java.time.Duration;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;

/**
 * A runtime inside of a program that has threads and a life of its own, and now and then has
 * something done in frames: {@link Tardy#embed} starts it, and it goes on without frames until it
 * is closed.
 *
 * <pre>{@code
 * try (EmbeddedRuntime embedded = tardy.embed()) {
 *     String answer = embedded.call(() -> ask(host, port)); // from any thread, which blocks
 * }
 * }</pre>
 *
 * <p>It has a thread to itself, which {@link Tardy.Builder#threadFactory} makes. All methods may be
 * called from any thread.
 */
public final class EmbeddedRuntime implements AutoCloseable {

    private final TardyEntry entry;
    private final TardyRuntime runtime;

    EmbeddedRuntime(TardyEntry entry) {
        this.entry = entry;
        this.runtime = entry.runtimes().getFirst();
    }

    /**
     * A runtime ends with its last frame: this one does not end by itself, but when drained. What
     * keeps it is none of the program's frames, so no decorator has it, which might fail.
     */
    static void keep(TardyRuntime runtime) {
        FrameBody body =
                () ->
                        Frame.idle(
                                null,
                                () -> {
                                    for (; ; ) {
                                        runtime.scheduler().triggerAwait();
                                    }
                                });
        FrameStart.started(new Frame<Void>(runtime, "embedded", body));
    }

    /** The runtime, to spawn frames on without waiting for them. */
    public TardyRuntime runtime() {
        return runtime;
    }

    /** {@link #call} without a value. */
    public void run(FrameBody body) throws IOException {
        call(
                () -> {
                    body.run();
                    return null;
                });
    }

    /**
     * Runs the body in a frame of this runtime, and waits for its end: a thread blocks, and a frame
     * of another runtime lets others run. Any number may call at once; each has a frame.
     *
     * <p>If the thread is interrupted, or the calling frame is cancelled or late, or cannot wait
     * here, the body is cancelled, and this throws without waiting for its end.
     *
     * @return what the body returns
     * @throws CancelledException if the caller was interrupted or cancelled
     * @throws DeadlineExceededException if the calling frame's {@link Deadline} has passed
     * @throws IOException what the body throws, as it is, as by {@link Tardy#runCall}
     * @throws java.util.concurrent.RejectedExecutionException if this was closed, or has failed,
     *     before; a body that runs then is cancelled
     * @throws TaskPoolFullException if the pool is static and full
     * @throws IllegalStateException on a runtime's thread outside of a frame, which cannot wait,
     *     and in a frame where it cannot be suspended
     */
    public <T extends @Nullable Object> T call(Callable<? extends T> body) throws IOException {
        if (RuntimeCore.currentOrNull() != null && !TardyRuntime.isInFrame()) {
            throw NoFrame.refusal("EmbeddedRuntime.call");
        }
        Frame<T> frame = JoinedFrame.start(runtime, body);
        try {
            return frame.join();
        } catch (FrameFailedException e) {
            return frame.outcome(); // which throws what the body has thrown
        } catch (TardyIOException | RuntimeException | Error e) { // the caller's, not the body's
            frame.cancel();
            throw e;
        }
    }

    /**
     * Ends it in order, as {@link TardyRuntime#drain} says, and waits for its end: frames may
     * finish within this time, and are then cancelled. On a runtime's thread, in a frame too, this
     * only begins. It returns after {@code within} and {@link Tardy.Builder#stopTimeout} at the
     * latest, and a second if the runtime does not give way.
     *
     * @return true if every frame has ended; false if some were left behind, or on a runtime's
     *     thread
     */
    public boolean drain(Duration within) {
        entry.drain(within);
        return entry.end().awaitDrain(within, runtime.options().stopTimeout());
    }

    /**
     * Stops it, as {@link TardyRuntime#stop} says, and waits for its end; on a runtime's thread, in
     * a frame too, only stops it. Closing again does nothing.
     */
    @Override
    public void close() {
        entry.stop();
        if (RuntimeCore.currentOrNull() == null) {
            entry.end().await(() -> true);
        }
    }

    @Override
    public String toString() {
        return "embedded " + runtime;
    }
}
