package io.tardy.aio;

/** Why {@code close} of a file failed, which is closed all the same; see close(2). */
public enum CloseError implements AsyncError {
    /** It was closed before. */
    INVALID_FD,
    INTERRUPTED,
    /** What was written before could not be kept. */
    IO_ERROR,
    DISK_QUOTA_EXCEEDED,
    NO_SPACE,
    CANCELED,
    UNEXPECTED;

    /** The constant for a positive error number of this system. */
    public static CloseError of(int errno) {
        return switch (Errno.of(errno)) {
            case EBADF -> INVALID_FD;
            case EINTR -> INTERRUPTED;
            case EIO, ESTALE -> IO_ERROR;
            case EDQUOT -> DISK_QUOTA_EXCEEDED;
            case ENOSPC -> NO_SPACE;
            case ECANCELED -> CANCELED;
            default -> UNEXPECTED;
        };
    }
}
