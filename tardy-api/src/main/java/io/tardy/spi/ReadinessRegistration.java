package io.tardy.spi;

import io.netty.channel.IoHandle;
import io.netty.channel.IoRegistration;
import io.netty.util.concurrent.Future;
import io.tardy.aio.AsyncSubmission;
import io.tardy.aio.Errno;
import io.tardy.aio.OpenSocket;
import io.tardy.aio.TardyIOException;
import io.tardy.os.Arrival;
import io.tardy.os.LentBuffer;
import io.tardy.os.Outcome;
import io.tardy.os.RecvSize;
import io.tardy.os.SocketHandle;
import java.io.IOException;

/**
 * A socket as one runtime's loop knows it: what the system last said of it, and which operations
 * wait.
 *
 * <p>The subclass arms it once, edge-triggered, and calls {@link #ready} for every event. It is
 * remembered whether the socket may be readable or writable, so that a wait needs no system call
 * and a try that must fail is not made (epoll(7), "edge-triggered").
 *
 * <p>Where the system only has levels the subclass asks for a direction when {@link #waiting} tells
 * that an operation waits there.
 *
 * <p>Public for authors of transports, with {@link ReadinessBackend}.
 */
public abstract class ReadinessRegistration {

    private static final int EAGAIN = -Errno.EAGAIN.number();

    private final ReadinessBackend backend;
    private final SocketHandle socket;
    private final Attached attached = new Attached();

    // All below: the loop's thread, or a frame that has it.

    /** Where the backend has it; negative if it does not. */
    int place = -1;

    /** Null before the first receive that needs it. */
    private RecvSize recvSize;

    private Operation reader;
    private Operation writer;
    private boolean readable;
    private boolean writable = true;
    private boolean hungUp;

    /** Whether urgent data was reported, and no receive has found the socket empty since. */
    private boolean urgent;

    /** Ties a socket to the loop of this backend; not armed yet. */
    protected ReadinessRegistration(ReadinessBackend backend, OpenSocket socket) {
        this.backend = backend;
        this.socket = SocketHandle.of(socket);
    }

    /** Registers with the loop for every event of the socket, edge-triggered. */
    protected abstract void arm() throws IOException;

    /**
     * Has Netty's handler deliver the events of a handle.
     *
     * @throws IOException if it refuses
     */
    protected final IoRegistration register(IoHandle handle) throws IOException {
        Future<IoRegistration> registered = backend.loop().register(handle);
        if (!registered.isSuccess()) {
            throw new IOException("not registered with the event loop", registered.cause());
        }
        return registered.getNow();
    }

    /** Ends the registration; the descriptor may be closed already. */
    protected abstract void disarm();

    /**
     * Whether {@link #disarm} comes before the descriptor is closed. By default it comes after:
     * that saves telling the system to forget a descriptor that is going away.
     */
    protected boolean disarmsBeforeClose() {
        return false;
    }

    /**
     * An operation begins to wait: {@link #readerWaits} or {@link #writerWaits} holds now. Does
     * nothing here, for what is armed with edges needs no more.
     */
    protected void waiting() {}

    /** Whether a receive or an accept waits. */
    protected final boolean readerWaits() {
        return reader != null;
    }

    /** Whether a send or a connect waits. */
    protected final boolean writerWaits() {
        return writer != null;
    }

    /**
     * Whether a receive that has left room in its buffer has left nothing in the socket, or only
     * what the system will report. If not, the next receive is tried before it waits. Here not: a
     * receive stops before urgent data, and in the Unix domain behind bytes that came with
     * descriptors, and what comes after them is no news to an edge-triggered system.
     */
    protected boolean reportsWhatIsLeft() {
        return false;
    }

    /** Whether a receive may stop before the socket is empty, because of urgent data. */
    protected final boolean hasUrgent() {
        return urgent;
    }

    /** The system reports urgent data; called during reap, before {@link #ready}. */
    protected final void urgent() {
        urgent = true;
    }

    final SocketHandle socket() {
        return socket;
    }

    /** The runtime's hold on the socket; not {@code this}, for its methods are public. */
    final Attached attached() {
        return attached;
    }

    final class Attached implements SocketHandle.Attachment, Arrival {

