package io.tardy.testsuite.netty;

import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.nio.ByteOrder;

/**
 * An endless stream of which every byte follows from a seed and its position, so that one that is
 * lost, repeated or out of its place is seen as wrong where it is read. Over arrays, for Netty's
 * leak detection takes a stack trace at each access to a buffer.
 */
record StreamPattern(long seed) {

    private static final VarHandle WORD =
            MethodHandles.byteArrayViewVarHandle(long[].class, ByteOrder.LITTLE_ENDIAN);

    /** The bytes from a position on. */
    void fill(byte[] into, int count, long position) {
        int i = 0;
        while (i < count) {
            if ((position + i & 7) == 0 && i + Long.BYTES <= count) {
                WORD.set(into, i, word(position + i));
                i += Long.BYTES;
            } else {
                into[i] = byteAt(position + i);
                i++;
            }
        }
    }

    /** The index of the first byte that is not the position's; -1 if there is none. */
    int firstWrong(byte[] from, int count, long position) {
        int i = 0;
        while (i < count) {
            if ((position + i & 7) == 0
                    && i + Long.BYTES <= count
                    && (long) WORD.get(from, i) == word(position + i)) {
                i += Long.BYTES;
            } else if (from[i] == byteAt(position + i)) {
                i++;
            } else {
                return i;
            }
        }
        return -1;
    }

    private byte byteAt(long position) {
        return (byte) (word(position) >>> (position & 7) * Byte.SIZE);
    }

    /** The eight bytes around a position, mixed as SplitMix64 does. */
    private long word(long position) {
        long z = seed + (position >>> 3) * 0x9E3779B97F4A7C15L;
        z = (z ^ z >>> 30) * 0xBF58476D1CE4E5B9L;
        z = (z ^ z >>> 27) * 0x94D049BB133111EBL;
        return z ^ z >>> 31;
    }
}
