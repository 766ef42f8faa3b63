package io.tardy.transport.iouring;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufAllocator;
import io.tardy.aio.AsyncOp;
import io.tardy.aio.AsyncSubmission;
import io.tardy.aio.AsyncSubmission.AwaitInput;
import io.tardy.aio.AsyncSubmission.AwaitReadable;
import io.tardy.aio.AsyncSubmission.Connect;
import io.tardy.aio.AsyncSubmission.OnSocket;
import io.tardy.aio.AsyncSubmission.Recv;
import io.tardy.aio.AsyncSubmission.RecvBuffer;
import io.tardy.aio.AsyncSubmission.Send;
import io.tardy.aio.Errno;
import io.tardy.aio.OpenSocket;
import io.tardy.aio.TardyIOException;
import io.tardy.os.DescriptorSocket;
import io.tardy.os.LentBuffer;
import io.tardy.os.NativeMemory;
import io.tardy.os.Outcome;
import io.tardy.os.SocketCalls;
import io.tardy.os.SocketHandle;
import io.tardy.spi.BackendContext;
import io.tardy.spi.Operation;
import java.net.SocketAddress;
import java.nio.ByteBuffer;
import java.util.ArrayDeque;

/**
 * Operations on sockets as submissions, and what their completions mean.
 *
 * <p>An operation on memory outside of the heap goes to the kernel as a whole. One that would need
 * memory of ours meanwhile (for a pooled buffer, a heap buffer, a datagram with its address) is
 * tried with the plain call; if that would have to wait, the kernel tells when the socket is ready,
 * and the call is tried again. A receive is also tried first if the last completion told that more
 * is there.
 *
 * <p>A frame that has no buffer yet waits with a receive into a slab ({@link Slabs}), which is all
 * that an idle socket holds. What arrives there is the first that any receive gets, whichever
 * comes.
 */
final class SocketSubmissions {

    private static final int EAGAIN = -Errno.EAGAIN.number();

    /** IORING_CQE_F_SOCK_NONEMPTY: there is more to receive. */
    private static final int SOCK_NONEMPTY = 1 << 2;

    /** How many are kept for those that write next: more than write at once, mostly. */
    private static final int WRITERS_KEPT = 1024;

    private final BackendContext context;
    private final ByteBufAllocator allocator;
    private final SocketCalls calls;
    private final Ring ring;
    private final SlabSizes slabSizes = new SlabSizes();

    /** For the sockets that write next. */
    private final ArrayDeque<InFlight> writers = new ArrayDeque<>();

    SocketSubmissions(BackendContext context, Ring ring) {
        this.context = context;
        this.allocator = context.allocator();
        this.calls = new SocketCalls(allocator);
        this.ring = ring;
    }

    /** Does it at once where that needs no wait and costs less than a submission; in the frame. */
    boolean attempt(Operation operation) {
        AsyncSubmission<?, ?> submission = operation.submission();
        return switch (operation.op()) {
            case SEND -> !isWhole(submission) && attemptWrite(operation, socketOf(submission));
            case RECV ->
                    (submission instanceof AwaitReadable || submission instanceof Recv)
                            && attemptRead(operation, socketOf(submission));
            default -> false;
        };
    }

    /**
     * Whether a send is submitted whole, without a trial call. One call for the sends and receives
     * of a whole turn costs less than a call for each send, by a tenth of all that a short message
     * costs.
     */
    private static boolean isWhole(AsyncSubmission<?, ?> submission) {
        return submission instanceof Send send && send.buffer().isDirect();
    }

    private boolean attemptWrite(Operation operation, SocketHandle socket) {
        SocketAttachment attachment = attachmentOf(socket);
        if (attachment == null || socket.isClosed()) {
            return false;
        }
        attachment.requireFree(false);
        return tryWrite(operation, socket);
    }

    private boolean attemptRead(Operation operation, SocketHandle socket) {
        SocketAttachment attachment = attachmentOf(socket);
        if (attachment == null || socket.isClosed()) {
            return false;
        }
        attachment.requireFree(true);
        if (!attachment.hasArrived() && !attachment.isReadable()) {
            return false;
        } else if (operation.submission() instanceof AwaitReadable) {
            operation.succeed(attachment); // the frame tries
            return true;
        }
        return tryRead(operation, attachment);
    }

