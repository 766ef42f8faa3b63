package io.tardy.aio;

import org.jspecify.annotations.Nullable;

/**
 * The outcome of a submission: what it was asked for, or why not.
 *
 * @param <T> the type of the value
 * @param <E> the error enum of the operation
 */
public sealed interface Resulted<T extends @Nullable Object, E extends Enum<E> & AsyncError> {

    /** The operation succeeded. */
    record Actual<T extends @Nullable Object, E extends Enum<E> & AsyncError>(T value)
            implements Resulted<T, E> {}

    /**
     * The operation failed.
     *
     * @param op the operation that failed
     * @param error the cause
     * @param errno the system's number for it; 0 where there is none ({@link RecvError#CLOSED}); of
     *     {@code CANCELED}, {@link Errno#ETIME} says that it was for a deadline
     */
    record Err<T extends @Nullable Object, E extends Enum<E> & AsyncError>(
            AsyncOp op, E error, int errno) implements Resulted<T, E> {

        /** The exception that {@link #unwrap} throws for this outcome. */
        public TardyIOException toException() {
            if (!error.isCanceled()) {
                return new TardyIOException(op.label(), error, errno);
            }
            return errno == Errno.ETIME.number()
                    ? new DeadlineExceededException(op.label())
                    : new CancelledException(op.label());
        }
    }

    /**
     * The value.
     *
     * @throws CancelledException if the operation was cancelled
     * @throws DeadlineExceededException if it was given up for a deadline
     * @throws TardyIOException if the operation failed otherwise
     */
    default T unwrap() throws TardyIOException {
        if (this instanceof Actual<T, E> actual) { // of two, and asked for every message: no switch
            return actual.value();
        }
        throw ((Err<T, E>) this).toException();
    }
}
