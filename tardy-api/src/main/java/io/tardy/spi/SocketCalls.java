package io.tardy.spi;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufAllocator;
import io.tardy.aio.AsyncSubmission;
import io.tardy.aio.AsyncSubmission.AwaitWritable;
import io.tardy.aio.AsyncSubmission.Recv;
import io.tardy.aio.AsyncSubmission.RecvBuffer;
import io.tardy.aio.AsyncSubmission.RecvFrom;
import io.tardy.aio.AsyncSubmission.Send;
import io.tardy.aio.AsyncSubmission.SendBuffer;
import io.tardy.aio.AsyncSubmission.SendTo;
import io.tardy.aio.Errno;
import io.tardy.aio.TardyIOException;
import io.tardy.net.Datagram;
import java.nio.ByteBuffer;

/**
 * The non-blocking calls that do an operation on a socket, one try at a time. For the thread of one
 * runtime; a frame that has it may use them too.
 */
public final class SocketCalls {

    /** What became of a try. */
    public enum Outcome {
        /** Nothing has happened: the operation would have to wait. */
        WOULD_WAIT,
        /** The operation is over. */
        DONE,
        /** The operation is over, and the system will tell before there is more to do. */
        DONE_AND_DRAINED
    }

    /** Heap buffers go through memory of this size, and datagrams, none of which is larger. */
    private static final int SCRATCH_BYTES = 64 * 1024;

    private static final int EAGAIN = -Errno.EAGAIN.number();
    private static final int EINTR = -Errno.EINTR.number();

    private final ByteBufAllocator allocator;

    /**
     * Made before the loop runs: the JDK registers a direct buffer under a lock of its own, and a
     * frame that is suspended at that lock, next in line, can only go on when the loop is not
     * waiting for the same lock.
     */
    private final ByteBuffer scratch = ByteBuffer.allocateDirect(SCRATCH_BYTES);

    /**
     * To be made before the loop runs, not on its thread.
     *
     * @param allocator where {@code RecvBuffer} takes its buffers
     */
    public SocketCalls(ByteBufAllocator allocator) {
        this.allocator = allocator;
    }

    /** Tries an operation that reads: a receive or an accept. */
    public Outcome read(Operation operation, SocketHandle socket, RecvSize recvSize) {
        try {
            return tryRead(operation, socket, recvSize);
        } catch (RuntimeException e) {
            return rejected(operation, e);
        }
    }

    private Outcome tryRead(Operation operation, SocketHandle socket, RecvSize recvSize) {
        AsyncSubmission<?, ?> submission = operation.submission();
        if (submission instanceof Recv recv) {
            return recv(operation, socket, recv.into());
        } else if (submission instanceof RecvBuffer) {
            return recvBuffer(operation, socket, recvSize);
        }
        return submission instanceof RecvFrom recv
                ? recvFrom(operation, socket, recv.into())
                : accept(operation, socket);
    }

    /** Tries an operation that writes: a send, or to finish a connect. */
    public Outcome write(Operation operation, SocketHandle socket) {
        try {
            return tryWrite(operation, socket);
        } catch (RuntimeException e) {
            return rejected(operation, e);
        }
    }

    /**
     * What an argument makes impossible (a read-only buffer) its frame is told, during reap too.
     */
    private static Outcome rejected(Operation operation, RuntimeException misuse) {
        if (operation.isDone()) {
            throw misuse;
        }
        operation.reject(misuse);
        return Outcome.DONE;
    }

    private Outcome tryWrite(Operation operation, SocketHandle socket) {
        AsyncSubmission<?, ?> submission = operation.submission();
        if (submission instanceof Send send) {
            return send(operation, socket, send.from());
        } else if (submission instanceof SendBuffer send) {
            return send(operation, socket, send.from());
        }
        if (submission instanceof SendTo send) {
            return sendTo(operation, socket, send);
        }
        return submission instanceof AwaitWritable
                ? awaitWritable(operation, socket)
                : finishConnect(operation, socket);
    }

    private Outcome recv(Operation operation, SocketHandle socket, ByteBuffer into) {
        int room = roomAtOnce(into.isDirect(), into.remaining());
        int count;
        do {
            count = recv(socket, into);
        } while (count == EINTR);
        return received(operation, count, room, count);
    }