    /** How many bytes have arrived that nobody has taken. */
    int received(OpenSocket socket) {
        SocketAttachment attachment = attachmentOf(SocketHandle.of(socket));
        return attachment == null ? 0 : attachment.arrivedCount();
    }

    /** For a frame that has waited for it: what has arrived, and what is behind that. */
    int receive(SocketAttachment attachment, LentBuffer into) {
        if (attachment.isReleased() || attachment.socket().isClosed()) {
            return -Errno.EBADF.number();
        }
        int arrived = attachment.hasArrived() ? attachment.takeArrived(into) : 0;
        boolean mayGoOn =
                (attachment.isReadable() || attachment.fillsSlab(arrived))
                        && !attachment.isReading();
        attachment.lastCount(arrived);
        if (!mayGoOn || arrived > 0 && attachment.socket().isShared()) {
            return arrived > 0 ? arrived : EAGAIN;
        }
        int more = calls.recv(attachment.socket(), into, arrived);
        attachment.readable(more != EAGAIN && !calls.leavesRoom());
        if (arrived == 0 || more > 0) {
            attachment.lastCount(arrived + more);
            return arrived + more;
        }
        if (more < 0 && more != EAGAIN) {
            // The next receive tells it; the system says it once.
            attachment.socket().failed(AsyncOp.RECV, -more);
        }
        return arrived;
    }

    private boolean tryRead(Operation operation, SocketAttachment attachment) {
        if (attachment.hasArrived()) {
            takeArrived(operation, attachment);
            return true;
        }
        AsyncSubmission<?, ?> submission = operation.submission();
        Object outcome =
                calls.read(
                        submission,
                        attachment.socket(),
                        submission instanceof RecvBuffer ? attachment.recvSize() : null);
        attachment.readable(outcome != Outcome.WOULD_WAIT && !calls.leavesRoom());
        return operation.end(outcome, calls.count());
    }

    /** Of a frame that was torn away from its wait, or had no memory for it. */
    private void takeArrived(Operation operation, SocketAttachment attachment) {
        if (operation.submission() instanceof Recv recv) {
            operation.succeed(attachment.takeArrived(recv.buffer()));
            return;
        }
        int count = attachment.arrivedCount();
        ByteBuf buffer = allocator.ioBuffer(count, count);
        attachment.takeArrived(buffer.internalNioBuffer(0, count));
        operation.succeed(buffer.writerIndex(count));
    }

    private boolean tryWrite(Operation operation, SocketHandle socket) {
        Object outcome = calls.write(operation.submission(), socket);
        return operation.end(outcome, calls.count());
    }

    private static SocketHandle socketOf(AsyncSubmission<?, ?> submission) {
        return (SocketHandle) ((OnSocket) submission).socket();
    }

    void startRead(Operation operation, AsyncSubmission<?, ?> submission) {
        SocketAttachment attachment = attach(operation, socketOf(submission));
        if (attachment == null) {
            return;
        }
        if (attachment.isReading()) {
            operation.reject(SocketHandle.directionTaken("receives from"));
            return;
        }
        int descriptor = attachment.descriptor();
        Sqe sqe = attachment.reader().sqe();
        ByteBuf memory = null;
        if (submission instanceof AsyncSubmission.Accept) {
            memory = SocketAddresses.newAccepted(allocator);
            sqe.accept(descriptor, NativeMemory.addressOf(memory));
        } else if (attachment.hasArrived()) {
            if (submission instanceof AwaitInput) {
                operation.succeed(null);
            } else if (submission instanceof AwaitReadable) {
                operation.succeed(attachment);
            } else {
                takeArrived(operation, attachment);
            }
            return;
        } else if (submission instanceof AwaitReadable) {
            Slabs slabs = slabSizes.after(attachment.lastCount());
            long address = attachment.slab(slabs);
            sqe.recv(descriptor, address, slabs.bytes(), !attachment.triesFirst());
            attachment.asked(ring.turn());
        } else if (submission instanceof Recv recv && recv.buffer().isDirect()) {
            ByteBuffer into = recv.buffer();
            sqe.recv(
                    descriptor,
                    recv.address() + into.position(),
                    into.remaining(),
                    !attachment.triesFirst());
            attachment.asked(ring.turn());
        } else if (!(submission instanceof AwaitInput)
                && attachment.isReadable()
                && tryRead(operation, attachment)) {
            return;
        } else {
            sqe.pollIn(descriptor);
        }
        begin(attachment.reader(), operation, memory);
    }

