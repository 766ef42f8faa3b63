package io.tardy.transport.iouring;

import io.tardy.os.LentBuffer;
import io.tardy.os.NativeMemory;
import java.nio.ByteBuffer;
import java.util.Arrays;

/**
 * Little pieces of memory, all of one size, for what the kernel receives while nobody has a buffer
 * for it: one for each socket that waits, by number. They are carved from chunks, which stay for as
 * long as the runtime does.
 */
final class Slabs {

    private static final int PER_CHUNK = 64;

    private final int bytes;
    private ByteBuffer[] chunks = {};
    private int[] free = {};
    private int freeCount;

    /**
     * @param bytes of each
     */
    Slabs(int bytes) {
        this.bytes = bytes;
    }

    /** The most that a receive brings at once. */
    int bytes() {
        return bytes;
    }

    /**
     * One that nobody has; {@link #give} gives it back.
     *
     * @throws OutOfMemoryError if there is none, and no memory for more
     */
    int take() {
        if (freeCount == 0) {
            grow();
        }
        return free[--freeCount];
    }

    /** The kernel has done with it. */
    void give(int slab) {
        free[freeCount++] = slab;
    }

    private void grow() {
        ByteBuffer chunk = ByteBuffer.allocateDirect(PER_CHUNK * bytes);
        int first = chunks.length * PER_CHUNK;
        int[] room = new int[first + PER_CHUNK]; // for all, should all be given back
        ByteBuffer[] more = Arrays.copyOf(chunks, chunks.length + 1);
        more[chunks.length] = chunk;
        chunks = more;
        free = room;
        for (int slab = first + PER_CHUNK - 1; slab >= first; slab--) {
            give(slab);
        }
    }

    long addressOf(int slab) {
        return NativeMemory.addressOf(chunks[slab / PER_CHUNK]) + placeOf(slab);
    }

    private int placeOf(int slab) {
        return slab % PER_CHUNK * bytes;
    }

    /** Copies what is in it to the beginning of a buffer. */
    void copy(int slab, int from, int count, LentBuffer into) {
        into.room(0).put(0, chunks[slab / PER_CHUNK], placeOf(slab) + from, count);
    }

    /** Copies what is in it to a buffer's position, which advances. */
    void copy(int slab, int from, int count, ByteBuffer into) {
        into.put(into.position(), chunks[slab / PER_CHUNK], placeOf(slab) + from, count)
                .position(into.position() + count);
    }
}
