package io.tardy.aio;

import io.netty.buffer.ByteBuf;
import io.tardy.spi.SocketHandle;
import java.net.SocketAddress;
import java.nio.ByteBuffer;

/**
 * One asynchronous operation that a task asks for. The submission carries the types of its answer:
 * what {@code Scheduler.ioAwait} returns for it.
 *
 * <p>A buffer belongs to the operation until it is over: neither read it, write it nor release it.
 *
 * @param <T> the type of the value
 * @param <E> the error enum of the operation
 */
public sealed interface AsyncSubmission<T, E extends Enum<E> & AsyncError> {

    /** Which operation this is. */
    AsyncOp op();

    /** The operation's own constant for a positive error number of this system. */
    E error(int errno);

    /** An operation on a socket. */
    sealed interface OnSocket {

        /** The socket. */
        SocketHandle socket();
    }

    /**
     * Complete after a time, never before.
     *
     * @param delayNanos nanoseconds of the runtime's monotonic clock; at most 0 means "next turn"
     */
    record Timer(long delayNanos) implements AsyncSubmission<Void, TimerError> {
        @Override
        public AsyncOp op() {
            return AsyncOp.TIMER;
        }

        @Override
        public TimerError error(int errno) {
            return TimerError.of(errno);
        }
    }

    /** Take one connection from a listening socket. */
    record Accept(SocketHandle socket)
            implements AsyncSubmission<SocketHandle, AcceptError>, OnSocket {
        @Override
        public AsyncOp op() {
            return AsyncOp.ACCEPT;
        }

        @Override
        public AcceptError error(int errno) {
            return AcceptError.of(errno);
        }
    }

    /** Connect a socket to an {@code InetSocketAddress} or {@code UnixDomainSocketAddress}. */
    record Connect(SocketHandle socket, SocketAddress address)
            implements AsyncSubmission<Void, ConnectError>, OnSocket {
        @Override
        public AsyncOp op() {
            return AsyncOp.CONNECT;
        }

        @Override
        public ConnectError error(int errno) {
            return ConnectError.of(errno);
        }
    }

    /**
     * Receive into a buffer, direct or heap, at its position; completes with the number of bytes,
     * at least 1, by which the position has advanced, or with {@link RecvError#CLOSED} at the end
     * of the stream. The buffer must have room.
     */
    record Recv(SocketHandle socket, ByteBuffer into)
            implements AsyncSubmission<Integer, RecvError>, OnSocket {
        @Override
        public AsyncOp op() {
            return AsyncOp.RECV;
        }

        @Override
        public RecvError error(int errno) {
            return RecvError.of(errno);
        }
    }

    /**
     * Receive into a pooled buffer that is taken only when data is there; the buffer is the
     * caller's to release.
     */
    record RecvBuffer(SocketHandle socket)
            implements AsyncSubmission<ByteBuf, RecvError>, OnSocket {
        @Override
        public AsyncOp op() {
            return AsyncOp.RECV;
        }

        @Override
        public RecvError error(int errno) {
            return RecvError.of(errno);
        }
    }

    /**
     * Send from a buffer, direct or heap, at its position; completes with the number of bytes by
     * which the position has advanced, which may be fewer than remained.
     */
    record Send(SocketHandle socket, ByteBuffer from)
            implements AsyncSubmission<Integer, SendError>, OnSocket {
        @Override
        public AsyncOp op() {
            return AsyncOp.SEND;
        }

        @Override
        public SendError error(int errno) {
            return SendError.of(errno);
        }
    }

    /**
     * Send the readable bytes of a buffer; completes with the number of bytes by which the reader
     * index has advanced, which may be fewer. The buffer stays the caller's.
     */
    record SendBuffer(SocketHandle socket, ByteBuf from)
            implements AsyncSubmission<Integer, SendError>, OnSocket {
        @Override
        public AsyncOp op() {
            return AsyncOp.SEND;
        }

        @Override
        public SendError error(int errno) {
            return SendError.of(errno);
        }
    }

    /** Close a socket; operations that wait on it fail with {@code INVALID_FD}. */
    record Close(SocketHandle socket) implements AsyncSubmission<Void, SocketError>, OnSocket {
        @Override
        public AsyncOp op() {
            return AsyncOp.CLOSE;
        }

        @Override
        public SocketError error(int errno) {
            return SocketError.of(errno);
        }
    }
}
