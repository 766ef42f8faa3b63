package io.tardy.transport.poll;

import io.tardy.aio.Errno;
import io.tardy.aio.SocketError;
import io.tardy.aio.TardyIOException;
import io.tardy.os.SystemErrors;

/** The system's error numbers behind the exceptions of channels, the JDK's and our own. */
final class ChannelErrors {

    private ChannelErrors() {}

    /** The positive error number; a fault of a program's, or of ours, is thrown again. */
    static int errnoOf(Throwable failure) {
        return failure instanceof ErrnoIOException known
                ? known.errno().number()
                : SystemErrors.errnoOf(failure);
    }

    static TardyIOException failure(String operation, Exception cause) {
        int errno = errnoOf(cause);
        TardyIOException failure =
                new TardyIOException(
                        operation,
                        SocketError.class,
                        errno,
                        errno == Errno.EIO.number() ? cause.getMessage() : null);
        failure.initCause(cause);
        return failure;
    }
}
