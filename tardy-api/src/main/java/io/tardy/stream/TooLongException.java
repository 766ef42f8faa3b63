package io.tardy.stream;

import java.io.IOException;

/**
 * What was asked for is longer than the limit that was set for it. A {@link ByteReader} has taken
 * nothing of it then, and asking again fails again: close the stream, skip, or raise the limit.
 */
public final class TooLongException extends IOException {

    private static final long serialVersionUID = 1L;

    private final int bytesMax;

    /**
     * For what has a limit of its own.
     *
     * @param bytesMax the limit, in bytes
     */
    public TooLongException(String message, int bytesMax) {
        super(message);
        this.bytesMax = bytesMax;
    }

    /** The limit, in bytes. */
    public int bytesMax() {
        return bytesMax;
    }
}
