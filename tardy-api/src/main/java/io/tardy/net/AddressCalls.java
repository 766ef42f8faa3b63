package io.tardy.net;

import io.tardy.TardyRuntime;
import io.tardy.aio.AsyncSubmission.Connect;
import io.tardy.aio.ConnectError;
import io.tardy.aio.Resulted;
import io.tardy.aio.TardyIOException;
import io.tardy.os.SocketHandle;
import java.net.SocketAddress;

/** The calls that take an address: their failures name it. */
final class AddressCalls {

    private AddressCalls() {}

    static void bind(SocketHandle handle, SocketAddress address) throws TardyIOException {
        try {
            handle.bind(address);
        } catch (TardyIOException e) {
            TardyIOException failure =
                    new TardyIOException("bind", e.error(), e.errno(), address.toString());
            failure.initCause(e);
            throw failure;
        }
    }

    /**
     * @param address null of a connection that was accepted, which refuses each
     */
    static void connect(SocketHandle handle, SocketAddress address) throws TardyIOException {
        Resulted<Void, ConnectError> connected = TardyRuntime.ioAwait(new Connect(handle, address));
        if (connected instanceof Resulted.Err<Void, ConnectError> err) {
            throw err.error().isCanceled()
                    ? err.toException()
                    : new TardyIOException(
                            "connect",
                            err.error(),
                            err.errno(),
                            address == null ? "it was accepted" : address.toString());
        }
    }
}
