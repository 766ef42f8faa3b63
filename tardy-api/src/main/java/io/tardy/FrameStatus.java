package io.tardy;

/**
 * How far a frame is.
 *
 * <p>Public for the result of {@link Frame#status}.
 */
public enum FrameStatus {
    /** Runs, waits, or has not begun. */
    ALIVE,
    /** Returned its value. */
    SUCCEEDED,
    /** Ended with an exception. */
    FAILED,
    /** Ended with the exception of its cancellation. */
    CANCELLED
}
