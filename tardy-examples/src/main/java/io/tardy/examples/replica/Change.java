package io.tardy.examples.replica;

import io.tardy.TardyRuntime;
import java.io.IOException;
import java.util.concurrent.CompletableFuture;

/**
 * Where the frames of one runtime wait for each other: {@code while (!isSo()) changed.await();}.
 * They take turns only where they wait, so nothing can change between the question and the wait.
 */
final class Change {

    private CompletableFuture<Void> next = new CompletableFuture<>();

    /** All that wait look again. */
    void happened() {
        CompletableFuture<Void> now = next;
        next = new CompletableFuture<>();
        now.complete(null);
    }

    /** Waits for the next {@link #happened}, or until the frame's deadline or its end. */
    void await() throws IOException {
        try {
            TardyRuntime.current().await(next);
        } catch (IOException | RuntimeException e) {
            throw e;
        } catch (Exception e) {
            throw new IllegalStateException("a future that never fails", e);
        }
    }
}
