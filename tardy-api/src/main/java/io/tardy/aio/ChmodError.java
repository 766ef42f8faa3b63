package io.tardy.aio;

/** Why {@code chmod} failed; see chmod(2). */
public enum ChmodError implements AsyncError {
    /** Somebody else owns it, or no permission on the way there. */
    ACCESS_DENIED,
    /** The file, or the directory it was relative to, is closed. */
    INVALID_FD,
    INVALID_ADDRESS,
    INVALID_ARGUMENTS,
    IO_ERROR,
    /** Too many symbolic links, each to the next. */
    LOOP,
    NAME_TOO_LONG,
    NOT_FOUND,
    OUT_OF_MEMORY,
    NOT_A_DIRECTORY,
    /** The file system has no permission bits. */
    OPERATION_NOT_SUPPORTED,
    READ_ONLY_FILE_SYSTEM,
    CANCELED,
    UNEXPECTED
}
