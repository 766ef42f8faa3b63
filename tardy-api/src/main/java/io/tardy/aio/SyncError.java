package io.tardy.aio;

/** Why {@code sync} failed; see fsync(2). */
public enum SyncError implements AsyncError {
    /** The file is closed. */
    INVALID_FD,
    DISK_QUOTA_EXCEEDED,
    INTERRUPTED,
    /** It is a pipe, a device or the like, which keeps nothing. */
    INVALID_ARGUMENTS,
    /** The device failed: of what was written since the last sync, any part may be lost. */
    IO_ERROR,
    NO_SPACE,
    OUT_OF_MEMORY,
    CANCELED,
    UNEXPECTED
}