    void startWrite(Operation operation, AsyncSubmission<?, ?> submission) {
        SocketAttachment attachment = attach(operation, socketOf(submission));
        if (attachment == null) {
            return;
        }
        if (attachment.isWriting()) {
            operation.reject(SocketHandle.directionTaken("sends to"));
            return;
        }
        int descriptor = attachment.descriptor();
        if (submission instanceof Connect connect) {
            startConnect(operation, attachment, connect);
        } else if (isWhole(submission)) {
            Send send = (Send) submission;
            ByteBuffer from = send.buffer();
            InFlight writer = writerOf(attachment);
            writer.sqe().send(descriptor, send.address() + from.position(), from.remaining());
            begin(writer, operation, null);
        } else if (!tryWrite(operation, attachment.socket())) {
            InFlight writer = writerOf(attachment);
            writer.sqe().pollOut(descriptor);
            begin(writer, operation, null);
        }
    }

    /** Lends one if it has none. */
    private InFlight writerOf(SocketAttachment attachment) {
        InFlight writer = attachment.writer();
        if (writer == null) {
            writer = writers.isEmpty() ? new InFlight(null) : writers.pop();
            writer.lend(attachment);
            attachment.writer(writer);
        }
        return writer;
    }

    /** Nothing is in flight in it any more. */
    private void takeBackWriter(SocketAttachment attachment) {
        InFlight writer = attachment.writer();
        attachment.writer(null);
        writer.lend(null);
        if (writers.size() < WRITERS_KEPT) {
            writers.push(writer);
        } else {
            ring.freeSlot(writer);
        }
    }

    private void startConnect(Operation operation, SocketAttachment attachment, Connect connect) {
        ByteBuf memory = allocator.directBuffer(SocketAddresses.BYTES_MAX);
        SocketAddresses.write(connect.address(), memory);
        InFlight writer = writerOf(attachment);
        writer.sqe()
                .connect(
                        attachment.descriptor(),
                        NativeMemory.addressOf(memory),
                        memory.readableBytes());
        begin(writer, operation, memory);
    }

    private void begin(InFlight inFlight, Operation operation, ByteBuf memory) {
        inFlight.begin(operation, memory);
        ring.submit(inFlight);
    }

    /** The kernel has done with it; during reap. */
    void complete(InFlight inFlight, int result, int flags) {
        SocketAttachment attachment = inFlight.attachment();
        boolean isAccept = inFlight.operation().op() == AsyncOp.ACCEPT;
        SocketAddress from =
                isAccept && result >= 0 ? SocketAddresses.readAccepted(inFlight.memory()) : null;
        Operation operation = inFlight.end();
        if (isAccept) {
            AcceptCompletion.end(operation, inFlight, result, from);
        } else if (result < 0) {
            operation.fail(-result);
        } else {
            succeed(operation, inFlight, result, flags);
        }
        ended(attachment);
    }

    /** What was in flight for it has ended; something else may have begun. */
    void ended(SocketAttachment attachment) {
        if (attachment.writer() != null && !attachment.isWriting()) {
            takeBackWriter(attachment);
        }
        if (attachment.socket().isClosed() && attachment.isIdle()) {
            release(attachment);
        }
    }

    private void succeed(Operation operation, InFlight inFlight, int result, int flags) {
        SocketAttachment attachment = inFlight.attachment();
        AsyncSubmission<?, ?> submission = operation.submission();
        switch (operation.op()) {
            case CONNECT -> operation.succeed(null);
            case RECV -> {
                if (submission instanceof AwaitInput) {
                    attachment.readable(true);
                    operation.succeed(null);
                    return;
                }
                attachment.readable((flags & SOCK_NONEMPTY) != 0);
                attachment.answered(ring.turn());
                if (submission instanceof AwaitReadable) {
                    arrived(operation, attachment, result);
                } else if (submission instanceof Recv recv && recv.buffer().isDirect()) {
                    received(operation, recv.buffer(), result);
                } else if (failIfCanceled(operation, inFlight) || tryRead(operation, attachment)) {
                    return;
                } else {
                    attachment.reader().sqe().pollIn(attachment.descriptor());
                    begin(attachment.reader(), operation, null);
                }
            }
            case SEND -> {
                if (isWhole(submission)) {
                    ByteBuffer from = ((Send) submission).buffer();
                    from.position(from.position() + result);
                    operation.succeed(result);
                } else if (!failIfCanceled(operation, inFlight)
                        && !tryWrite(operation, attachment.socket())) {
                    if (Sqe.isPeerEndOnly(result)) {
                        inFlight.sqe().pause();
                    } else {
                        inFlight.sqe().pollOut(attachment.descriptor());
                    }
                    begin(inFlight, operation, null);
                }
            }
            default -> throw new IllegalStateException("not of a socket: " + submission);
        }
    }

