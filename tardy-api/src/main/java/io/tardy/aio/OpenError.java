package io.tardy.aio;

/** Why {@code open} failed; see open(2). */
public enum OpenError implements CreateDirError, DeleteTreeError {
    ACCESS_DENIED,
    /** The directory it was relative to is closed. */
    INVALID_FD,
    BUSY,
    DISK_QUOTA_EXCEEDED,
    /** It had to be new, and is there. */
    FILE_ALREADY_EXISTS,
    INVALID_ADDRESS,
    FILE_TOO_BIG,
    INTERRUPTED,
    INVALID_ARGUMENTS,
    /** A directory cannot be written. */
    IS_DIRECTORY,
    /** Too many symbolic links, each to the next. */
    LOOP,
    /** The process has no descriptor left: raise {@code ulimit -n} or close some. */
    PROCESS_FD_QUOTA_EXCEEDED,
    SYSTEM_FD_QUOTA_EXCEEDED,
    NAME_TOO_LONG,
    /** No driver, or no process at the other end of a FIFO. */
    NO_DEVICE,
    NOT_FOUND,
    OUT_OF_MEMORY,
    NO_SPACE,
    NOT_A_DIRECTORY,
    OPERATION_NOT_SUPPORTED,
    READ_ONLY_FILE_SYSTEM,
    FILE_LOCKED,
    WOULD_BLOCK,
    CANCELED,
    UNEXPECTED
}
