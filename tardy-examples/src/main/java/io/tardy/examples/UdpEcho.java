package io.tardy.examples;

import io.tardy.Frame;
import io.tardy.TardyRuntime;
import io.tardy.aio.Datagram;
import io.tardy.aio.RecvError;
import io.tardy.aio.TardyIOException;
import io.tardy.net.Socket;
import java.io.IOException;
import java.nio.ByteBuffer;

/** Sends each datagram back to its sender. */
public final class UdpEcho {

    private static final int DATAGRAM_BYTES_MAX = 65_507;

    private UdpEcho() {}

    /** Only one runtime reads the socket; one core is enough. */
    public static void start(TardyRuntime rt, Socket socket) {
        if (rt.id() == 0) {
            rt.spawn("udp echo", () -> echo(socket));
        }
    }

    private static void echo(Socket socket) throws IOException {
        ByteBuffer buffer = ByteBuffer.allocateDirect(DATAGRAM_BYTES_MAX);
        for (; ; ) {
            try {
                Datagram datagram = Frame.idle(null, () -> socket.recvFrom(buffer.clear()));
                if (datagram == null) {
                    return; // the server ends
                }
                socket.sendTo(buffer.flip(), datagram.sender());
            } catch (TardyIOException e) {
                if (e.error() != RecvError.CONNECTION_REFUSED) { // an earlier sender is gone
                    throw e;
                }
            }
        }
    }
}
