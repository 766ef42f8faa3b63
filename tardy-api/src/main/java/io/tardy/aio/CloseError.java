package io.tardy.aio;

/** Why {@code close} of a file failed, which is closed all the same; see close(2). */
public enum CloseError implements AsyncError {
    /** It was closed before. */
    INVALID_FD,
    INTERRUPTED,
    /** What was written before could not be kept. */
    IO_ERROR,
    DISK_QUOTA_EXCEEDED,
    NO_SPACE,
    CANCELED,
    UNEXPECTED
}
