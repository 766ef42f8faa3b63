package io.tardy.os;

import io.tardy.aio.Errno;

/** A system call failed with this number: how a blocking call tells its caller. */
final class ErrnoException extends Exception {

    private static final long serialVersionUID = 1L;

    private final int errno;

    ErrnoException(int errno) {
        super(Errno.describe(errno), null, false, false);
        this.errno = errno;
    }

    ErrnoException(Errno errno) {
        this(errno.number());
    }

    int errno() {
        return errno;
    }
}
