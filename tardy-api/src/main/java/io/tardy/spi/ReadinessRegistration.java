package io.tardy.spi;

import io.netty.buffer.ByteBuf;
import io.tardy.aio.AsyncSubmission;
import io.tardy.aio.AsyncSubmission.Recv;
import io.tardy.aio.AsyncSubmission.RecvBuffer;
import io.tardy.aio.AsyncSubmission.Send;
import io.tardy.aio.AsyncSubmission.SendBuffer;
import io.tardy.aio.Errno;
import io.tardy.aio.TardyIOException;
import java.io.IOException;
import java.nio.ByteBuffer;

/**
 * A socket as one runtime's loop knows it: what the system last said of it, and who waits.
 *
 * <p>The subclass arms it once, edge-triggered, and calls {@link #ready} for every event. It is
 * remembered whether the socket may be readable or writable, so that a wait needs no system call
 * and a try that must fail is not made (epoll(7), "edge-triggered").
 */
public abstract class ReadinessRegistration implements SocketHandle.Attachment {

    private static final int EAGAIN = -Errno.EAGAIN.number();
    private static final int EINTR = -Errno.EINTR.number();

    private final ReadinessBackend backend;
    private final SocketHandle socket;

    // All below: the loop's thread, or a frame that has it.
    private Operation reader;
    private Operation writer;
    private boolean readable;
    private boolean writable = true;
    private boolean hungUp;
    private RecvSize recvSize;

    protected ReadinessRegistration(ReadinessBackend backend, SocketHandle socket) {
        this.backend = backend;
        this.socket = socket;
    }

    /** Registers with the loop for every event of the socket, edge-triggered. */
    protected abstract void arm() throws IOException;

    /** Ends the registration; the descriptor may be closed already. */
    protected abstract void disarm();

    /** The socket. */
    public final SocketHandle socket() {
        return socket;
    }

    @Override
    public final AsyncBackend owner() {
        return backend;
    }

    @Override
    public final void letGo() {
        backend.onLoop(() -> backend.release(this, Errno.EBADF.number()));
    }

    /**
     * The system reports the socket; called during reap.
     *
     * @param in there may be something to read, a connection to accept, or the end of the stream
     * @param out there may be room to write, or a connect has ended
     * @param hangup the peer has ended its direction, or the socket has failed
     */
    protected final void ready(boolean in, boolean out, boolean hangup) {
        hungUp |= hangup;
        if (in || hangup) {
            readable = true;
            if (reader != null && tryRead(reader)) {
                reader = null;
            }
        }
        if (out || hangup) {
            writable = true;
            if (writer != null && tryWrite(writer)) {
                writer = null;
            }
        }
    }

    final boolean attemptRead(Operation operation) {
        requireFree(reader, "receives from");
        return readable && tryRead(operation);
    }

    final boolean attemptWrite(Operation operation) {
        requireFree(writer, "sends to");
        return writable && tryWrite(operation);
    }

    final void read(Operation operation) {
        if (reader != null) {
            operation.reject(misuse("receives from"));
        } else if (!readable || !tryRead(operation)) {
            reader = operation;
        }
    }

    final void write(Operation operation) {
        if (writer != null) {
            operation.reject(misuse("sends to"));
        } else if (!writable || !tryWrite(operation)) {
            writer = operation;
        }
    }

    final void awaitConnected(Operation operation) {
        if (writer != null) {
            operation.reject(misuse("connects"));
            return;
        }
        writer = operation;
    }

    final void cancel(Operation operation) {
        if (reader == operation) {
            reader = null;
            operation.fail(Errno.ECANCELED.number());
        } else if (writer == operation) {
            writer = null;
            operation.fail(Errno.ECANCELED.number());
        }
    }

    final void failWaiting(int errno) {
        Operation waitingReader = reader;
        Operation waitingWriter = writer;
        reader = null;
        writer = null;
        if (waitingReader != null) {
            waitingReader.fail(errno);
        }
        if (waitingWriter != null) {
            waitingWriter.fail(errno);
        }
    }

    /** Whether the operation is over; if not, the system will report when to try again. */
    private boolean tryRead(Operation operation) {
        AsyncSubmission<?, ?> submission = operation.submission();
        if (submission instanceof Recv recv) {
            return tryRecv(operation, recv.into());
        }
        return submission instanceof RecvBuffer ? tryRecvBuffer(operation) : tryAccept(operation);
    }

    private boolean tryWrite(Operation operation) {
        AsyncSubmission<?, ?> submission = operation.submission();
        if (submission instanceof Send send) {
            return trySend(operation, send);
        }
        return submission instanceof SendBuffer send
                ? trySend(operation, send)
                : tryFinishConnect(operation);
    }

    private boolean tryRecv(Operation operation, ByteBuffer into) {
        int room = into.remaining();
        int count;
        do {
            count = backend.recv(socket, into);
        } while (count == EINTR);
        return received(operation, count, room, count);
    }

    private boolean tryRecvBuffer(Operation operation) {
        if (recvSize == null) {
            recvSize = new RecvSize();
        }
        ByteBuf buffer = backend.allocator().ioBuffer(recvSize.bytes());
        int room = buffer.writableBytes();
        int count = -1;
        try {
            do {
                count = backend.recv(socket, buffer);
            } while (count == EINTR);
        } finally {
            if (count <= 0) {
                buffer.release();
            }
        }
        if (count > 0) {
            recvSize.received(count);
        }
        return received(operation, count, room, buffer);
    }

    private boolean received(Operation operation, int count, int room, Object value) {
        if (count == EAGAIN) {
            readable = false;
            return false;
        }
        if (count > 0) {
            // A short read has emptied the socket; whatever comes next is reported anew.
            readable = count == room || hungUp;
            operation.succeed(value);
        } else {
            operation.fail(-count);
        }
        return true;
    }

    private boolean tryAccept(Operation operation) {
        try {
            SocketHandle accepted = socket.accept();
            if (accepted == null) {
                readable = false;
                return false;
            }
            operation.succeed(accepted);
        } catch (TardyIOException e) {
            operation.fail(e.errno());
        }
        return true;
    }

    private boolean trySend(Operation operation, Send send) {
        int count;
        do {
            count = backend.send(socket, send.from());
        } while (count == EINTR);
        return sent(operation, count);
    }

    private boolean trySend(Operation operation, SendBuffer send) {
        int count;
        do {
            count = backend.send(socket, send.from());
        } while (count == EINTR);
        return sent(operation, count);
    }

    private boolean sent(Operation operation, int count) {
        if (count == EAGAIN) {
            writable = false;
            return false;
        }
        if (count >= 0) {
            operation.succeed(count);
        } else {
            operation.fail(-count);
        }
        return true;
    }

    private boolean tryFinishConnect(Operation operation) {
        int outcome = socket.finishConnect();
        if (outcome == -Errno.EINPROGRESS.number()) {
            writable = false;
            return false;
        }
        if (outcome == 0) {
            operation.succeed(null);
        } else {
            operation.fail(-outcome);
        }
        return true;
    }

    private void requireFree(Operation slot, String verb) {
        if (slot != null) {
            throw misuse(verb);
        }
    }

    private IllegalStateException misuse(String verb) {
        return new IllegalStateException(
                "another frame already "
                        + verb
                        + " this socket on this runtime: one frame may wait in each direction");
    }
}
