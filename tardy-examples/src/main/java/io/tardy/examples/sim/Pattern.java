package io.tardy.examples.sim;

import java.nio.ByteBuffer;

/**
 * A stream of bytes whose every byte is known from its position. So who receives a part of it can
 * tell whether a byte was lost, added or changed.
 *
 * @param id which of these streams
 */
record Pattern(int id) {

    private byte at(long position) {
        long mixed = (position + 1) * 0x9E3779B97F4A7C15L ^ id * 0xC2B2AE3D27D4EB4FL;
        return (byte) (mixed >>> 32);
    }

    /** The bytes from a position on. */
    ByteBuffer bytes(long from, int count) {
        ByteBuffer bytes = ByteBuffer.allocate(count);
        for (int i = 0; i < count; i++) {
            bytes.put(at(from + i));
        }
        return bytes.flip();
    }

    /** Fails unless the bytes are those of the stream from this position on; consumes them. */
    void check(ByteBuffer bytes, long from) {
        for (long position = from; bytes.hasRemaining(); position++) {
            byte actual = bytes.get();
            if (actual != at(position)) {
                throw new AssertionError(
                        "byte "
                                + position
                                + " of stream "
                                + id
                                + " is "
                                + actual
                                + ", not "
                                + at(position));
            }
        }
    }
}
