package io.tardy.os;

import io.tardy.aio.Errno;
import io.tardy.aio.PathlessUnixAddress;
import io.tardy.aio.SocketError;
import io.tardy.aio.TardyIOException;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.net.SocketAddress;
import java.net.UnixDomainSocketAddress;
import java.nio.file.Path;

/**
 * The names of sockets of the Unix domain, as the system takes and tells them: bytes in a {@code
 * struct sockaddr_un}; see unix(7), and unix(4) of the BSDs. Netty's own bind deletes whatever is
 * at the path, and its names are texts.
 */
final class UnixNames {

    private static final byte AF_UNIX = 1;

    /** Behind the family, which the BSDs put into one byte, behind one for the length. */
    private static final int PATH_AT = 2;

    /** Of Linux's structure, which is the longest. */
    private static final int BYTES_MAX = 110;

    private UnixNames() {}

    /** bind(2): a path at which there is something is not taken. 0, or a negated error number. */
    static int bind(int descriptor, Path path) {
        try (Arena arena = Arena.ofConfined()) {
            return LinuxSocketCalls.bind(descriptor, write(path, arena));
        }
    }

    /** connect(2). 0, or a negated error number. */
    static int connect(int descriptor, Path path) {
        try (Arena arena = Arena.ofConfined()) {
            return LinuxSocketCalls.connect(descriptor, write(path, arena));
        }
    }

    /** The name of this end; null if there is none. */
    static SocketAddress local(int descriptor) throws TardyIOException {
        return nameFrom(
                "getsockname",
                (name, length) -> LinuxSocketCalls.getsockname(descriptor, name, length));
    }

    /** The name of the other end; null if there is none, or no other end. */
    static SocketAddress remote(int descriptor) throws TardyIOException {
        return nameFrom(
                "getpeername",
                (name, length) -> LinuxSocketCalls.getpeername(descriptor, name, length));
    }

    /** A call that has the system write a name. */
    interface NameCall {
        /** 0, or a negated error number. */
        int tell(MemorySegment name, MemorySegment length);
    }

    private static SocketAddress nameFrom(String call, NameCall telling) throws TardyIOException {
        try (Arena arena = Arena.ofConfined()) {
            MemorySegment name = newRoom(arena);
            MemorySegment length = newLength(arena);
            int outcome = telling.tell(name, length);
            if (outcome == 0) {
                SocketAddress address = addressOf(name, length);
                return address == PathlessUnixAddress.UNNAMED ? null : address;
            } else if (outcome == -Errno.ENOTCONN.number()) {
                return null;
            }
            throw new TardyIOException(call, SocketError.class, -outcome);
        }
    }

    /** Memory for a name that the system is to tell. */
    static MemorySegment newRoom(Arena arena) {
        return arena.allocate(BYTES_MAX, 2);
    }

    /** Memory for its length, which says how much room there is. */
    static MemorySegment newLength(Arena arena) {
        return arena.allocateFrom(ValueLayout.JAVA_INT, BYTES_MAX);
    }

    /** A path, or a {@link PathlessUnixAddress}. */
    static SocketAddress addressOf(MemorySegment name, MemorySegment length) {
        int bytes = Math.min(length.get(ValueLayout.JAVA_INT, 0), BYTES_MAX);
        int end = PATH_AT;
        while (end < bytes && name.get(ValueLayout.JAVA_BYTE, end) != 0) {
            end++;
        }
        if (end > PATH_AT) {
            return UnixDomainSocketAddress.of(PathBytes.path(bytes(name, PATH_AT, end)));
        }
        // BSDs tell of a socket without a name with zeros.
        return DescriptorSocket.IS_LINUX && bytes > PATH_AT
                ? PathlessUnixAddress.ofAbstract(bytes(name, PATH_AT + 1, bytes))
                : PathlessUnixAddress.UNNAMED;
    }

    private static byte[] bytes(MemorySegment name, int from, int to) {
        return name.asSlice(from, to - from).toArray(ValueLayout.JAVA_BYTE);
    }

    /** With a zero behind the path. */
    private static MemorySegment write(Path path, Arena arena) {
        byte[] bytes = PathBytes.of(path);
        MemorySegment name = arena.allocate(PATH_AT + bytes.length + 1L, 2);
        if (DescriptorSocket.IS_LINUX) {
            name.set(ValueLayout.JAVA_SHORT, 0, AF_UNIX);
        } else {
            name.set(ValueLayout.JAVA_BYTE, 0, (byte) name.byteSize());
            name.set(ValueLayout.JAVA_BYTE, 1, AF_UNIX);
        }
        MemorySegment.copy(bytes, 0, name, ValueLayout.JAVA_BYTE, PATH_AT, bytes.length);
        return name;
    }
}
