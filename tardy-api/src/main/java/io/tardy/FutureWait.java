package io.tardy;

import io.netty.util.concurrent.Future;
import io.netty.util.concurrent.FutureListener;
import io.tardy.aio.TardyIOException;
import io.tardy.runtime.TaskScheduler;
import io.tardy.runtime.WaitReason;
import io.tardy.runtime.Wake;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.ExecutionException;
import java.util.function.BooleanSupplier;
import org.jspecify.annotations.Nullable;

/** The wait of a frame for what others complete; in that frame. */
final class FutureWait {

    private FutureWait() {}

    /** {@link TardyRuntime#await(Future)}. */
    static <V extends @Nullable Object> V await(TaskScheduler scheduler, Future<V> future)
            throws Exception {
        scheduler.requireFrame("await");
        if (!future.isDone()) {
            Wake own = new Wake("await");
            FutureListener<V> waker = done -> own.wake();
            future.addListener(waker);
            try {
                awaitTriggers(scheduler, future, future::isDone);
            } finally {
                if (!future.isDone()) {
                    future.removeListener(waker);
                }
            }
        }
        if (future.isSuccess()) {
            return future.getNow();
        }
        throw asException(future.cause());
    }

    /** {@link TardyRuntime#await(CompletionStage)}. */
    static <V extends @Nullable Object> V await(TaskScheduler scheduler, CompletionStage<V> stage)
            throws Exception {
        scheduler.requireFrame("await");
        CompletableFuture<V> future = futureOf(stage);
        if (!future.isDone()) {
            // A dependent that is over stays with its source; of anyOf it does not.
            CompletableFuture<Void> over = new CompletableFuture<>();
            Wake own = new Wake("await"); // of a failure to wake nobody would hear
            CompletableFuture.anyOf(future, over)
                    .whenComplete(
                            (value, failure) -> {
                                if (!over.isDone()) {
                                    own.wake();
                                }
                            });
            try {
                awaitTriggers(scheduler, future, future::isDone);
            } finally {
                over.complete(null);
            }
        }
        if (!future.isCompletedExceptionally()) {
            return future.resultNow();
        }
        Throwable failure = future.handle((value, cause) -> cause).join();
        throw asException(
                failure instanceof CompletionException && failure.getCause() != null
                        ? failure.getCause()
                        : failure);
    }

    private static void awaitTriggers(
            TaskScheduler scheduler, Object future, BooleanSupplier isDone)
            throws TardyIOException {
        WaitReason reason = WaitReason.of("await", future);
        while (!isDone.getAsBoolean()) {
            scheduler.triggerAwait("await", reason);
        }
    }

    private static <V> CompletableFuture<V> futureOf(CompletionStage<V> stage) {
        try {
            return stage.toCompletableFuture();
        } catch (UnsupportedOperationException e) { // which it may throw
            CompletableFuture<V> future = new CompletableFuture<>();
            stage.whenComplete(
                    (value, failure) -> {
                        if (failure == null) {
                            future.complete(value);
                        } else {
                            future.completeExceptionally(failure);
                        }
                    });
            return future;
        }
    }

    private static Exception asException(Throwable failure) {
        if (failure instanceof Error error) {
            throw error;
        }
        return failure instanceof Exception exception ? exception : new ExecutionException(failure);
    }
}
