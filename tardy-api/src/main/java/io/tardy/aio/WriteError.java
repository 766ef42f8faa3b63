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
    UNEXPECTED
}