    /** Fails an operation that was cancelled although its poll ended with readiness. */
    private static boolean failIfCanceled(Operation operation, InFlight inFlight) {
        if (inFlight.isCancelRequested()) {
            operation.fail(inFlight.cancelErrno());
            return true;
        }
        return false;
    }

    private static void arrived(Operation operation, SocketAttachment attachment, int count) {
        if (count == 0) {
            operation.fail(0); // the end of the stream
        } else {
            attachment.arrived(count);
            operation.succeed(attachment);
        }
    }

    private static void received(Operation operation, ByteBuffer into, int count) {
        if (count == 0) {
            operation.fail(0); // the end of the stream
        } else {
            into.position(into.position() + count);
            operation.succeed(count);
        }
    }

    private SocketAttachment attachmentOf(SocketHandle socket) {
        return (SocketAttachment) socket.attachmentOf(this);
    }

    /** The attachment of a socket, made on first use; null if the operation has failed instead. */
    private SocketAttachment attach(Operation operation, SocketHandle socket) {
        SocketAttachment attachment = attachmentOf(socket);
        if (attachment == null) {
            if (!(socket instanceof DescriptorSocket descriptorSocket)) {
                operation.reject(SocketHandle.ofAnotherTransport(socket));
                return null;
            }
            attachment = new SocketAttachment(this, descriptorSocket);
            if (!socket.attach(attachment)) {
                operation.fail(Errno.EBADF.number());
                return null;
            }
            ring.takeSlot(attachment.reader());
        } else if (socket.isClosed()) {
            operation.fail(Errno.EBADF.number());
            return null;
        }
        return attachment;
    }

    /** Over when the descriptor is given back, or other runtimes are left to do that. */
    void close(Operation operation) {
        SocketHandle socket = socketOf(operation.submission());
        SocketAttachment attachment = attachmentOf(socket);
        boolean isAttached = attachment != null && !attachment.isReleased();
        if (isAttached) {
            attachment.addCloser(operation);
        }
        try {
            socket.close();
            if (!isAttached) {
                operation.succeed(null);
            }
        } catch (TardyIOException e) {
            operation.fail(e.errno());
        }
    }

    /** The socket was closed: what waits on it is given up, then the descriptor is given back. */
    void socketClosed(SocketAttachment attachment) {
        context.onLoop(
                () -> {
                    cancelForClose(attachment.reader());
                    if (attachment.writer() != null) {
                        cancelForClose(attachment.writer());
                    }
                    if (attachment.isIdle()) {
                        release(attachment);
                    }
                });
    }

    private void cancelForClose(InFlight inFlight) {
        ring.cancel(inFlight, Errno.EBADF.number());
    }

    private void release(SocketAttachment attachment) {
        if (attachment.isReleased()) {
            return;
        }
        attachment.release();
        ring.freeSlot(attachment.reader());
        if (attachment.writer() != null) {
            ring.freeSlot(attachment.writer());
        }
        int errno = 0;
        try {
            attachment.socket().detach(attachment);
        } catch (TardyIOException e) {
            errno = e.errno();
        }
        for (Operation closer : attachment.closers()) {
            endClose(closer, errno);
        }
    }

    static void endClose(Operation close, int errno) {
        if (errno == 0) {
            close.succeed(null);
        } else {
            close.fail(errno);
        }
    }

    /** The runtime ends: gives up every socket. */
    void close() {
        ring.forEach(
                inFlight -> {
                    if (inFlight.attachment() != null) {
                        release(inFlight.attachment());
                    }
                });
    }
}
