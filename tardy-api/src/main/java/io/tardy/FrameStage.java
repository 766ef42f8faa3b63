package io.tardy;

import io.tardy.runtime.Telling;
import java.util.concurrent.Callable;
import java.util.concurrent.CompletableFuture;
import org.jspecify.annotations.Nullable;

/**
 * The end of a frame as a future of the JDK's: the frame completes it, and whoever completes it
 * otherwise has the frame cancelled.
 */
final class FrameStage<T extends @Nullable Object> extends CompletableFuture<T> {

    private final Frame<T> frame;
    private final Telling telling;

    private FrameStage(Frame<T> frame) {
        this.frame = frame;
        this.telling = new Telling(frame.runtime().core().scheduler(), this::takeOutcome);
    }

    /** {@link Frame#toCompletionStage}; any thread. */
    static <T extends @Nullable Object> FrameStage<T> of(Frame<T> frame) {
        FrameStage<T> stage = new FrameStage<>(frame);
        frame.joiners().stages.add(stage);
        // Announced before it looks: so the frame completes it, or is found to have ended.
        if (frame.hasEnded() && frame.joiners().stages.remove(stage)) {
            stage.takeOutcome();
        } else {
            stage.whenComplete((value, failure) -> stage.cancelFrame());
        }
        return stage;
    }

    /** {@link TardyRuntime#submit}; any thread. */
    static <T extends @Nullable Object> CompletableFuture<T> ofNew(
            TardyRuntime runtime, Callable<? extends T> body) {
        FrameStage<T> stage;
        try {
            stage = of(FrameStart.newFrame(runtime, null, body));
        } catch (Exception e) { // a decorator's may be any
            return CompletableFuture.failedFuture(e);
        }
        try {
            FrameStart.started(stage.frame);
        } catch (RuntimeException e) {
            stage.completeExceptionally(e);
        }
        return stage;
    }

    private void cancelFrame() {
        if (!frame.hasEnded()) {
            frame.cancel();
        }
    }

    /** The frame has ended; on its runtime's thread. */
    void frameEnded() {
        telling.tell(); // what depends on it is a user's code
    }

    private void takeOutcome() {
        Throwable failure = frame.failure();
        if (failure == null) {
            complete(frame.value());
        } else {
            completeExceptionally(failure);
        }
    }

    /** What depends on it is nobody's end. */
    @Override
    public <U> CompletableFuture<U> newIncompleteFuture() {
        return new CompletableFuture<>();
    }
}
