package io.tardy;

/** Thrown by {@link Frame#join} when the frame ended with an exception, which is the cause. */
public final class FrameFailedException extends RuntimeException {

    private static final long serialVersionUID = 1L;

    FrameFailedException(String frame, Throwable cause) {
        super("frame " + frame + " failed: " + cause, cause);
    }
}
