package io.tardy.aio;

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
}
