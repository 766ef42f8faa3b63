package io.tardy;

import io.tardy.runtime.NoFrame;
import io.tardy.runtime.RuntimeCore;
import io.tardy.runtime.Task;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.jspecify.annotations.Nullable;

/**
 * A future that a runtime completes, and so refuses to hold up the thread of one; the same of what
 * depends on it.
 */
class LoopSafeFuture<T extends @Nullable Object> extends CompletableFuture<T> {

    @Override
    public T get() throws InterruptedException, ExecutionException {
        requireMayWait("get");
        return super.get();
    }

    @Override
    public T get(long timeout, TimeUnit unit)
            throws InterruptedException, ExecutionException, TimeoutException {
        if (timeout > 0) {
            requireMayWait("get");
        }
        return super.get(timeout, unit);
    }

    @Override
    public T join() {
        requireMayWait("join");
        return super.join();
    }

    private void requireMayWait(String operation) {
        if (!isDone() && Task.current() == null && RuntimeCore.ofThread() != null) {
            throw NoFrame.refusal("CompletableFuture." + operation);
        }
    }

    @Override
    public <U> CompletableFuture<U> newIncompleteFuture() {
        return new LoopSafeFuture<>();
    }
}
