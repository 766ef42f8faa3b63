package io.tardy.net;

import io.tardy.aio.AsyncSubmission.AwaitInput;
import io.tardy.aio.CancelledException;
import io.tardy.aio.DeadlineExceededException;
import io.tardy.aio.RecvError;
import io.tardy.aio.SocketError;
import io.tardy.aio.TardyIOException;
import io.tardy.os.SocketHandle;
import io.tardy.runtime.InputWatch;
import io.tardy.runtime.OperationWait;
import io.tardy.runtime.SocketAccess;

/** What a {@link Socket} says of its input, and takes nothing. */
abstract sealed class InputSocket permits Socket {

    static {
        SocketAccess.set(socket -> ((InputSocket) socket).handle);
    }

    /** Replaced if another socket wins the race for the host's addresses. */
    volatile SocketHandle handle;

    InputSocket(SocketHandle handle) {
        this.handle = handle;
    }

    /**
     * How many bytes have arrived that nobody has received: the next {@code recv} of so many does
     * not wait. At the end of the stream, and after a reset, it is 0. It does not wait itself, and
     * may be called on any thread; only the runtime that receives knows all of it.
     *
     * @throws TardyIOException with {@link SocketError#OPERATION_NOT_SUPPORTED} of a datagram
     *     socket, whose next datagram has a length of its own
     */
    public int available() throws TardyIOException {
        return InputWatch.available(handle);
    }

    /**
     * Waits until a {@code recv} would not have to wait: data is there, the end of the stream, a
     * failure, or a datagram. On a listening socket, until there is a connection to accept. Takes
     * nothing, and needs no memory. What {@link Socket#recvNext} has lent is not given back.
     * Whoever else uses the socket, on another runtime, may be quicker: then the {@code recv}
     * waits.
     *
     * <p>It has the receiving direction as a {@code recv} has. A {@code Select} waits for sockets
     * and for other things.
     *
     * @throws CancelledException if the frame is cancelled or interrupted
     * @throws DeadlineExceededException if it had to wait beyond the frame's {@code Deadline}
     * @throws TardyIOException with {@link RecvError#SOCKET_NOT_CONNECTED} and its like of a socket
     *     that can neither receive nor accept; with {@link RecvError#INVALID_FD} if it is closed
     */
    public void awaitReadable() throws TardyIOException {
        OperationWait.value(new AwaitInput(handle));
    }
}
