package io.tardy.os;

import io.tardy.aio.Errno;

/** A system call failed with this number: how a blocking call tells its caller. */
public final class ErrnoException extends Exception {

    private static final long serialVersionUID = 1L;

    private final int errno;

    /**
     * @param errno the system's number, positive
     */
    public ErrnoException(int errno) {
        super(Errno.describe(errno), null, false, false);
        this.errno = errno;
    }

    /** The same with its name. */
    public ErrnoException(Errno errno) {
        this(errno.number());
    }

    /** The system's number, positive. */
    public int errno() {
        return errno;
    }
}
