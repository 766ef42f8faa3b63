package io.tardy.aio;

/** Why {@code read} failed; see read(2). */
public enum ReadError implements DeleteTreeError {
    ACCESS_DENIED,
    /** Not an error of the system: there is nothing more. */
    END_OF_FILE,
    WOULD_BLOCK,
    /** The file is closed, or was not opened for reading. */
    INVALID_FD,
    INVALID_ADDRESS,
    INTERRUPTED,
    INVALID_ARGUMENTS,
    /** The device failed. */
    IO_ERROR,
    IS_DIRECTORY,
    /** A pipe or the like has no offsets. */
    NOT_SEEKABLE,
    NO_DEVICE,
    OUT_OF_MEMORY,
    CONNECTION_RESET_BY_PEER,
    CONNECTION_TIMED_OUT,
    CANCELED,
    UNEXPECTED;

    /** The constant for a positive error number of this system. */
    public static ReadError of(int errno) {
        return switch (Errno.of(errno)) {
            case EACCES, EPERM -> ACCESS_DENIED;
            case EAGAIN -> WOULD_BLOCK;
            case EBADF -> INVALID_FD;
            case EFAULT -> INVALID_ADDRESS;
            case EINTR -> INTERRUPTED;
            case EINVAL, EOVERFLOW -> INVALID_ARGUMENTS;
            case EIO, ESTALE -> IO_ERROR;
            case EISDIR -> IS_DIRECTORY;
            case ESPIPE -> NOT_SEEKABLE;
            case ENXIO, ENODEV -> NO_DEVICE;
            case ENOMEM, ENOBUFS -> OUT_OF_MEMORY;
            case ECONNRESET -> CONNECTION_RESET_BY_PEER;
            case ETIMEDOUT -> CONNECTION_TIMED_OUT;
            case ECANCELED -> CANCELED;
            default -> UNEXPECTED;
        };
    }
}
