package io.tardy.aio;

/** Why a timer did not run to its end. */
public enum TimerError implements AsyncError {
    CANCELED,
    UNEXPECTED;

    private static final ErrnoMeanings<TimerError> BY_ERRNO = new ErrnoMeanings<>(TimerError.class);

    /** The constant for a positive error number of this system. */
    public static TimerError of(int errno) {
        return BY_ERRNO.of(errno);
    }
}
