package io.tardy.aio;

import java.time.Duration;

/**
 * The wait was given up because the deadline of its block has passed; see {@code
 * io.tardy.Deadline}. The operation is over when this is thrown: nothing of it happens later.
 */
public final class DeadlineExceededException extends TardyIOException {

    private static final long serialVersionUID = 1L;

    /**
     * @param operation the call that was given up
     */
    public DeadlineExceededException(String operation) {
        super(operation, TimerError.CANCELED, Errno.ETIME.number());
    }

    /**
     * As the block throws it whose deadline has passed.
     *
     * @param given the time that the block was given
     * @param thrown what its wait has thrown, whose cause and stack trace this one has
     */
    public DeadlineExceededException(Duration given, TardyIOException thrown) {
        super(
                thrown.operation(),
                TimerError.CANCELED,
                Errno.ETIME.number(),
                "it was given " + given);
        if (thrown.getCause() != null) {
            initCause(thrown.getCause());
        }
        setStackTrace(thrown.getStackTrace());
    }
}
