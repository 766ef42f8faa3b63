package io.tardy.transport.iouring;

import io.tardy.aio.AsyncFeatures;
import io.tardy.aio.AsyncOp;
import io.tardy.aio.AsyncSubmission;
import io.tardy.aio.AsyncSubmission.CloseFile;
import io.tardy.aio.AsyncSubmission.OnFile;
import io.tardy.aio.AsyncSubmission.OnSocket;
import io.tardy.aio.AsyncSubmission.Read;
import io.tardy.aio.Errno;
import io.tardy.aio.OpenSocket;
import io.tardy.os.DescriptorFile;
import io.tardy.os.NativeMemory;
import io.tardy.spi.AsyncBackend;
import io.tardy.spi.BackendContext;
import io.tardy.spi.Operation;
import java.util.EnumSet;

/** One runtime's operations on its rings: starts, repeats, gives up and completes them. */
final class IoUringBackend implements AsyncBackend, Ring.Completions {

    /** All but the requests that a thread of the runtime's pool does ({@code FileRequest}). */
    private static final AsyncFeatures FEATURES =
            new AsyncFeatures(EnumSet.complementOf(EnumSet.range(AsyncOp.LINK, AsyncOp.LOCK)));

    private static final int EAGAIN = -Errno.EAGAIN.number();
    private static final int EINTR = -Errno.EINTR.number();
    private static final int ECANCELED = -Errno.ECANCELED.number();

    private final SocketSubmissions sockets;
    private final FileSubmissions files;
    private final Ring ring;

    IoUringBackend(BackendContext context) {
        this.files = new FileSubmissions(context.allocator());
        this.ring = new Ring(context.loop(), context.aioReapMax(), this);
        this.sockets = new SocketSubmissions(context, ring);
    }

    @Override
    public AsyncFeatures features() {
        return FEATURES;
    }

    @Override
    public boolean attempt(Operation operation) {
        return sockets.attempt(operation);
    }

    @Override
    public void start(Operation operation) {
        AsyncSubmission<?, ?> submission = operation.submission();
        switch (operation.op()) {
            case RECV, ACCEPT -> sockets.startRead(operation, submission);
            case SEND, CONNECT -> sockets.startWrite(operation, submission);
            case CLOSE -> close(operation);
            case TIMER -> throw new IllegalArgumentException("not a feature: " + submission);
            case READ -> startFileRead(operation, (DescriptorFile) ((Read) submission).file());
            default -> ring.submit(files.prepare(operation));
        }
    }

    /** Until a FIFO has a writer, a read would return its end. */
    private void startFileRead(Operation operation, DescriptorFile file) {
        InFlight read = files.prepare(operation);
        if (file.isFifoOfOurs()) {
            awaitReadiness(read);
        } else {
            ring.submit(read);
        }
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
    public int received(OpenSocket socket) {
        return sockets.received(socket);
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
        if (attachment != null) {
            sockets.ended(attachment);
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
            ring.submit(inFlight);
            return;
        }
        boolean isReady = isAcceptable || inFlight.next() != null && result >= 0;
        if (isReady && !inFlight.isCancelRequested()) {
            ring.freeSlot(inFlight);
            ring.submit(inFlight.next());
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
            // Not cancelled by us: the kernel could not start a worker, perhaps because the number
            // of threads is limited.
            outcome = -Errno.ENOMEM.number();
        }
        if (inFlight.attachment() != null) {
            sockets.complete(inFlight, outcome, flags);
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
            ring.submit(inFlight);
            return;
        }
        if (result == EINTR || op != AsyncOp.READ && op != AsyncOp.WRITE) {
            ring.submit(inFlight);
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
        ring.submit(readiness);
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

    private void close(Operation operation) {
        if (operation.submission() instanceof OnSocket) {
            sockets.close(operation);
        } else {
            closeFile(operation, (CloseFile) operation.submission());
        }
    }

    /** Operations on it that wait are given up; the last to end gives the descriptor back. */
    private void closeFile(Operation operation, CloseFile close) {
        DescriptorFile file = (DescriptorFile) close.file();
        if (file.close()) {
            if (file.isStandard()) {
                SocketSubmissions.endClose(
                        operation, file.closeDescriptor()); // more than io_uring's CLOSE
            } else {
                ring.submit(files.prepare(operation));
            }
        } else {
            operation.succeed(null);
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
        sockets.close();
    }
}
