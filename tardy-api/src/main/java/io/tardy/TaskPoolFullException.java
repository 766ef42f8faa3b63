package io.tardy;

import java.util.concurrent.RejectedExecutionException;

/**
 * A runtime with {@link Pooling#STATIC} has no free task for another frame.
 *
 * <p>Public for programs that catch it, to refuse work instead of failing.
 */
public final class TaskPoolFullException extends RejectedExecutionException {

    private static final long serialVersionUID = 1L;

    TaskPoolFullException(int capacity) {
        super(
                "all "
                        + capacity
                        + " tasks of this runtime are in use: raise tasksInitial, use"
                        + " Pooling.GROW, or wait with spawnAwait");
    }
}
