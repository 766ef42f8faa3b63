package io.tardy.aio;

/** Why {@code readlink} failed; see readlink(2). */
public enum ReadlinkError implements AsyncError {
    ACCESS_DENIED,
    /** The directory it was relative to is closed. */
    INVALID_FD,
    INVALID_ADDRESS,
    /** It is no symbolic link. */
    INVALID_ARGUMENTS,
    IO_ERROR,
    /** Too many symbolic links on the way, each to the next. */
    LOOP,
    NAME_TOO_LONG,
    NOT_FOUND,
    OUT_OF_MEMORY,
    NOT_A_DIRECTORY,
    CANCELED,
    UNEXPECTED
}
