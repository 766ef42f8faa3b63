package io.tardy.aio;

import io.netty.buffer.ByteBuf;
import io.tardy.fs.Stat;
import io.tardy.net.Datagram;
import io.tardy.spi.FileHandle;
import io.tardy.spi.NativeMemory;
import io.tardy.spi.SocketAddressRules;
import io.tardy.spi.SocketHandle;
import java.net.SocketAddress;
import java.nio.ByteBuffer;
import java.nio.file.FileSystems;
import java.nio.file.Path;
import java.nio.file.ProviderMismatchException;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * One asynchronous operation that a task asks for. The submission carries the types of its answer:
 * what {@code Scheduler.ioAwait} returns for it.
 *
 * <p>A buffer belongs to the operation until it is over: neither read it, write it nor release it.
 *
 * <p>An argument that no operation could make sense of is refused here, before anything has
 * happened: a read-only buffer to fill, a buffer whose memory an arena may take away meanwhile, an
 * offset below zero, a path of another file system than the default one.
 *
 * @param <T> the type of the value
 * @param <E> the error enum of the operation
 */
public sealed interface AsyncSubmission<
        T extends @Nullable Object, E extends Enum<E> & AsyncError> {

    /** As the offset of a read, a write or a send from a file: at its current position. */
    long CURRENT_POSITION = -1;

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
    record Timer(long delayNanos) implements AsyncSubmission<@Nullable Void, TimerError> {
        @Override
        public AsyncOp op() {
            return AsyncOp.TIMER;
        }

        @Override
        public TimerError error(int errno) {
            return TimerError.of(errno);
        }
    }

    /** An operation on a file, or on a path relative to a directory. */
    sealed interface OnFile {

        /** The file or directory that the operation needs open, or null if it needs none. */
        @Nullable FileHandle file();
    }

    /** An operation on a file that begins somewhere in it. */
    sealed interface AtOffset extends OnFile {

        /** Where in the file, in bytes, or {@link #CURRENT_POSITION}. */
        long offset();
    }

    /**
     * Open a file or directory; completes with a handle that is the caller's to close.
     *
     * @param file the directory that a relative path begins at; null for the working directory
     */
    record Open(@Nullable FileHandle file, Path path, AsyncOpenFlags flags)
            implements AsyncSubmission<FileHandle, OpenError>, OnFile {
        public Open {
            requireOfSystem(path);
            Objects.requireNonNull(flags, "flags");
        }

        @Override
        public AsyncOp op() {
            return AsyncOp.OPEN;
        }

        @Override
        public OpenError error(int errno) {
            return OpenError.of(errno);
        }
    }

    /**
     * Delete a file or symbolic link or, if so asked, an empty directory.
     *
     * @param file the directory that a relative path begins at; null for the working directory
     */
    record Delete(@Nullable FileHandle file, Path path, boolean isDirectory)
            implements AsyncSubmission<@Nullable Void, DeleteError>, OnFile {
        public Delete {
            requireOfSystem(path);
        }

        @Override
        public AsyncOp op() {
            return AsyncOp.DELETE;
        }

        @Override
        public DeleteError error(int errno) {
            return DeleteError.of(errno);
        }
    }

    /**
     * Make a directory.
     *
     * @param file the directory that a relative path begins at; null for the working directory
     * @param mode permission bits, of which the process's umask takes some
     */
    record Mkdir(@Nullable FileHandle file, Path path, int mode)
            implements AsyncSubmission<@Nullable Void, MkdirError>, OnFile {
        public Mkdir {
            requireOfSystem(path);
        }

        @Override
        public AsyncOp op() {
            return AsyncOp.MKDIR;
        }

        @Override
        public MkdirError error(int errno) {
            return MkdirError.of(errno);
        }
    }

    /**
     * Tell about a file.
     *
     * @param file the directory that a relative path begins at; null for the working directory
     * @param path what to tell about; empty for {@code file} itself
     * @param followsLinks whether a symbolic link at the end of the path is followed
     */
    record StatPath(@Nullable FileHandle file, Path path, boolean followsLinks)
            implements AsyncSubmission<Stat, StatError>, OnFile {
        public StatPath {
            requireOfSystem(path);
        }

        /** About {@code file} itself. */
        public StatPath(FileHandle file) {
            this(file, Path.of(""), true);
        }

        @Override
        public AsyncOp op() {
            return AsyncOp.STAT;
        }

        @Override
        public StatError error(int errno) {
            return StatError.of(errno);
        }
    }

    /**
     * Read into a buffer, direct or heap, at its position; completes with the number of bytes by
     * which the position has advanced, 0 at the end of the file.
     *
     * @param offset where in the file, in bytes, or {@link #CURRENT_POSITION}, which then advances
     */
    record Read(FileHandle file, ByteBuffer into, long offset)
            implements AsyncSubmission<Integer, ReadError>, AtOffset {
        public Read {
            Objects.requireNonNull(file, "file");
            requireFillable(into);
            requireOffset(offset);
        }

        @Override
        public AsyncOp op() {
            return AsyncOp.READ;
        }

        @Override
        public ReadError error(int errno) {
            return ReadError.of(errno);
        }
    }

    /**
     * Write from a buffer, direct or heap, at its position; completes with the number of bytes by
     * which the position has advanced, which may be fewer than remained.
     *
     * @param offset where in the file, in bytes, or {@link #CURRENT_POSITION}, which then advances
     */
    record Write(FileHandle file, ByteBuffer from, long offset)
            implements AsyncSubmission<Integer, WriteError>, AtOffset {
        public Write {
            Objects.requireNonNull(file, "file");
            NativeMemory.requireLasting(from);
            requireOffset(offset);
        }

        @Override
        public AsyncOp op() {
            return AsyncOp.WRITE;
        }

        @Override
        public WriteError error(int errno) {
            return WriteError.of(errno);
        }
    }

    /**
     * Send from a file through a socket, without a buffer in between; completes with the number of
     * bytes, 0 at the end of the file. It waits for the file, not for the socket: where that takes
     * nothing it fails with {@link SendError#WOULD_BLOCK}, and {@link AwaitWritable} waits.
     *
     * <p>A thread of the runtime's pool does it, whatever the transport. Where there is no such
     * call for this socket or this file it fails with {@code ENOSYS} or {@code EINVAL}.
     *
     * @param offset where in the file, in bytes, or {@link #CURRENT_POSITION}, which then advances
     * @param count how many bytes at most
     */
    record SendFile(FileHandle file, SocketHandle socket, long offset, int count)
            implements AsyncSubmission<Integer, SendError>, AtOffset {
        public SendFile {
            Objects.requireNonNull(file, "file");
            Objects.requireNonNull(socket, "socket");
            requireOffset(offset);
        }

        /** As far as transports go: what they are given as a send is the socket's business. */
        @Override
        public AsyncOp op() {
            return AsyncOp.WRITE;
        }

        @Override
        public SendError error(int errno) {
            return SendError.of(errno);
        }
    }

    /** Close a file; operations on it that have not ended yet fail, or end by themselves. */
    record CloseFile(FileHandle file)
            implements AsyncSubmission<@Nullable Void, CloseError>, OnFile {
        @Override
        public AsyncOp op() {
            return AsyncOp.CLOSE;
        }

        @Override
        public CloseError error(int errno) {
            return CloseError.of(errno);
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

    /**
     * Connect a socket to an {@code InetSocketAddress} or {@code UnixDomainSocketAddress}.
     *
     * @param address whom to reach; of a wildcard, the loopback of the same family
     */
    record Connect(SocketHandle socket, SocketAddress address)
            implements AsyncSubmission<@Nullable Void, ConnectError>, OnSocket {
        public Connect {
            address = SocketAddressRules.reached(address);
        }

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
     * Receive from a stream into a buffer, direct or heap, at its position; completes with the
     * number of bytes, at least 1, by which the position has advanced, or with {@link
     * RecvError#CLOSED} at the end of the stream. The buffer must have room.
     */
    record Recv(SocketHandle socket, ByteBuffer into)
            implements AsyncSubmission<Integer, RecvError>, OnSocket {
        public Recv {
            requireFillable(into);
        }

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
     * caller's to release. A datagram is received whole.
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
        public Send {
            NativeMemory.requireLasting(from);
        }

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
        public SendBuffer {
            NativeMemory.requireLasting(from);
        }

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
     * Receive one datagram into a buffer, direct or heap, at its position, which advances by what
     * had room; completes with who sent it and how long it was.
     */
    record RecvFrom(SocketHandle socket, ByteBuffer into)
            implements AsyncSubmission<Datagram, RecvError>, OnSocket {
        public RecvFrom {
            requireFillable(into);
        }

        @Override
        public AsyncOp op() {
            return AsyncOp.RECV;
        }

        @Override
        public RecvError error(int errno) {
            return errno == 0 ? RecvError.UNEXPECTED : RecvError.of(errno);
        }
    }

    /**
     * Send what remains in a buffer, direct or heap, as one datagram; completes with its length, by
     * which the position has advanced.
     *
     * @param to the receiver; of a wildcard, the loopback of the same family
     */
    record SendTo(SocketHandle socket, ByteBuffer from, SocketAddress to)
            implements AsyncSubmission<Integer, SendError>, OnSocket {
        public SendTo {
            to = SocketAddressRules.reached(to);
            NativeMemory.requireLasting(from);
        }

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
     * Wait until a send would take something; for sends that are done elsewhere, such as {@link
     * SendFile}.
     */
    record AwaitWritable(SocketHandle socket)
            implements AsyncSubmission<@Nullable Void, SendError>, OnSocket {
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
    record Close(SocketHandle socket)
            implements AsyncSubmission<@Nullable Void, SocketError>, OnSocket {
        @Override
        public AsyncOp op() {
            return AsyncOp.CLOSE;
        }

        @Override
        public SocketError error(int errno) {
            return SocketError.of(errno);
        }
    }

    private static void requireFillable(ByteBuffer into) {
        if (into.isReadOnly()) {
            throw new IllegalArgumentException(
                    "the buffer is read-only: what is read needs one that can be written");
        }
        NativeMemory.requireLasting(into);
    }

    private static void requireOffset(long offset) {
        if (offset < CURRENT_POSITION) {
            throw new IllegalArgumentException("offset: " + offset + " is negative");
        }
    }

    /** Its text alone could name something else here. */
    private static void requireOfSystem(Path path) {
        if (path.getFileSystem().provider() != FileSystems.getDefault().provider()) {
            throw new ProviderMismatchException(
                    path
                            + " belongs to "
                            + path.getFileSystem().provider().getScheme()
                            + ", not to the system's files: use java.nio.file.Files for it, or copy"
                            + " it to a path of the default file system");
        }
    }
}
