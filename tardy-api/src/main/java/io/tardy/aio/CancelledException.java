package io.tardy.aio;

import java.time.Duration;
import org.jspecify.annotations.Nullable;

/**
 * The wait was given up because its frame was cancelled, its runtime stops, its thread was
 * interrupted, or the deadline of a block outside of the present one has passed. The operation is
 * over when this is thrown.
 */
public final class CancelledException extends TardyIOException {

    private static final long serialVersionUID = 1L;

    /**
     * @param operation the call that was given up
     */
    public CancelledException(String operation) {
        super(operation, TimerError.CANCELED, Errno.ECANCELED.number());
    }

    /**
     * As a block throws it around which the deadline of another block has passed.
     *
     * @param given the time that the outer block was given
     * @param cause what the wait has thrown, or null
     */
    public CancelledException(String operation, Duration given, @Nullable Throwable cause) {
        super(
                operation,
                TimerError.CANCELED,
                Errno.ECANCELED.number(),
                "a block around it was given " + given);
        if (cause != null) {
            initCause(cause);
        }
    }
}
