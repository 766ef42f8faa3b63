package io.tardy.aio;

/** Why {@code delete} failed; see unlink(2) and rmdir(2). */
public enum DeleteError implements DeleteTreeError {
    ACCESS_DENIED,
    /** The directory it was relative to is closed. */
    INVALID_FD,
    /** In use by the system: a mount point, for example. */
    BUSY,
    INVALID_ADDRESS,
    INVALID_ARGUMENTS,
    IO_ERROR,
    /** A directory was to be deleted as a file. */
    IS_DIRECTORY,
    /** Too many symbolic links, each to the next. */
    LOOP,
    NAME_TOO_LONG,
    NOT_FOUND,
    OUT_OF_MEMORY,
    /** A file was to be deleted as a directory. */
    NOT_A_DIRECTORY,
    /** Delete what is in the directory first. */
    NOT_EMPTY,
    READ_ONLY_FILE_SYSTEM,
    CANCELED,
    UNEXPECTED
}
