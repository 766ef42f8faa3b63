package io.tardy.transport.iouring;

import io.netty.channel.uring.IoUringIoOps;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;

/**
 * An entry of the submission queue: the fields that we use of {@code struct io_uring_sqe}. See
 * io_uring_enter(2) and the prep functions of liburing for what each operation puts where. It is
 * filled anew for each step of an operation, and of the next one.
 */
class Sqe {

    private static final byte FSYNC = 3;
    static final byte POLL_ADD = 6;
    private static final byte TIMEOUT = 11;
    private static final byte ACCEPT = 13;
    private static final byte ASYNC_CANCEL = 14;
    private static final byte CONNECT = 16;
    private static final byte OPENAT = 18;
    private static final byte CLOSE = 19;
    private static final byte STATX = 21;
    private static final byte READ = 22;
    private static final byte WRITE = 23;
    private static final byte SEND = 26;
    private static final byte RECV = 27;
    private static final byte RENAMEAT = 35;
    private static final byte UNLINKAT = 36;
    private static final byte MKDIRAT = 37;
    private static final byte FTRUNCATE = 55;

    static final int POLLIN = 0x1;
    static final int POLLOUT = 0x4;
    static final int POLLRDHUP = 0x2000;
    private static final int POLLERR = 0x8;
    private static final int POLLHUP = 0x10;

    /** A {@code struct __kernel_timespec}: how long a {@link #pause} is, 20 ms. */
    private static final MemorySegment PAUSE =
            Arena.global().allocateFrom(ValueLayout.JAVA_LONG, 0L, 20_000_000L);

    /** IORING_POLL_ADD_MULTI: a completion with every edge, until it is cancelled. */
    private static final int POLL_MULTI = 1;

    /** IORING_CQE_F_MORE, a flag of completions: another will come of the same submission. */
    static final int CQE_MORE = 1 << 1;

    /** IORING_FSYNC_DATASYNC: as fdatasync(2). */
    private static final int FSYNC_DATASYNC = 1;

    private static final int SOCK_NONBLOCK = 04000;
    private static final int SOCK_CLOEXEC = 02000000;

    /** No signal where the peer is gone, only the error. */
    private static final int MSG_NOSIGNAL = 0x4000;

    /** IORING_RECVSEND_POLL_FIRST: there is nothing yet, do not try. */
    private static final short POLL_FIRST = 1;

    /** IOSQE_ASYNC: not on the thread that submits, which an open could keep at the disk. */
    private static final byte ASYNC = 1 << 4;

    private byte opcode;

    /** Flags of receives and accepts. */
    private short ioPriority;

    private int descriptor;

    /** Of a file, or a second address or length. */
    private long offset;

    /** Of a buffer, path or socket address. */
    private long address;

    /** Of the buffer, or a mode, or a mask. */
    private int length;

    /** The operation's own. */
    private int flags;

    /** What it works on. */
    int descriptor() {
        return descriptor;
    }

    /** Netty's form of it. */
    IoUringIoOps toOps(long userData) {
        return new IoUringIoOps(
                opcode,
                opcode == OPENAT ? ASYNC : 0,
                ioPriority,
                descriptor,
                offset,
                address,
                length,
                flags,
                userData,
                (short) 0,
                (short) 0,
                0,
                0);
    }

    /** For operations that only tests know. */
    Sqe of(byte opcode, int descriptor, long offset, long address, int length, int flags) {
        this.opcode = opcode;
        this.ioPriority = 0;
        this.descriptor = descriptor;
        this.offset = offset;
        this.address = address;
        this.length = length;
        this.flags = flags;
        return this;
    }

    /** The same as another. */
    Sqe of(Sqe other) {
        of(other.opcode, other.descriptor, other.offset, other.address, other.length, other.flags);
        this.ioPriority = other.ioPriority;
        return this;
    }

    Sqe pollIn(int descriptor) {
        return of(POLL_ADD, descriptor, 0, 0, 0, POLLIN | POLLRDHUP);
    }

    boolean isPoll() {
        return opcode == POLL_ADD;
    }

    Sqe pollOut(int descriptor) {
        return of(POLL_ADD, descriptor, 0, 0, 0, POLLOUT);
    }

    /**
     * Whether a poll for POLLOUT has ended with no more than the news that the peer has ended its
     * direction, which the kernel adds to whatever is asked for: another would end at once.
     */
    static boolean isPeerEndOnly(int result) {
        return (result & (POLLOUT | POLLERR | POLLHUP)) == 0;
    }

    /** Ends with ETIME a moment later: for what no poll can wait for. */
    Sqe pause() {
        return of(TIMEOUT, -1, 0, PAUSE.address(), 1, 0);
    }

    /** Whether its result is a new descriptor. */
    boolean returnsDescriptor() {
        return opcode == OPENAT || opcode == ACCEPT;
    }

    boolean isPause() {
        return opcode == TIMEOUT;
    }

    /** Tells at once what there is, and then every change, until it is cancelled. */
    Sqe pollOutEdges(int descriptor) {
        return of(POLL_ADD, descriptor, 0, 0, POLL_MULTI, POLLOUT);
    }

    /**
     * @param memory for the address of the other end, as of {@link SocketAddresses#newAccepted}
     */
    Sqe accept(int descriptor, long memory) {
        return of(
                ACCEPT,
                descriptor,
                memory + SocketAddresses.BYTES_MAX,
                memory,
                0,
                SOCK_NONBLOCK | SOCK_CLOEXEC);
    }

    Sqe connect(int descriptor, long address, int length) {
        return of(CONNECT, descriptor, length, address, 0, 0);
    }

    /**
     * @param waitsFirst whether the socket is known to be empty
     */
    Sqe recv(int descriptor, long address, int length, boolean waitsFirst) {
        of(RECV, descriptor, 0, address, length, 0);
        ioPriority = waitsFirst ? POLL_FIRST : 0;
        return this;
    }

    Sqe send(int descriptor, long address, int length) {
        return of(SEND, descriptor, 0, address, length, MSG_NOSIGNAL);
    }

    Sqe openat(int directory, long path, int flags, int mode) {
        return of(OPENAT, directory, 0, path, mode, flags);
    }

    Sqe statx(int directory, long path, int flags, int mask, long into) {
        return of(STATX, directory, into, path, mask, flags);
    }

    Sqe mkdirat(int directory, long path, int mode) {
        return of(MKDIRAT, directory, 0, path, mode, 0);
    }

    /** Both paths are relative to the same directory. */
    Sqe renameat(int directory, long from, long to) {
        return of(RENAMEAT, directory, to, from, directory, 0);
    }

    Sqe unlinkat(int directory, long path, int flags) {
        return of(UNLINKAT, directory, 0, path, 0, flags);
    }

    Sqe read(int descriptor, long address, int length, long offset) {
        return of(READ, descriptor, offset, address, length, 0);
    }

    Sqe write(int descriptor, long address, int length, long offset) {
        return of(WRITE, descriptor, offset, address, length, 0);
    }

    Sqe fsync(int descriptor, boolean isDataOnly) {
        return of(FSYNC, descriptor, 0, 0, 0, isDataOnly ? FSYNC_DATASYNC : 0);
    }

    Sqe ftruncate(int descriptor, long length) {
        return of(FTRUNCATE, descriptor, length, 0, 0, 0);
    }

    Sqe close(int descriptor) {
        return of(CLOSE, descriptor, 0, 0, 0, 0);
    }

    /**
     * @param id of the submission to cancel
     */
    Sqe cancel(long id) {
        return of(ASYNC_CANCEL, -1, 0, id, 0, 0);
    }
}