        ReadinessRegistration registration() {
            return ReadinessRegistration.this;
        }

        @Override
        public Object owner() {
            return backend;
        }

        @Override
        public boolean isSending() {
            return writerWaits();
        }

        @Override
        public int recv(LentBuffer into) {
            if (socket.isClosed()) {
                return -Errno.EBADF.number();
            }
            // Not ours any more, the descriptor may mean another socket.
            return socket.attachmentOf(backend) == this ? receive(into) : -Errno.ECANCELED.number();
        }

        @Override
        public void socketClosed() {
            backend.onLoop(() -> backend.release(ReadinessRegistration.this, Errno.EBADF.number()));
        }
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
            Operation waiting = reader;
            reader = null; // before it is over, for then its frame may begin the next one
            if (waiting != null && !tryRead(waiting)) {
                reader = waiting;
            }
        }
        if (out || hangup) {
            writable = true;
            Operation waiting = writer;
            writer = null;
            if (waiting != null && !tryWrite(waiting)) {
                writer = waiting;
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
            operation.reject(SocketHandle.directionTaken("receives from"));
        } else if (!readable || !tryRead(operation)) {
            reader = operation;
            waiting();
        }
    }

    final void write(Operation operation) {
        if (writer != null) {
            operation.reject(SocketHandle.directionTaken("sends to"));
        } else if (!writable || !tryWrite(operation)) {
            writer = operation;
            waiting();
        }
    }

    final void awaitConnected(Operation operation) {
        if (writer != null) {
            operation.reject(SocketHandle.directionTaken("connects"));
            return;
        }
        writer = operation;
        waiting();
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

    /** What waits fails with this error number of the system. */
    protected final void failWaiting(int errno) {
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

    // A try may be suspended at the lock of an allocator. What the system reports meanwhile must
    // not
    // be forgotten afterwards.

    /** Whether the operation is over; if not, the system will report when to try again. */
    private boolean tryRead(Operation operation) {
        AsyncSubmission<?, ?> submission = operation.submission();
        if (submission instanceof AsyncSubmission.AwaitReadable) {
            operation.succeed(attached); // the frame tries
            return true;
        } else if (submission instanceof AsyncSubmission.AwaitInput) {
            return tryAwaitInput(operation);
        }
        if (recvSize == null && submission instanceof AsyncSubmission.RecvBuffer) {
            recvSize = new RecvSize();
        }
        readable = false;
        Object outcome = backend.calls().read(submission, socket, recvSize);
        if (outcome == Outcome.WOULD_WAIT && urgent) {
            // Once more: at urgent data a signal makes Linux say so although more is there.
            urgent = false;
            outcome = backend.calls().read(submission, socket, recvSize);
        }
        readable |= outcome != Outcome.WOULD_WAIT && mayBeLeft();
        return operation.end(outcome, backend.calls().count());
    }

    /** The system is asked, for what we know may be no more than a guess. */
    private boolean tryAwaitInput(Operation operation) {
        readable = false;
        try {
            if (!socket.isReadable()) {
                return false;
            }
        } catch (TardyIOException e) {
            readable = true; // for all we know
            operation.fail(e.errno());
            return true;
        }
        readable = true;
        operation.succeed(null);
        return true;
    }

    /** {@link #tryRead} for a frame that has waited to do it. */
    private int receive(LentBuffer into) {
        readable = false;
        int received = backend.calls().recv(socket, into, 0);
        if (received == EAGAIN && urgent) {
            urgent = false;
            received = backend.calls().recv(socket, into, 0);
        }
        readable |= received != EAGAIN && mayBeLeft();
        return received;
    }

    /** What comes after the last byte is reported anew, but not after the hangup. */
    private boolean mayBeLeft() {
        return !backend.calls().leavesRoom() || hungUp || !reportsWhatIsLeft();
    }

    private boolean tryWrite(Operation operation) {
        writable = false;
        Object outcome = backend.calls().write(operation.submission(), socket);
        writable |= outcome != Outcome.WOULD_WAIT;
        return operation.end(outcome, backend.calls().count());
    }

    private void requireFree(Operation slot, String verb) {
        if (slot != null) {
            throw SocketHandle.directionTaken(verb);
        }
    }
}
