package io.tardy.aio;

/** Why {@code lock} failed; see fcntl(2). */
public enum LockError implements AsyncError {
    ACCESS_DENIED,
    /** The file is closed, or not open for it: to read to share, to write to have it alone. */
    INVALID_FD,
    /** Others have locked some of it. */
    WOULD_BLOCK,
    INTERRUPTED,
    /** What it is cannot be locked, or the kernel has no locks of open files. */
    INVALID_ARGUMENTS,
    IO_ERROR,
    /** The system, or the server of the file, has no place for one more lock. */
    NO_LOCKS_AVAILABLE,
    /** The file system has no locks. */
    OPERATION_NOT_SUPPORTED,
    OUT_OF_MEMORY,
    CANCELED,
    UNEXPECTED
}
