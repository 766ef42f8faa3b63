package io.tardy.os;

/**
 * How large a buffer to take for the next receive on a socket: what came lately, with room to grow.
 * Twice as much after a buffer was filled, half as much after two in a row would have fitted there.
 */
public final class RecvSize {

    private static final int BYTES_MIN = 64;
    private static final int BYTES_INITIAL = 2048;

    /**
     * Allocators keep buffers up to this size at hand for a thread (Netty's pooled one: 32 KiB).
     */
    private static final int BYTES_MAX = 32 * 1024;

    private int bytes = BYTES_INITIAL;
    private boolean lastWasSmall;

    /** Begins with a guess. */
    public RecvSize() {}

    int bytes() {
        return bytes;
    }

    void received(int count) {
        boolean small = count <= bytes / 2;
        if (count >= bytes) {
            bytes = Math.min(bytes * 2, BYTES_MAX);
        } else if (small && lastWasSmall) {
            bytes = Math.max(bytes / 2, BYTES_MIN);
            small = false;
        }
        lastWasSmall = small;
    }
}
