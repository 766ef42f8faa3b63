package io.tardy.os;

import io.tardy.aio.Datagram;
import io.tardy.aio.Errno;
import io.tardy.aio.RecvError;
import io.tardy.aio.TardyIOException;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.nio.ByteBuffer;

/**
 * Datagrams of the Unix domain, which may be longer than any buffer, and whose true length Netty's
 * sockets do not ask for; see MSG_TRUNC in recv(2).
 */
final class LinuxDatagrams {

    private static final int MSG_PEEK = 0x2;
    private static final int MSG_TRUNC = 0x20;

    private LinuxDatagrams() {}

    /** How long the next one is, which stays; or a negated error number. */
    static int nextBytes(int descriptor) {
        return LinuxSocketCalls.recvfrom(
                descriptor,
                MemorySegment.NULL,
                MSG_PEEK | MSG_TRUNC,
                MemorySegment.NULL,
                MemorySegment.NULL);
    }

    /** Receives one into a direct buffer; null if none waits. */
    static Datagram recv(int descriptor, ByteBuffer into) throws TardyIOException {
        try (Arena arena = Arena.ofConfined()) {
            MemorySegment sender = UnixNames.newRoom(arena);
            MemorySegment senderLength = UnixNames.newLength(arena);
            MemorySegment memory = MemorySegment.ofBuffer(into);
            int length =
                    LinuxSocketCalls.recvfrom(descriptor, memory, MSG_TRUNC, sender, senderLength);
            if (length == -Errno.EAGAIN.number()) {
                return null;
            } else if (length < 0) {
                throw new TardyIOException("recv", RecvError.class, -length);
            }
            return new Datagram(
                    UnixNames.addressOf(sender, senderLength), length, length > into.remaining());
        }
    }
}
