package io.tardy.aio;

/** Why {@code truncate} failed; see ftruncate(2). */
public enum TruncateError implements AsyncError {
    ACCESS_DENIED,
    /** The file is closed. */
    INVALID_FD,
    DISK_QUOTA_EXCEEDED,
    /** Longer than the file system, or the process's limit, lets a file be. */
    FILE_TOO_BIG,
    INTERRUPTED,
    /** It was not opened to write, or it is a pipe, a device or the like, which has no length. */
    INVALID_ARGUMENTS,
    IO_ERROR,
    /** A program that runs. */
    FILE_LOCKED,
    NO_SPACE,
    OUT_OF_MEMORY,
    READ_ONLY_FILE_SYSTEM,
    CANCELED,
    UNEXPECTED
}
