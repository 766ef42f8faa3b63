package io.tardy.os;

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
import io.tardy.aio.Datagram;
import io.tardy.aio.Errno;
import io.tardy.aio.RecvError;
import io.tardy.aio.SocketKind;
import io.tardy.aio.TardyIOException;
import java.lang.foreign.Arena;
import java.nio.ByteBuffer;

/**
 * The non-blocking calls that do an operation on a socket, one try at a time. For the thread of one
 * runtime; a frame that has it may use them too.
 */
public final class SocketCalls {

    /** Heap buffers go through memory of this size; no datagram of UDP is longer. */
    private static final int SCRATCH_BYTES = 64 * 1024;

    private static final int EAGAIN = -Errno.EAGAIN.number();
    private static final int EINTR = -Errno.EINTR.number();

    private final ByteBufAllocator allocator;

    /**
     * Memory for what is on the heap; null while a call uses it, which may be suspended meanwhile
     * at a lock of a channel's or an allocator's.
     */
    private ByteBuffer scratch = ByteBuffer.allocateDirect(SCRATCH_BYTES);

    private int count;
    private boolean leavesRoom;

    /** What {@link Outcome#BYTES} stands for, of the call just made. */
    public int count() {
        return count;
    }

    /**
     * Whether the receive just made, from a stream, has brought something and left room in its
     * buffer. Mostly nothing is left in the socket then.
     */
    public boolean leavesRoom() {
        return leavesRoom;
    }

    /**
     * To be made before the loop runs, not on its thread.
     *
     * @param allocator where {@code RecvBuffer} takes its buffers
     */
    public SocketCalls(ByteBufAllocator allocator) {
        this.allocator = allocator;
    }

    /**
     * Tries an operation that reads: a receive or an accept.
     *
     * @param recvSize of the socket, which is told what has come; for a {@code RecvBuffer} only
     * @return an outcome
     */
    public Object read(AsyncSubmission<?, ?> submission, SocketHandle socket, RecvSize recvSize) {
        try {
            if (submission instanceof Recv recv) {
                return recv(socket, recv);
            } else if (submission instanceof RecvBuffer && !socket.kind().isDatagram()) {
                return recvBuffer(socket, recvSize);
            }
            Object outcome = readWhole(submission, socket);
            leavesRoom = false; // only now: other frames may have received meanwhile
            return outcome;
        } catch (RuntimeException | Error e) {
            leavesRoom = false;
            return new Outcome.Threw(e);
        }
    }

    private Object readWhole(AsyncSubmission<?, ?> submission, SocketHandle socket) {
        if (submission instanceof RecvBuffer) {
            return recvDatagramBuffer(socket);
        }
        return submission instanceof RecvFrom recv ? recvFrom(socket, recv.into()) : accept(socket);
    }

    /**
     * Tries an operation that writes: a send, or to finish a connect.
     *
     * @return an outcome
     */
    public Object write(AsyncSubmission<?, ?> submission, SocketHandle socket) {
        try {
            if (submission instanceof Send send) {
                return send(socket, send);
            } else if (submission instanceof SendBuffer send) {
                return send(socket, send.from());
            } else if (submission instanceof SendTo send) {
                return sendTo(socket, send);
            }
            return submission instanceof AwaitWritable
                    ? awaitWritable(socket)
                    : finishConnect(socket);
        } catch (RuntimeException | Error e) {
            return new Outcome.Threw(e);
        }
    }

    private Object recv(SocketHandle socket, Recv recv) {
        ByteBuffer into = recv.buffer();
        int room = roomAtOnce(into.isDirect(), into.remaining());
        int received;
        do {
            received =
                    into.isDirect() && socket.takesAddresses()
                            ? recvAt(socket, recv.address(), into)
                            : tryRecv(socket, into);
        } while (received == EINTR);
        count = received;
        return received(received, room, Outcome.BYTES);
    }

