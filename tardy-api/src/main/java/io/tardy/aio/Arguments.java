package io.tardy.aio;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufAllocator;
import io.netty.buffer.UnpooledByteBufAllocator;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.SocketAddress;
import java.net.UnknownHostException;
import java.nio.ByteBuffer;
import java.nio.file.FileSystems;
import java.nio.file.Path;
import java.nio.file.ProviderMismatchException;

/** What a submission refuses before anything has happened. */
final class Arguments {

    // Which arena a buffer is of, the JDK tells by the class of its scope only.
    private static final Class<?> PLAIN = scopeOf(ByteBuffer.allocateDirect(1)).getClass();
    private static final Class<?> GLOBAL = Arena.global().scope().getClass();
    private static final Class<?> AUTO = Arena.ofAuto().scope().getClass();

    private Arguments() {}

    /** A buffer that lasts as long as whoever has it says. */
    static final long MAY_END = -1;

    /**
     * {@link #placeOf} a buffer to fill.
     *
     * @throws IllegalArgumentException if it is read-only, or does not last
     */
    static long placeToFill(ByteBuffer into) {
        requireWritable(into);
        return placeOf(into);
    }

    /**
     * Where index 0 of a buffer is for as long as it is reachable; 0 of a heap buffer, and {@link
     * #MAY_END} of memory that its allocator can take back, and must not meanwhile.
     *
     * @throws IllegalArgumentException if it does not last
     */
    static long placeOf(ByteBuffer buffer) {
        if (!buffer.isDirect()) {
            return 0;
        }
        MemorySegment segment = MemorySegment.ofBuffer(buffer);
        Class<?> kind = segment.scope().getClass();
        if (kind == PLAIN || kind == GLOBAL || kind == AUTO) {
            return segment.address() - buffer.position();
        }
        requireLasting(segment.scope());
        return MAY_END;
    }

    /** Where index 0 of a direct buffer is. */
    static long addressOf(ByteBuffer direct) {
        return MemorySegment.ofBuffer(direct).address() - direct.position();
    }

    /**
     * Refuses a buffer that cannot be filled.
     *
     * @throws IllegalArgumentException if it is read-only, or does not last
     */
    static void requireFillable(ByteBuffer into) {
        requireWritable(into);
        requireLasting(into);
    }

    private static void requireWritable(ByteBuffer into) {
        if (into.isReadOnly()) {
            throw new IllegalArgumentException(
                    "the buffer is read-only: what is read needs one that can be written");
        }
    }

    /**
     * Refuses a buffer whose memory can be taken away while the system uses it.
     *
     * @throws IllegalArgumentException if it is a view of a segment whose arena can be closed
     */
    static void requireLasting(ByteBuffer buffer) {
        // Every message passes here: the scope of a plain buffer exists for this line only.
        if (buffer.isDirect() && scopeOf(buffer).getClass() != PLAIN) {
            requireLasting(scopeOf(buffer));
        }
    }

    /**
     * The same of a buffer of Netty's: one that Netty has allocated lasts until it is released, but
     * it may be wrapped around any other.
     */
    static void requireLasting(ByteBuf buffer) {
        if (!buffer.hasArray() && buffer.alloc() instanceof UnpooledByteBufAllocator) {
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

    static long requireOffset(long offset) {
        if (offset < AsyncSubmission.CURRENT_POSITION) {
            throw new IllegalArgumentException("offset: " + offset + " is negative");
        }
        return offset;
    }

    static void requirePart(long offset, long length) {
        if (offset < 0) {
            throw new IllegalArgumentException("offset: " + offset + " is negative");
        } else if (length <= 0 || length > Long.MAX_VALUE - offset) {
            throw new IllegalArgumentException(
                    "length: "
                            + length
                            + " is not from 1 to what a file can have behind "
                            + offset);
        }
    }

    /** The text alone of a path of another provider could name something else here. */
    static void requireOfSystem(Path path) {
        if (path.getFileSystem().provider() != FileSystems.getDefault().provider()) {
            throw new ProviderMismatchException(
                    path
                            + " belongs to "
                            + path.getFileSystem().provider().getScheme()
                            + ", not to the system's files: use java.nio.file.Files for it, or copy"
                            + " it to a path of the default file system");
        }
    }

    /**
     * The address that a wildcard stands for. To connect or send to {@code 0.0.0.0} or {@code ::}
     * reaches the machine itself, by the loopback of the same family: some systems refuse the
     * wildcard, and some take the other family's loopback.
     */
    static SocketAddress reached(SocketAddress address) {
        if (!(address instanceof InetSocketAddress inet)
                || inet.isUnresolved()
                || !inet.getAddress().isAnyLocalAddress()) {
            return address;
        }
        byte[] loopback = new byte[inet.getAddress().getAddress().length];
        loopback[0] = (byte) (loopback.length == 4 ? 127 : 0);
        loopback[loopback.length - 1] = 1;
        try {
            return new InetSocketAddress(InetAddress.getByAddress(loopback), inet.getPort());
        } catch (UnknownHostException e) {
            throw new AssertionError("4 or 16 bytes", e);
        }
    }
}
