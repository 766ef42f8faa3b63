package io.tardy.aio;

import java.io.IOException;
import org.jspecify.annotations.Nullable;

/**
 * An operation of a socket or a file failed. All such failures are of this class or a subclass; it
 * carries the operation, the typed cause and the system's number.
 */
public class TardyIOException extends IOException {

    private static final long serialVersionUID = 1L;

    private final String operation;
    private final transient AsyncError error;
    private final int errno;

    /**
     * @param operation the call that failed, such as {@code recv}
     * @param error the cause
     * @param errno the system's number, or 0
     */
    public TardyIOException(String operation, AsyncError error, int errno) {
        this(operation, error, errno, null);
    }

    /**
     * With the constant that the number means to the operation.
     *
     * @param operation the call that failed, such as {@code recv}
     * @param errors the operation's error enum
     * @param errno the system's number, positive
     */
    public <E extends Enum<E> & AsyncError> TardyIOException(
            String operation, Class<E> errors, int errno) {
        this(operation, errors, errno, null);
    }

    /**
     * With the constant that the number means to the operation.
     *
     * @param detail what helps the reader further (the address, the way out), or null
     */
    public <E extends Enum<E> & AsyncError> TardyIOException(
            String operation, Class<E> errors, int errno, @Nullable String detail) {
        this(operation, ErrnoMeanings.of(errors).meaningOf(errno), errno, detail);
    }

    /**
     * @param detail what helps the reader further (the address, the way out), or null
     */
    public TardyIOException(
            String operation, AsyncError error, int errno, @Nullable String detail) {
        super(message(operation, error, errno, detail));
        this.operation = operation;
        this.error = error;
        this.errno = errno;
    }

    /** The call that failed, such as {@code recv}. */
    public String operation() {
        return operation;
    }

    /** The cause: a constant of the operation's error enum. */
    public AsyncError error() {
        return error;
    }

    /** The system's number for the cause, or 0 where there is none. */
    public int errno() {
        return errno;
    }

    private static String message(
            String operation, AsyncError error, int errno, @Nullable String detail) {
        return operation
                + " failed: "
                + error.name()
                + (errno == 0 ? "" : " (" + Errno.describe(errno) + ")")
                + (detail == null ? "" : ": " + detail);
    }
}
