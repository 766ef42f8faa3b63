package io.tardy;

import io.tardy.runtime.Telling;
import java.util.concurrent.Callable;
import java.util.concurrent.CompletableFuture;
import org.jspecify.annotations.Nullable;

/**
 * The end of a frame as a future of the JDK's: the frame completes it, and whoever completes it
 * otherwise has the frame cancelled.
 */
final class FrameStage<T extends @Nullable Object> extends LoopSafeFuture<T> {

    private final Frame<T> frame;
    private final Telling telling;
    private boolean isUncaught;

    private FrameStage(Frame<T> frame) {
        this.frame = frame;
        this.telling = new Telling(frame.runtime().core().scheduler(), this::completeAll);
    }

    /** {@link Frame#toCompletionStage}; any thread. */
    static <T extends @Nullable Object> FrameStage<T> of(Frame<T> frame) {
        FrameStage<T> stage = new FrameStage<>(frame);
        // Before it is announced: an end must not be told to one whom nobody gets, for want of
        // memory.
        stage.whenComplete((value, failure) -> stage.cancelFrame());
        frame.joiners().stages.add(stage);
        // Announced before it looks: so the frame completes it, or is found to have ended.
        if (frame.hasEnded() && frame.joiners().stages.remove(stage)) {
            stage.takeOutcome();
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

    /** The frame has ended, and this is its first future; on its runtime's thread. */
    void frameEnded(boolean isUncaught) {
        this.isUncaught = isUncaught;
        telling.tell(); // what depends on it is a user's code
    }

    /** Only now is it known whether one of them takes a failure: it may have been cancelled. */
    private void completeAll() {
        boolean isTaken = false;
        for (FrameStage<?> stage; (stage = frame.joiners().stages.poll()) != null; ) {
            isTaken |= stage.takeOutcome();
        }
        if (isUncaught && !isTaken) {
            frame.uncaught();
        }
    }

    /** False if somebody else has completed it. */
    private boolean takeOutcome() {
        Throwable failure = frame.failure();
        return failure == null ? complete(frame.value()) : completeExceptionally(failure);
    }
}