    private Outcome recvBuffer(Operation operation, SocketHandle socket, RecvSize recvSize) {
        ByteBuf buffer = allocator.ioBuffer(recvSize.bytes());
        int room = roomAtOnce(buffer.isDirect(), buffer.writableBytes());
        int count = -1;
        try {
            do {
                count = recv(socket, buffer);
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

    /**
     * What is received at once fills no more than this; a full one tells that more may be there.
     */
    private static int roomAtOnce(boolean isDirect, int room) {
        return isDirect ? room : Math.min(room, SCRATCH_BYTES);
    }

    private static Outcome received(Operation operation, int count, int room, Object value) {
        if (count == EAGAIN) {
            return Outcome.WOULD_WAIT;
        }
        if (count > 0) {
            operation.succeed(value);
            // A short read has emptied the socket.
            return count == room ? Outcome.DONE : Outcome.DONE_AND_DRAINED;
        }
        operation.fail(-count);
        return Outcome.DONE;
    }

    /** Through memory that has room for every datagram, so that its true length shows. */
    private Outcome recvFrom(Operation operation, SocketHandle socket, ByteBuffer into) {
        ByteBuffer whole = scratch();
        try {
            Datagram datagram = socket.recvFrom(whole);
            if (datagram == null) {
                return Outcome.WOULD_WAIT;
            }
            int length = datagram.length();
            int kept = Math.min(length, into.remaining());
            into.put(whole.position(0).limit(kept));
            operation.succeed(
                    new Datagram(
                            datagram.sender(), length, kept < length || datagram.isTruncated()));
        } catch (TardyIOException e) {
            operation.fail(e.errno());
        }
        return Outcome.DONE;
    }

    private static Outcome accept(Operation operation, SocketHandle socket) {
        try {
            SocketHandle accepted = socket.accept();
            if (accepted == null) {
                return Outcome.WOULD_WAIT;
            }
            operation.succeed(accepted);
        } catch (TardyIOException e) {
            operation.fail(e.errno());
        }
        return Outcome.DONE;
    }

    private Outcome send(Operation operation, SocketHandle socket, ByteBuffer from) {
        int count;
        do {
            count = send(socket, from);
        } while (count == EINTR);
        return sent(operation, count);
    }

    private Outcome send(Operation operation, SocketHandle socket, ByteBuf from) {
        int count;
        do {
            count = send(socket, from);
        } while (count == EINTR);
        return sent(operation, count);
    }

    private static Outcome awaitWritable(Operation operation, SocketHandle socket) {
        if (!socket.isWritable()) {
            return Outcome.WOULD_WAIT;
        }
        operation.succeed(null);
        return Outcome.DONE;
    }

    private Outcome sendTo(Operation operation, SocketHandle socket, SendTo send) {
        ByteBuffer from = send.from();
        ByteBuffer direct = from;
        if (!from.isDirect()) {
            direct = scratch();
            if (from.remaining() > direct.capacity()) {
                operation.fail(Errno.EMSGSIZE.number());
                return Outcome.DONE;
            }
            direct.put(0, from, from.position(), from.remaining()).limit(from.remaining());
        }
        int count;
        do {
            count = socket.sendTo(direct, send.to());
        } while (count == EINTR);
        if (count >= 0) {
            from.position(from.limit());
        } else if (count == EAGAIN && socket.kind() == SocketKind.UNIX_DATAGRAM) {
            // The receiver's queue is full, and the system does not tell when it no longer is.
            operation.fail(Errno.EAGAIN.number());
            return Outcome.DONE;
        }
        return sent(operation, count);
    }

    private static Outcome sent(Operation operation, int count) {
        if (count == EAGAIN) {
            return Outcome.WOULD_WAIT;
        }
        if (count >= 0) {
            operation.succeed(count);
        } else {
            operation.fail(-count);
        }
        return Outcome.DONE;
    }

    private static Outcome finishConnect(Operation operation, SocketHandle socket) {
        int outcome = socket.finishConnect();
        if (outcome == -Errno.EINPROGRESS.number()) {
            return Outcome.WOULD_WAIT;
        }
        if (outcome == 0) {
            operation.succeed(null);
        } else {
            operation.fail(-outcome);
        }
        return Outcome.DONE;
    }

    /** Receives into a direct or heap buffer; the outcome as of {@link SocketHandle#recv}. */
    private int recv(SocketHandle socket, ByteBuffer into) {
        if (into.isDirect()) {
            return socket.recv(into);
        }
        ByteBuffer direct = scratch();
        direct.limit(Math.min(direct.capacity(), into.remaining()));
        int count = socket.recv(direct);
        if (count > 0) {
            into.put(direct.flip());
        }
        return count;
    }

    /** Sends from a direct or heap buffer; the outcome as of {@link SocketHandle#send}. */
    private int send(SocketHandle socket, ByteBuffer from) {
        if (from.isDirect()) {
            return socket.send(from);
        }
        ByteBuffer direct = scratch();
        int length = Math.min(direct.capacity(), from.remaining());
        direct.put(0, from, from.position(), length).limit(length);
        int count = socket.send(direct);
        if (count > 0) {
            from.position(from.position() + count);
        }
        return count;
    }

    /** Receives into the writable bytes, whose index advances. */
    private int recv(SocketHandle socket, ByteBuf into) {
        int index = into.writerIndex();
        int room = into.writableBytes();
        int count =
                into.hasMemoryAddress() && socket.takesAddresses()
                        ? socket.recvAddress(into.memoryAddress(), index, index + room)
                        : recv(socket, into.internalNioBuffer(index, room));
        if (count > 0) {
            into.writerIndex(index + count);
        }
        return count;
    }

    /** Sends from the readable bytes, whose index advances; of a composite, from its first part. */
    private int send(SocketHandle socket, ByteBuf from) {
        int index = from.readerIndex();
        int length = from.readableBytes();
        int count;
        if (from.hasMemoryAddress() && socket.takesAddresses()) {
            count = socket.sendAddress(from.memoryAddress(), index, index + length);
        } else if (from.nioBufferCount() == 1) {
            count = send(socket, from.nioBuffer(index, length));
        } else {
            count = send(socket, from.nioBuffers(index, length)[0]);
        }
        if (count > 0) {
            from.readerIndex(index + count);
        }
        return count;
    }

    private ByteBuffer scratch() {
        return scratch.clear();
    }
}
