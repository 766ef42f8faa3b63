package io.tardy.transport.iouring;

import io.tardy.aio.TardyIOException;
import io.tardy.os.DescriptorSocket;
import io.tardy.os.SocketHandle;
import io.tardy.spi.Operation;
import java.net.SocketAddress;

/** What the completion of an accept means. */
final class AcceptCompletion {

    private AcceptCompletion() {}

    /**
     * Ends the operation; nothing is in flight for it any more.
     *
     * @param result the accepted descriptor, or a negated error number
     * @param from the other end of what was accepted, or null
     */
    static void end(Operation operation, InFlight inFlight, int result, SocketAddress from) {
        DescriptorSocket listener = inFlight.attachment().socket();
        SocketHandle accepted = null;
        try {
            if (result >= 0) {
                accepted = listener.acceptedAs(result, from);
            } else if (inFlight.isCancelRequested()) {
                accepted = missed(listener);
            }
        } catch (TardyIOException e) {
            operation.fail(e.errno());
            return;
        }
        if (accepted == null) {
            operation.fail(-result);
        } else {
            operation.succeed(accepted);
        }
    }

    /**
     * The connection that an accept which was given up has missed, or null. Of those that wait for
     * a connection the kernel wakes only the first ({@code poll_exclusive} in its
     * io_uring/opdef.c), and no other if that one is just being cancelled: the connection would
     * wait until another one comes.
     */
    private static SocketHandle missed(DescriptorSocket listener) throws TardyIOException {
        return listener.isClosed() ? null : listener.accept();
    }
}
