package io.tardy.net;

import io.tardy.TardyRuntime;
import io.tardy.aio.AsyncError;
import io.tardy.aio.AsyncSubmission.RecvFrom;
import io.tardy.aio.AsyncSubmission.SendTo;
import io.tardy.aio.Datagram;
import io.tardy.aio.RecvError;
import io.tardy.aio.Resulted;
import io.tardy.aio.SendError;
import io.tardy.aio.TardyIOException;
import io.tardy.os.SocketHandle;
import java.net.InetSocketAddress;
import java.net.SocketAddress;
import java.nio.ByteBuffer;

/** Receives and sends single datagrams, with the address of the other end. */
final class Datagrams {

    private Datagrams() {}

    static int recv(SocketHandle handle, ByteBuffer into) throws TardyIOException {
        int room = into.remaining();
        return Math.min(room, recvFrom(handle, into).length());
    }

    static Datagram recvFrom(SocketHandle handle, ByteBuffer into) throws TardyIOException {
        Resulted<Datagram, RecvError> received = TardyRuntime.ioAwait(new RecvFrom(handle, into));
        if (received instanceof Resulted.Err<Datagram, RecvError> err
                && err.error() == RecvError.OPERATION_NOT_SUPPORTED) {
            throw noDatagrams("recvFrom", err.error(), err.errno(), "use recv");
        }
        return received.unwrap();
    }

    static void sendTo(SocketHandle handle, ByteBuffer from, SocketAddress to)
            throws TardyIOException {
        if (to instanceof InetSocketAddress inet && inet.isUnresolved()) {
            throw new IllegalArgumentException(to + " is not resolved");
        }
        Resulted<Integer, SendError> sent = TardyRuntime.ioAwait(new SendTo(handle, from, to));
        if (sent instanceof Resulted.Err<Integer, SendError> err
                && err.error() == SendError.OPERATION_NOT_SUPPORTED) {
            throw noDatagrams("sendTo", err.error(), err.errno(), "use send or sendAll");
        }
        sent.unwrap();
    }

    private static TardyIOException noDatagrams(
            String operation, AsyncError error, int errno, String wayOut) {
        return new TardyIOException(
                operation, error, errno, "a stream has no datagrams; " + wayOut);
    }
}
