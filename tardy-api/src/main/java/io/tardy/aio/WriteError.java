package io.tardy.aio;

/** Why {@code write} failed; see write(2). */
public enum WriteError implements AsyncError {
    ACCESS_DENIED,
    WOULD_BLOCK,
    /** The file is closed, or was not opened for writing. */
    INVALID_FD,
    NO_DESTINATION_ADDRESS,
    DISK_QUOTA_EXCEEDED,
    INVALID_ADDRESS,
    FILE_TOO_BIG,
    INTERRUPTED,
    INVALID_ARGUMENTS,
    /** The device failed. */
    IO_ERROR,
    NO_SPACE,
    /** A pipe or the like has no offsets. */
    NOT_SEEKABLE,
    NO_DEVICE,
    /** Nobody reads the other end. */
    BROKEN_PIPE,
    OUT_OF_MEMORY,
    CONNECTION_RESET_BY_PEER,
    CANCELED,
    UNEXPECTED;

    /** The constant for a positive error number of this system. */
    public static WriteError of(int errno) {
        return switch (Errno.of(errno)) {
            case EACCES, EPERM -> ACCESS_DENIED;
            case EAGAIN -> WOULD_BLOCK;
            case EBADF -> INVALID_FD;
            case EDESTADDRREQ -> NO_DESTINATION_ADDRESS;
            case EDQUOT -> DISK_QUOTA_EXCEEDED;
            case EFAULT -> INVALID_ADDRESS;
            case EFBIG -> FILE_TOO_BIG;
            case EINTR -> INTERRUPTED;
            case EINVAL -> INVALID_ARGUMENTS;
            case EIO, ESTALE -> IO_ERROR;
            case ENOSPC -> NO_SPACE;
            case ESPIPE -> NOT_SEEKABLE;
            case ENXIO, ENODEV -> NO_DEVICE;
            case EPIPE -> BROKEN_PIPE;
            case ENOMEM, ENOBUFS -> OUT_OF_MEMORY;
            case ECONNRESET -> CONNECTION_RESET_BY_PEER;
            case ECANCELED -> CANCELED;
            default -> UNEXPECTED;
        };
    }
}
