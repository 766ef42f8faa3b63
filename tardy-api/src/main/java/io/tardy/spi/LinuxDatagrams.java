package io.tardy.spi;

import io.tardy.aio.Errno;
import io.tardy.aio.RecvError;
import io.tardy.aio.TardyIOException;
import io.tardy.net.Datagram;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.net.SocketAddress;
import java.net.UnixDomainSocketAddress;
import java.nio.ByteBuffer;

/**
 * Datagrams of the Unix domain, which may be longer than any buffer, and whose true length Netty's
 * sockets do not ask for; see MSG_TRUNC in recv(2).
 */
final class LinuxDatagrams {

    private static final int MSG_PEEK = 0x2;
    private static final int MSG_TRUNC = 0x20;

    /** {@code struct sockaddr_un}: the family, then the path. */
    private static final int SOCKADDR_UN_BYTES = 110;

    private static final int PATH_AT = 2;

    private LinuxDatagrams() {}

    /** How long the next one is, which stays; or a negated error number. */
    static int nextBytes(int descriptor) {
        int length;
        do {
            length =
                    LinuxCalls.recvfrom(
                            descriptor,
                            MemorySegment.NULL,
                            MSG_PEEK | MSG_TRUNC,
                            MemorySegment.NULL,
                            MemorySegment.NULL);
        } while (length == -Errno.EINTR.number());
        return length;
    }

    /** Receives one into a direct buffer; null if none waits. */
    static Datagram recv(int descriptor, ByteBuffer into) throws TardyIOException {
        try (Arena arena = Arena.ofConfined()) {
            MemorySegment address = arena.allocate(SOCKADDR_UN_BYTES, 2);
            MemorySegment addressLength = arena.allocate(ValueLayout.JAVA_INT);
            MemorySegment memory = MemorySegment.ofBuffer(into);
            int length;
            do {
                addressLength.set(ValueLayout.JAVA_INT, 0, SOCKADDR_UN_BYTES);
                length = LinuxCalls.recvfrom(descriptor, memory, MSG_TRUNC, address, addressLength);
            } while (length == -Errno.EINTR.number());
            if (length == -Errno.EAGAIN.number()) {
                return null;
            } else if (length < 0) {
                throw new TardyIOException("recv", RecvError.of(-length), -length);
            }
            return new Datagram(
                    sender(address, addressLength.get(ValueLayout.JAVA_INT, 0)),
                    length,
                    length > into.remaining());
        }
    }

    /** Null for a sender without a name, or with one that is no path (abstract, see unix(7)). */
    private static SocketAddress sender(MemorySegment address, int bytes) {
        int end = PATH_AT;
        while (end < bytes && address.get(ValueLayout.JAVA_BYTE, end) != 0) {
            end++;
        }
        return end == PATH_AT
                ? null
                : UnixDomainSocketAddress.of(
                        PathBytes.path(
                                address.asSlice(PATH_AT, end - PATH_AT)
                                        .toArray(ValueLayout.JAVA_BYTE)));
    }
}
