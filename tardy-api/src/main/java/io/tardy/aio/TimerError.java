package io.tardy.aio;

/** Why a timer did not run to its end. */
public enum TimerError implements AsyncError {
    CANCELED,
    UNEXPECTED
}
