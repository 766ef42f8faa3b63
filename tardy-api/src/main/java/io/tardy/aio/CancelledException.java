package io.tardy.aio;

/**
 * The wait was given up because its frame was cancelled, its runtime stops, or its thread was
 * interrupted. The operation is over when this is thrown.
 */
public final class CancelledException extends TardyIOException {

    private static final long serialVersionUID = 1L;

    /**
     * @param operation the call that was given up
     */
    public CancelledException(String operation) {
        super(operation, TimerError.CANCELED, Errno.ECANCELED.number());
    }
}
