package io.tardy.spi;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufAllocator;
import io.netty.buffer.UnpooledByteBufAllocator;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.nio.ByteBuffer;

/**
 * Addresses of memory outside of the heap. Whoever passes one to the system keeps the buffer
 * reachable meanwhile: an address alone does not.
 */
public final class NativeMemory {

    // Which arena a buffer is of, the JDK tells by the class of its scope only.
    private static final Class<?> PLAIN = scopeOf(ByteBuffer.allocateDirect(1)).getClass();
    private static final Class<?> GLOBAL = Arena.global().scope().getClass();
    private static final Class<?> AUTO = Arena.ofAuto().scope().getClass();

    private NativeMemory() {}

    /**
     * Refuses a buffer whose memory can be taken away while the system uses it.
     *
     * @throws IllegalArgumentException if it is a view of a segment whose arena can be closed
     */
    public static void requireLasting(ByteBuffer buffer) {
        // What every message goes through: the scope of a plain buffer exists for this line only.
        if (buffer.isDirect() && scopeOf(buffer).getClass() != PLAIN) {
            requireLasting(scopeOf(buffer));
        }
    }

    /**
     * The same of a buffer of Netty's: one that Netty has allocated lasts until it is released, but
     * it may be wrapped around any other.
     */
    public static void requireLasting(ByteBuf buffer) {
        if (buffer.isDirect() && buffer.alloc() instanceof UnpooledByteBufAllocator) {
            for (ByteBuffer part : buffer.nioBuffers()) {
                requireLasting(part);
            }
        }
    }

    private static MemorySegment.Scope scopeOf(ByteBuffer direct) {
        return MemorySegment.ofBuffer(direct).scope();
    }

    private static void requireLasting(MemorySegment.Scope scope) {
        Class<?> kind = scope.getClass();
        boolean lasts = kind == GLOBAL || kind == AUTO;
        if (!lasts && !(kind == Nettys.KIND && scope.isAlive())) {
            throw new IllegalArgumentException(
                    "the buffer is memory of an arena that can be closed, and so it may be while"
                            + " the system still uses it: use ByteBuffer.allocateDirect,"
                            + " Arena.ofAuto() or Arena.global()");
        }
    }

    /**
     * Where the JVM was not told to enable native access, Netty's own memory is of shared arenas,
     * which it closes when the buffer is released. A view of it cannot be told from one of another
     * shared arena.
     */
    private static final class Nettys {
        static final Class<?> KIND = kind();

        private static Class<?> kind() {
            ByteBuf buffer = ByteBufAllocator.DEFAULT.directBuffer(1, 1);
            try {
                return scopeOf(buffer.nioBuffer(0, 1)).getClass();
            } finally {
                buffer.release();
            }
        }
    }

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
