package io.tardy.transport.iouring;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufAllocator;
import io.tardy.aio.AsyncFeatures;
import io.tardy.aio.AsyncOp;
import io.tardy.aio.AsyncSubmission;
import io.tardy.aio.AsyncSubmission.CloseFile;
import io.tardy.aio.AsyncSubmission.Connect;
import io.tardy.aio.AsyncSubmission.OnFile;
import io.tardy.aio.AsyncSubmission.OnSocket;
import io.tardy.aio.AsyncSubmission.Read;
import io.tardy.aio.AsyncSubmission.Recv;
import io.tardy.aio.AsyncSubmission.Send;
import io.tardy.aio.Errno;
import io.tardy.aio.TardyIOException;
import io.tardy.os.DescriptorFile;
import io.tardy.os.DescriptorSocket;
import io.tardy.os.NativeMemory;
import io.tardy.os.Outcome;
import io.tardy.os.SocketCalls;
import io.tardy.os.SocketHandle;
import io.tardy.spi.AsyncBackend;
import io.tardy.spi.BackendContext;
import io.tardy.spi.Operation;
import java.net.SocketAddress;
import java.nio.ByteBuffer;
import java.util.EnumSet;
import java.util.HashSet;
import java.util.List;
import java.util.Set;

/**
 * One runtime's operations on its rings.
 *
 * <p>What works on memory outside of the heap goes to the kernel as a whole. Where it would need
 * memory of ours meanwhile (a pooled buffer, a heap buffer, a datagram with its address) the plain
 * call is tried; if it would have to wait, the readiness is awaited and the call tried again. A
 * receive is tried first also where the last completion told that more is there.
 */
final class IoUringBackend implements AsyncBackend, Ring.Completions {

    private static final AsyncFeatures FEATURES = new AsyncFeatures(EnumSet.allOf(AsyncOp.class));

    /** IORING_CQE_F_SOCK_NONEMPTY: there is more to receive. */
    private static final int SOCK_NONEMPTY = 1 << 2;

    private static final int EAGAIN = -Errno.EAGAIN.number();
    private static final int EINTR = -Errno.EINTR.number();
    private static final int ECANCELED = -Errno.ECANCELED.number();

    private final BackendContext context;
    private final ByteBufAllocator allocator;
    private final SocketCalls calls;
    private final FileSubmissions files;
    private final Ring ring;
    private final Set<SocketAttachment> attachments = new HashSet<>();

    IoUringBackend(BackendContext context) {
        this.context = context;
        this.allocator = context.allocator();
        this.calls = new SocketCalls(allocator);
        this.files = new FileSubmissions(allocator);
        this.ring = new Ring(context.loop(), context.aioReapMax(), this);
    }

    @Override
    public AsyncFeatures features() {
        return FEATURES;
    }

    @Override
    public boolean attempt(Operation operation) {
        AsyncSubmission<?, ?> submission = operation.submission();
        return switch (operation.op()) {
            case SEND -> !isWhole(submission) && attemptWrite(operation, socketOf(submission));
            case RECV -> submission instanceof Recv && attemptRead(operation, socketOf(submission));
            default -> false;
        };
    }

    /**
     * Whether the kernel can be given all of a send. Then it is, and not tried first: one call for
     * the sends and receives of a whole turn costs less than a call for each send, by a tenth of
     * all that a short message costs.
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
        return attachment.isReadable() && tryRead(operation, attachment);
    }

    private boolean tryRead(Operation operation, SocketAttachment attachment) {
        Object outcome =
                calls.read(operation.submission(), attachment.socket(), attachment.recvSize());
        attachment.readable(outcome != Outcome.WOULD_WAIT && !attachment.recvSize().leavesRoom());
        return operation.end(outcome, calls.count());
    }

    private boolean tryWrite(Operation operation, SocketHandle socket) {
        Object outcome = calls.write(operation.submission(), socket);
        return operation.end(outcome, calls.count());
    }

    private static SocketHandle socketOf(AsyncSubmission<?, ?> submission) {
        return (SocketHandle) ((OnSocket) submission).socket();
    }

    @Override
    public void start(Operation operation) {
        AsyncSubmission<?, ?> submission = operation.submission();
        switch (operation.op()) {
            case RECV, ACCEPT -> startRead(operation, submission);
            case SEND, CONNECT -> startWrite(operation, submission);
            case CLOSE -> close(operation);
            case TIMER -> throw new IllegalArgumentException("not a feature: " + submission);
            case READ -> startFileRead(operation, (DescriptorFile) ((Read) submission).file());
            default -> submit(files.prepare(operation));
        }
    }

    /** A FIFO that nobody writes to yet would be read as ended. */
    private void startFileRead(Operation operation, DescriptorFile file) {
        InFlight read = files.prepare(operation);
        if (file.isFifoOfOurs()) {
            awaitReadiness(read);
        } else {
            submit(read);
        }
    }

