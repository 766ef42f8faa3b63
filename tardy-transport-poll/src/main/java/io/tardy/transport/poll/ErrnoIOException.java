package io.tardy.transport.poll;

import io.tardy.aio.Errno;
import java.io.IOException;

/** The error that the system would have returned, where the JDK has no such call. */
final class ErrnoIOException extends IOException {

    private static final long serialVersionUID = 1L;

    private final Errno errno;

    ErrnoIOException(Errno errno) {
        super(errno.name());
        this.errno = errno;
    }

    Errno errno() {
        return errno;
    }
}