    /**
     * Receives behind what is in the buffer already.
     *
     * @param from how many bytes that are
     * @return as of {@link SocketHandle#recv}
     */
    public int recv(SocketHandle socket, LentBuffer into, int from) {
        int received;
        do {
            received =
                    socket.takesAddresses()
                            ? socket.recvAddress(into.address(), from, into.capacity())
                            : socket.recv(into.room(from));
        } while (received == EINTR);
        leavesRoom = received > 0 && received < into.capacity() - from;
        return received;
    }

    private static int recvAt(SocketHandle socket, long address, ByteBuffer into) {
        int position = into.position();
        int received = socket.recvAddress(address, position, into.limit());
        if (received > 0) {
            into.position(position + received);
        }
        return received;
    }

    private Object recvBuffer(SocketHandle socket, RecvSize recvSize) {
        ByteBuf buffer = allocator.ioBuffer(recvSize.bytes());
        int room = roomAtOnce(buffer.isDirect(), buffer.writableBytes());
        int count = -1;
        try {
            do {
                count = tryRecv(socket, buffer);
            } while (count == EINTR);
        } finally {
            if (count <= 0) {
                buffer.release();
            }
        }
        if (count > 0) {
            recvSize.received(count);
        }
        return received(count, room, buffer);
    }

    /**
     * What is received at once fills no more than this; a full one tells that more may be there.
     */
    private static int roomAtOnce(boolean isDirect, int room) {
        return isDirect ? room : Math.min(room, SCRATCH_BYTES);
    }

    private Object received(int count, int room, Object value) {
        leavesRoom = count > 0 && count < room;
        return count > 0 ? value : refused(count);
    }

    /** The outcome of a negated error number; of 0, the end of a stream. */
    private static Outcome refused(int count) {
        return count == EAGAIN ? Outcome.WOULD_WAIT : new Outcome.Failed(-count);
    }

    private Object recvFrom(SocketHandle socket, ByteBuffer into) {
        try {
            Datagram datagram = receive(socket, into);
            return datagram == null ? Outcome.WOULD_WAIT : datagram;
        } catch (TardyIOException e) {
            return new Outcome.Failed(e.errno());
        }
    }

    /** A datagram, whole: of its length, which is known once it is there. */
    private Object recvDatagramBuffer(SocketHandle socket) {
        ByteBuf buffer = null;
        try {
            if (socket.tellsLength()) {
                int length = socket.nextDatagramBytes();
                if (length < 0) {
                    return refused(length);
                }
                buffer = allocator.ioBuffer(length);
                Datagram datagram = receive(socket, buffer.nioBuffer(0, length));
                if (datagram == null) {
                    return Outcome.WOULD_WAIT; // another runtime has it
                } else if (datagram.isTruncated()) {
                    // Another runtime has the first one, this is the next.
                    return new Outcome.Failed(Errno.EMSGSIZE.number());
                }
                buffer.writerIndex(datagram.length());
            } else {
                ByteBuffer whole = takeScratch();
                try {
                    Datagram datagram = socket.recvFrom(whole);
                    if (datagram == null) {
                        return Outcome.WOULD_WAIT;
                    }
                    buffer = allocator.ioBuffer(datagram.length());
                    buffer.writeBytes(whole.position(0).limit(datagram.length()));
                } finally {
                    returnScratch(whole);
                }
            }
            ByteBuf received = buffer;
            buffer = null;
            return received;
        } catch (TardyIOException e) {
            return new Outcome.Failed(e.errno());
        } finally {
            if (buffer != null) {
                buffer.release();
            }
        }
    }

