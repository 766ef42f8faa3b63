package io.tardy.net;

import io.tardy.aio.AsyncSubmission.Recv;
import io.tardy.aio.AsyncSubmission.Send;
import io.tardy.os.SocketHandle;
import java.nio.ByteBuffer;

/**
 * The last submission of a socket in each direction, with its buffer, to be used again: most frames
 * use one buffer over and over. Any thread may write these; whichever wins is fine.
 */
final class LastBuffers {

    private Recv lastRecv;

    private Send lastSend;

    Recv recv(SocketHandle handle, ByteBuffer into) {
        Recv last = lastRecv;
        if (last == null || last.buffer() != into || last.socket() != handle) {
            last = new Recv(handle, into);
            lastRecv = last.isReusable() ? last : null;
        }
        return last;
    }

    Send send(SocketHandle handle, ByteBuffer from) {
        Send last = lastSend;
        if (last == null || last.buffer() != from || last.socket() != handle) {
            last = new Send(handle, from);
            lastSend = last.isReusable() ? last : null;
        }
        return last;
    }

    boolean hasSent(ByteBuffer from) {
        Send last = lastSend;
        return last != null && last.buffer() == from;
    }

    /** Lets the buffers be collected. */
    void forget() {
        lastRecv = null;
        lastSend = null;
    }
}
