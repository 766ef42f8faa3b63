package io.tardy.os;

import io.netty.buffer.ByteBuf;
import java.lang.foreign.MemorySegment;
import java.nio.ByteBuffer;

/**
 * Addresses of memory outside of the heap. A caller that passes one to the system keeps the buffer
 * reachable meanwhile: an address alone does not.
 */
public final class NativeMemory {

    private NativeMemory() {}

    /** Where index 0 of a direct buffer is. */
    public static long addressOf(ByteBuffer direct) {
        return MemorySegment.ofBuffer(direct).address() - direct.position();
    }

    /** Where index 0 of a direct buffer is. */
    public static long addressOf(ByteBuf direct) {
        if (direct.hasMemoryAddress()) {
            return direct.memoryAddress();
        }
        ByteBuffer nio = direct.nioBuffer(0, direct.capacity());
        return MemorySegment.ofBuffer(nio).address();
    }
}
