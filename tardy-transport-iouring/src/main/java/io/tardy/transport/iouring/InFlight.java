package io.tardy.transport.iouring;

import io.netty.buffer.ByteBuf;
import io.tardy.aio.AsyncSubmission;
import io.tardy.spi.Operation;

/**
 * A place for an operation that the kernel has, or is about to get: one for what a socket receives,
 * for as long as the socket is used, and one for each send or operation on a file. It keeps
 * reachable whatever the kernel reads or writes until the completion: the buffer through its
 * operation's submission, the rest as memory of its own. Only the address is in the ring, and the
 * collector does not look there. It is its entry of the queue too: each connection has one.
 */
final class InFlight extends Sqe {

    /** Of the socket, or null for a file. */
    private SocketAttachment attachment;

    private Operation operation;

    /** Keeps the buffer reachable, also when the operation's object serves another submission. */
    private AsyncSubmission<?, ?> submission;

    /** A path, an address, a statx buffer or a bounce buffer; null if none. */
    private ByteBuf memory;

    /** The number by which the ring knows it, or -1. */
    private int slot = -1;

    /** What Netty named the submission: ASYNC_CANCEL takes it. */
    private long id;

    /** What this poll waits for the readiness of, or null. */
    private InFlight next;

    /** What its frame is told when the kernel has given it up; 0 unless that was asked for. */
    private int cancelErrno;

    /**
     * For a direction of a socket, or for reads and writes of files.
     *
     * @param attachment of the socket, or null for a file, or for now
     */
    InFlight(SocketAttachment attachment) {
        this.attachment = attachment;
    }

    /**
     * For an operation on a file.
     *
     * @param memory what the submission points to beside the operation's own buffer, or null
     */
    InFlight(Operation operation, Sqe sqe, ByteBuf memory) {
        of(sqe);
        begin(operation, memory);
    }

    /** Lends it to a socket, or to none. */
    void lend(SocketAttachment attachment) {
        this.attachment = attachment;
    }

    /**
     * Takes an operation in; its entry is filled already.
     *
     * @param memory what the submission points to beside the operation's own buffer, or null
     */
    InFlight begin(Operation operation, ByteBuf memory) {
        this.operation = operation;
        this.submission = operation.submission();
        this.memory = memory;
        this.cancelErrno = 0;
        return this;
    }

    /** The kernel has done with it: gives its memory back. */
    Operation end() {
        Operation ended = operation;
        operation = null;
        submission = null;
        if (memory != null) {
            memory.release();
            memory = null;
        }
        return ended;
    }

    /** What is in flight, or null. */
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
        return this;
    }

    /** The submission to go on with once this poll tells readiness, or null. */
    InFlight next() {
        return next;
    }

    void next(InFlight next) {
        this.next = next;
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
        return cancelErrno != 0;
    }

    /** From now on a completion with ECANCELED, EINTR or EAGAIN means this. */
    void requestCancel(int errno) {
        cancelErrno = errno;
    }

    /** What the operation's frame is told when the kernel says that it was cancelled. */
    int cancelErrno() {
        return cancelErrno;
    }
}