    private void startRead(Operation operation, AsyncSubmission<?, ?> submission) {
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
        } else if (submission instanceof Recv recv && recv.buffer().isDirect()) {
            ByteBuffer into = recv.buffer();
            sqe.recv(
                    descriptor,
                    recv.address() + into.position(),
                    into.remaining(),
                    !attachment.isReadable());
        } else if (attachment.isReadable() && tryRead(operation, attachment)) {
            return;
        } else {
            sqe.pollIn(descriptor);
        }
        begin(attachment.reader(), operation, memory);
    }

    private void startWrite(Operation operation, AsyncSubmission<?, ?> submission) {
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
            attachment
                    .writer()
                    .sqe()
                    .send(descriptor, send.address() + from.position(), from.remaining());
            begin(attachment.writer(), operation, null);
        } else if (!tryWrite(operation, attachment.socket())) {
            attachment.writer().sqe().pollOut(descriptor);
            begin(attachment.writer(), operation, null);
        }
    }

    private void startConnect(Operation operation, SocketAttachment attachment, Connect connect) {
        ByteBuf memory = allocator.directBuffer(SocketAddresses.BYTES_MAX);
        SocketAddresses.write(connect.address(), memory);
        attachment
                .writer()
                .sqe()
                .connect(
                        attachment.descriptor(),
                        NativeMemory.addressOf(memory),
                        memory.readableBytes());
        begin(attachment.writer(), operation, memory);
    }

    private void begin(InFlight inFlight, Operation operation, ByteBuf memory) {
        inFlight.begin(operation, memory);
        submit(inFlight);
    }

    private void submit(InFlight inFlight) {
        inFlight.operation().attach(inFlight);
        ring.submit(inFlight);
    }

    @Override
    public void submit() {
        ring.beginReap();
    }

    @Override
    public boolean hasBacklog() {
        return ring.hasBacklog();
    }

    @Override
    public void cancel(Operation operation) {
        if (operation.attachment() instanceof InFlight inFlight
                && inFlight.operation() == operation
                && operation.op() != AsyncOp.CLOSE) {
            ring.cancel(inFlight, Errno.ECANCELED.number());
        }
    }

    /**
     * During reap. What it throws is the operation's own: a buffer that others have changed
     * meanwhile, or no memory for what must follow.
     */
    @Override
    public void completed(InFlight inFlight, int kernelResult, int flags) {
        Operation operation = inFlight.operation();
        try {
            complete(inFlight, kernelResult, flags);
        } catch (RuntimeException | Error e) {
            if (operation.isDone()) {
                throw e; // a fault of ours
            }
            drop(inFlight);
            operation.reject(e);
        }
    }

    /** The kernel has done with it, and nothing follows. */
    private void drop(InFlight inFlight) {
        SocketAttachment attachment = inFlight.attachment();
        if (attachment == null) {
            ring.freeSlot(inFlight);
            if (inFlight.next() != null) {
                ring.freeSlot(inFlight.next());
                inFlight.next().end();
            }
        }
        inFlight.end();
        if (attachment != null && attachment.socket().isClosed() && attachment.isIdle()) {
            release(attachment);
        }
    }

    private void complete(InFlight inFlight, int kernelResult, int flags) {
        int result = isInterrupted(kernelResult) ? EINTR : kernelResult;
        if (inFlight.sqe().isPause() && result == -Errno.ETIME.number()) {
            result = 0; // over, and nothing is known
        }
        boolean isAcceptable = isPollBeforeAccept(inFlight) && result >= 0;
        if (isAcceptable && !inFlight.isCancelRequested()) {
            fillAccept(inFlight);
            submit(inFlight);
            return;
        }
        boolean isReady = isAcceptable || inFlight.next() != null && result >= 0;
        if (isReady && !inFlight.isCancelRequested()) {
            ring.freeSlot(inFlight);
            submit(inFlight.next());
            return;
        }
        if (mustRepeat(inFlight, result)) {
            repeat(inFlight, result);
            return;
        }
        int outcome = result;
        boolean isGivenUp = result == ECANCELED || result == EINTR || result == EAGAIN;
        if ((isGivenUp || isReady) && inFlight.isCancelRequested()) {
            outcome = -cancelErrno(inFlight);
        } else if (result == ECANCELED) {
            // Nobody asked for it: the kernel could not start a worker of its own, as where the
            // number of threads is limited.
            outcome = -Errno.ENOMEM.number();
        }
        if (inFlight.attachment() != null) {
            completeSocket(inFlight, outcome, flags);
            return;
        }
        InFlight ended = inFlight.next() == null ? inFlight : inFlight.next();
        ring.freeSlot(inFlight);
        ring.freeSlot(ended);
        files.complete(ended, outcome);
        ended.end();
        files.recycle(ended);
    }

    private static boolean isPollBeforeAccept(InFlight inFlight) {
        return inFlight.operation().op() == AsyncOp.ACCEPT && inFlight.sqe().isPoll();
    }

    private static void fillAccept(InFlight inFlight) {
        Sqe sqe = inFlight.sqe();
        sqe.accept(sqe.descriptor(), NativeMemory.addressOf(inFlight.memory()));
    }

    /**
     * A file that others have set non-blocking answers EAGAIN: it is repeated when it is ready. So
     * does a listener, in place of waiting, to kernels before 6.2.
     */
    private void repeat(InFlight inFlight, int result) {
        AsyncOp op = inFlight.operation().op();
        if (result == EAGAIN && op == AsyncOp.ACCEPT) {
            inFlight.sqe().pollIn(inFlight.sqe().descriptor());
            submit(inFlight);
            return;
        }
        if (result == EINTR || op != AsyncOp.READ && op != AsyncOp.WRITE) {
            submit(inFlight);
            return;
        }
        awaitReadiness(inFlight);
    }

    private void awaitReadiness(InFlight inFlight) {
        int descriptor = inFlight.sqe().descriptor();
        boolean reads = inFlight.operation().op() == AsyncOp.READ;
        Sqe poll = reads ? new Sqe().pollIn(descriptor) : new Sqe().pollOut(descriptor);
        InFlight readiness = new InFlight(inFlight.operation(), poll, null);
        readiness.next(inFlight);
        submit(readiness);
    }

    /**
     * ERESTARTSYS and its like, 512 to 516: how the kernel says to itself that a call was
     * interrupted. Of an open that waits for a FIFO's other end it reaches us.
     */
    private static boolean isInterrupted(int result) {
        return result <= -512 && result >= -516;
    }

    /**
     * A close never: the number is free again, interrupted or not. A connect not for EAGAIN, which
     * says that the backlog of a Unix socket is full, and nobody tells when it no longer is; nor an
     * open.
     */
    private static boolean mustRepeat(InFlight inFlight, int result) {
        if (inFlight.isCancelRequested()) {
            return false;
        }
        AsyncOp op = inFlight.operation().op();
        return result == EINTR && op != AsyncOp.CLOSE
                || result == EAGAIN && op != AsyncOp.CONNECT && op != AsyncOp.OPEN;
    }

    /** Of a file that was closed, the operations were given up for that. */
    private static int cancelErrno(InFlight inFlight) {
        return inFlight.operation().submission() instanceof OnFile onFile
                        && onFile.file() != null
                        && onFile.file().isClosed()
                ? Errno.EBADF.number()
                : inFlight.cancelErrno();
    }

    private void completeSocket(InFlight inFlight, int result, int flags) {
        SocketAttachment attachment = inFlight.attachment();
        SocketAddress from = null;
        boolean isAccepted = result >= 0 && inFlight.operation().op() == AsyncOp.ACCEPT;
        if (isAccepted) {
            from = SocketAddresses.readAccepted(inFlight.memory());
        }
        Operation operation = inFlight.end();
        if (result < 0) {
            operation.fail(-result);
        } else if (isAccepted) {
            accepted(operation, attachment, result, from);
        } else {
            succeed(operation, inFlight, result, flags);
        }
        if (attachment.socket().isClosed() && attachment.isIdle()) {
            release(attachment);
        }
    }

    private static void accepted(
            Operation operation, SocketAttachment attachment, int fd, SocketAddress from) {
        try {
            operation.succeed(attachment.socket().acceptedAs(fd, from));
        } catch (TardyIOException e) {
            operation.fail(e.errno());
        }
    }

    private void succeed(Operation operation, InFlight inFlight, int result, int flags) {
        SocketAttachment attachment = inFlight.attachment();
        AsyncSubmission<?, ?> submission = operation.submission();
        switch (operation.op()) {
            case CONNECT -> operation.succeed(null);
            case RECV -> {
                attachment.readable((flags & SOCK_NONEMPTY) != 0);
                if (submission instanceof Recv recv && recv.buffer().isDirect()) {
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
                    Sqe sqe = attachment.writer().sqe();
                    if (Sqe.isOnlyPeersEnd(result)) {
                        sqe.pause();
                    } else {
                        sqe.pollOut(attachment.descriptor());
                    }
                    begin(attachment.writer(), operation, null);
                }
            }
            default -> throw new IllegalStateException("not of a socket: " + submission);
        }
    }

    /** A poll has ended with readiness although its operation had been given up: so it is. */
    private static boolean failIfCanceled(Operation operation, InFlight inFlight) {
        if (inFlight.isCancelRequested()) {
            operation.fail(inFlight.cancelErrno());
            return true;
        }
        return false;
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
            attachments.add(attachment);
        } else if (socket.isClosed()) {
            operation.fail(Errno.EBADF.number());
            return null;
        }
        return attachment;
    }

    private void close(Operation operation) {
        if (operation.submission() instanceof OnSocket) {
            closeSocket(operation, socketOf(operation.submission()));
        } else {
            closeFile(operation, (CloseFile) operation.submission());
        }
    }

    /** Over when the descriptor is given back, or other runtimes are left to do that. */
    private void closeSocket(Operation operation, SocketHandle socket) {
        SocketAttachment attachment = attachmentOf(socket);
        boolean isAttached = attachment != null && !attachment.isReleased();
        if (isAttached) {
            attachment.closers().add(operation);
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

    /** Operations on it that wait are given up; the last to end gives the descriptor back. */
    private void closeFile(Operation operation, CloseFile close) {
        DescriptorFile file = (DescriptorFile) close.file();
        if (file.close()) {
            if (file.isStandard()) {
                endClose(operation, file.closeDescriptor()); // more than io_uring's CLOSE
            } else {
                submit(files.prepare(operation));
            }
        } else {
            operation.succeed(null);
        }
    }

    private static void endClose(Operation close, int errno) {
        if (errno == 0) {
            close.succeed(null);
        } else {
            close.fail(errno);
        }
    }

    /** The socket was closed: what waits on it is given up, then the descriptor is given back. */
    void socketClosed(SocketAttachment attachment) {
        context.onLoop(
                () -> {
                    cancelForClose(attachment.reader());
                    cancelForClose(attachment.writer());
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
        ring.freeSlot(attachment.writer());
        attachments.remove(attachment);
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

    /** The kernel gives back what it has before the rings go. */
    @Override
    public void cancelAll() {
        ring.cancelAll(
                inFlight -> inFlight.operation().op() != AsyncOp.CLOSE, Errno.ECANCELED.number());
    }

    @Override
    public void close() {
        ring.close();
        for (SocketAttachment attachment : List.copyOf(attachments)) {
            release(attachment);
        }
    }
}