    /**
     * Receives a datagram into a direct or heap buffer, whose position advances by what had room;
     * null if none waits. Where the system does not tell how long one was that had no room, it goes
     * through memory that has room for every one.
     */
    private Datagram receive(SocketHandle socket, ByteBuffer into) throws TardyIOException {
        int room = into.remaining();
        if (!socket.tellsLength()) {
            return receiveThroughScratch(socket, into);
        } else if (into.isDirect()) {
            int position = into.position();
            Datagram datagram = socket.recvFrom(into);
            if (datagram != null) {
                into.position(position + Math.min(datagram.length(), room));
            }
            return datagram;
        } else if (room <= SCRATCH_BYTES) {
            return receiveThroughScratch(socket, into);
        }
        int next = socket.nextDatagramBytes();
        if (next == EAGAIN) {
            return null;
        } else if (next < 0) {
            throw new TardyIOException("recv", RecvError.class, -next);
        }
        try (Arena arena = Arena.ofConfined()) {
            ByteBuffer memory = arena.allocate(Math.clamp(next, 1, room)).asByteBuffer();
            return receiveThrough(memory, socket, into);
        }
    }

    private Datagram receiveThroughScratch(SocketHandle socket, ByteBuffer into)
            throws TardyIOException {
        ByteBuffer memory = takeScratch();
        try {
            if (socket.tellsLength()) {
                memory.limit(Math.min(memory.capacity(), into.remaining()));
            }
            return receiveThrough(memory, socket, into);
        } finally {
            returnScratch(memory);
        }
    }

    private static Datagram receiveThrough(ByteBuffer memory, SocketHandle socket, ByteBuffer into)
            throws TardyIOException {
        Datagram datagram = socket.recvFrom(memory);
        if (datagram == null) {
            return null;
        }
        int kept = Math.min(datagram.length(), Math.min(into.remaining(), memory.limit()));
        into.put(memory.position(0).limit(kept));
        return new Datagram(
                datagram.sender(),
                datagram.length(),
                datagram.isTruncated() || kept < datagram.length());
    }

    private static Object accept(SocketHandle socket) {
        try {
            SocketHandle accepted = socket.accept();
            return accepted == null ? Outcome.WOULD_WAIT : accepted;
        } catch (TardyIOException e) {
            return new Outcome.Failed(e.errno());
        }
    }

    private Object send(SocketHandle socket, Send send) {
        ByteBuffer from = send.buffer();
        int sent;
        do {
            sent =
                    from.isDirect() && socket.takesAddresses()
                            ? sendAt(socket, send.address(), from)
                            : trySend(socket, from);
        } while (sent == EINTR);
        return sent(sent);
    }

    private static int sendAt(SocketHandle socket, long address, ByteBuffer from) {
        int position = from.position();
        int sent = socket.sendAddress(address, position, from.limit());
        if (sent > 0) {
            from.position(position + sent);
        }
        return sent;
    }

    private Object send(SocketHandle socket, ByteBuf from) {
        int count;
        do {
            count = trySend(socket, from);
        } while (count == EINTR);
        return sent(count);
    }

    private static Object awaitWritable(SocketHandle socket) {
        return socket.isWritable() ? null : Outcome.WOULD_WAIT;
    }

    private Object sendTo(SocketHandle socket, SendTo send) {
        ByteBuffer from = send.from();
        int count;
        do {
            count = sendWhole(socket, from, direct -> socket.sendTo(direct, send.to()));
        } while (count == EINTR);
        if (count >= 0) {
            from.position(from.limit());
        } else if (count == EAGAIN && socket.kind() == SocketKind.UNIX_DATAGRAM) {
            // The receiver's queue is full, and the system does not tell when it no longer is.
            return new Outcome.Failed(Errno.EAGAIN.number());
        }
        return sent(count);
    }

    /** A call that sends from a direct buffer; its outcome as of {@link SocketHandle#send}. */
    private interface DirectSend {
        int send(ByteBuffer direct);
    }

