package io.tardy.aio;

/** Why {@code allocate} failed; see fallocate(2). */
public enum AllocateError implements AsyncError {
    ACCESS_DENIED,
    /** The file is closed, or was not opened to write. */
    INVALID_FD,
    DISK_QUOTA_EXCEEDED,
    /** Longer than the file system, or the process's limit, lets a file be. */
    FILE_TOO_BIG,
    INTERRUPTED,
    INVALID_ARGUMENTS,
    IO_ERROR,
    /** A program that runs. */
    FILE_LOCKED,
    /** A device, or the like. */
    NO_DEVICE,
    /** The disk has no room for it. */
    NO_SPACE,
    /** A pipe or the like has no offsets. */
    NOT_SEEKABLE,
    /** The file system, or a system that is not Linux, cannot keep room. */
    OPERATION_NOT_SUPPORTED,
    OUT_OF_MEMORY,
    READ_ONLY_FILE_SYSTEM,
    CANCELED,
    UNEXPECTED
}
