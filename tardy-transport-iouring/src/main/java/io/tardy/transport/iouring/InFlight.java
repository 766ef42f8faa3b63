package io.tardy.transport.iouring;

import io.netty.buffer.ByteBuf;
import io.tardy.aio.Errno;
import io.tardy.spi.Operation;

/**
 * An operation that the kernel has, or is about to get. It keeps reachable whatever the kernel
 * reads or writes until the completion: the buffer through its operation's submission, the rest as
 * {@link #memory}. Only the address is in the ring, and the collector does not look there.
 */
final class InFlight {

    private final Operation operation;
    private final SocketAttachment attachment;

    /** A path, an address, a statx buffer or a bounce buffer; null if none. */
    private final ByteBuf memory;

    private final Sqe sqe;
    private int slot = -1;

    /** What Netty named the submission: ASYNC_CANCEL takes it. */
    private long id;

    private boolean cancelRequested;
    private int cancelErrno = Errno.ECANCELED.number();

    /**
     * @param attachment of the socket, or null for a file
     * @param memory what the submission points to beside the operation's own buffer, or null
     */
    InFlight(Operation operation, SocketAttachment attachment, Sqe sqe, ByteBuf memory) {
        this.operation = operation;
        this.attachment = attachment;
        this.sqe = sqe;
        this.memory = memory;
    }

    Operation operation() {
        return operation;
    }

    SocketAttachment attachment() {
        return attachment;
    }

    ByteBuf memory() {
        return memory;
    }

    Sqe sqe() {
        return sqe;
    }

    int slot() {
        return slot;
    }

    void slot(int slot) {
        this.slot = slot;
    }

    long id() {
        return id;
    }

    void id(long id) {
        this.id = id;
    }

    boolean isCancelRequested() {
        return cancelRequested;
    }

    /** From now on a completion with ECANCELED, EINTR or EAGAIN means this. */
    void requestCancel(int errno) {
        cancelRequested = true;
        cancelErrno = errno;
    }

    /** What the operation's frame is told when the kernel says that it was cancelled. */
    int cancelErrno() {
        return cancelErrno;
    }

    /** Gives the memory back: the kernel has done with it. */
    void release() {
        if (memory != null) {
            memory.release();
        }
    }
}
