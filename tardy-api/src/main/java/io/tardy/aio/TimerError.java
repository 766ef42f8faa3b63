package io.tardy.aio;

/** Why a timer did not run to its end. */
public enum TimerError implements AsyncError {
    CANCELED,
    UNEXPECTED;

    /** The constant for a positive error number of this system. */
    public static TimerError of(int errno) {
        return Errno.of(errno) == Errno.ECANCELED ? CANCELED : UNEXPECTED;
    }
}
