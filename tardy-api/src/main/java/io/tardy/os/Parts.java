package io.tardy.os;

import java.nio.ByteBuffer;

/** Sends with one call what lies in several buffers. */
final class Parts {

    private Parts() {}

    /**
     * Sends without waiting: from where they are if all are direct, else through memory of ours, as
     * much as fits.
     *
     * @param through direct, and clear
     * @return the number of bytes, or a negated error number
     */
    static int send(SocketHandle socket, ByteBuffer[] parts, ByteBuffer through) {
        return areDirect(parts) ? socket.sendParts(parts) : socket.send(gathered(parts, through));
    }

    private static boolean areDirect(ByteBuffer[] parts) {
        for (ByteBuffer part : parts) {
            if (!part.isDirect()) {
                return false;
            }
        }
        return true;
    }

    private static ByteBuffer gathered(ByteBuffer[] parts, ByteBuffer into) {
        for (ByteBuffer part : parts) {
            int count = Math.min(part.remaining(), into.remaining());
            into.put(into.position(), part, part.position(), count);
            into.position(into.position() + count);
        }
        return into.flip();
    }
}
