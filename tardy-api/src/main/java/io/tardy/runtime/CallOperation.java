package io.tardy.runtime;

import io.tardy.aio.CancelledException;
import java.util.concurrent.Callable;

/** A call of a task's for a thread of the pool: no submission, for no transport has it. */
final class CallOperation<T> extends TaskOperation {

    private final Callable<? extends T> call;
    private boolean givenUp;

    CallOperation(Task task, Callable<? extends T> call) {
        super(task);
        this.call = call;
        beginNext(null);
    }

    Callable<? extends T> call() {
        return call;
    }

    /** It was asked to end. */
    void giveUp() {
        givenUp = true;
    }

    /** Whether it was asked to end before it was over. */
    boolean isGivenUp() {
        return givenUp;
    }

    /** What the call returned or threw; only once it is over. */
    T outcome() throws Exception {
        OffloadPool.Returned returned = (OffloadPool.Returned) value();
        if (returned == null) {
            throw new CancelledException("offload");
        }
        if (returned.failure() instanceof Exception e) {
            throw e;
        } else if (returned.failure() instanceof Error e) {
            throw e;
        }
        @SuppressWarnings("unchecked") // what the call of this type has returned
        T value = (T) returned.value();
        return value;
    }
}
