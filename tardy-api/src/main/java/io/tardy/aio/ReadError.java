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
    UNEXPECTED
}
