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
    UNEXPECTED;

    private static final ErrnoMeanings<CloseError> BY_ERRNO = new ErrnoMeanings<>(CloseError.class);

    /** The constant for a positive error number of this system. */
    public static CloseError of(int errno) {
        return BY_ERRNO.of(errno);
    }
}