    /** Has a datagram sent in one piece, from wherever it is. */
    private int sendWhole(SocketHandle socket, ByteBuffer from, DirectSend call) {
        int length = from.remaining();
        if (from.isDirect()) {
            return call.send(from);
        } else if (length <= SCRATCH_BYTES) {
            ByteBuffer direct = takeScratch();
            try {
                return call.send(direct.put(0, from, from.position(), length).limit(length));
            } finally {
                returnScratch(direct);
            }
        } else if (length > socket.datagramBytesMax()) {
            return -Errno.EMSGSIZE.number();
        }
        try (Arena arena = Arena.ofConfined()) {
            ByteBuffer memory = arena.allocate(length).asByteBuffer();
            return call.send(memory.put(0, from, from.position(), length));
        }
    }

    private Object sent(int sent) {
        count = sent;
        return sent >= 0 ? Outcome.BYTES : refused(sent);
    }

    private static Object finishConnect(SocketHandle socket) {
        int outcome = socket.finishConnect();
        if (outcome == -Errno.EINPROGRESS.number()) {
            return Outcome.WOULD_WAIT;
        }
        return outcome == 0 ? null : new Outcome.Failed(-outcome);
    }

    /** Receives into a direct or heap buffer; the outcome as of {@link SocketHandle#recv}. */
    private int tryRecv(SocketHandle socket, ByteBuffer into) {
        if (into.isDirect()) {
            return socket.recv(into);
        }
        ByteBuffer direct = takeScratch();
        try {
            direct.limit(Math.min(direct.capacity(), into.remaining()));
            int count = socket.recv(direct);
            if (count > 0) {
                into.put(direct.flip());
            }
            return count;
        } finally {
            returnScratch(direct);
        }
    }

    /** Sends from a direct or heap buffer; the outcome as of {@link SocketHandle#send}. */
    private int trySend(SocketHandle socket, ByteBuffer from) {
        if (from.isDirect()) {
            return socket.send(from);
        } else if (socket.kind().isDatagram()) {
            int sent = sendWhole(socket, from, socket::send);
            if (sent > 0) {
                from.position(from.position() + sent);
            }
            return sent;
        }
        ByteBuffer direct = takeScratch();
        try {
            int length = Math.min(direct.capacity(), from.remaining());
            direct.put(0, from, from.position(), length).limit(length);
            int count = socket.send(direct);
            if (count > 0) {
                from.position(from.position() + count);
            }
            return count;
        } finally {
            returnScratch(direct);
        }
    }

    /** Receives into the writable bytes, whose index advances. */
    private int tryRecv(SocketHandle socket, ByteBuf into) {
        int index = into.writerIndex();
        int room = into.writableBytes();
        int count =
                into.hasMemoryAddress() && socket.takesAddresses()
                        ? socket.recvAddress(into.memoryAddress(), index, index + room)
                        : tryRecv(socket, into.internalNioBuffer(index, room));
        if (count > 0) {
            into.writerIndex(index + count);
        }
        return count;
    }

    /** Sends from the readable bytes, whose index advances. */
    private int trySend(SocketHandle socket, ByteBuf from) {
        int index = from.readerIndex();
        int length = from.readableBytes();
        int count;
        if (from.hasMemoryAddress() && socket.takesAddresses()) {
            count = socket.sendAddress(from.memoryAddress(), index, index + length);
        } else if (from.nioBufferCount() == 1 || socket.kind().isDatagram()) { // which is whole
            count = trySend(socket, from.nioBuffer(index, length));
        } else {
            count = trySend(socket, from.nioBuffers(index, length));
        }
        if (count > 0) {
            from.readerIndex(index + count);
        }
        return count;
    }

    private int trySend(SocketHandle socket, ByteBuffer[] parts) {
        ByteBuffer direct = takeScratch();
        try {
            return Parts.send(socket, parts, direct);
        } finally {
            returnScratch(direct);
        }
    }

    private ByteBuffer takeScratch() {
        ByteBuffer taken = scratch;
        scratch = null;
        return taken == null ? ByteBuffer.allocateDirect(SCRATCH_BYTES) : taken.clear();
    }

    private void returnScratch(ByteBuffer taken) {
        scratch = taken;
    }
}
