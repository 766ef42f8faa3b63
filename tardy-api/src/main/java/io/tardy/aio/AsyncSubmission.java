package io.tardy.aio;

import io.netty.buffer.ByteBuf;
import java.net.SocketAddress;
import java.nio.ByteBuffer;
import java.nio.file.Path;
import java.util.Objects;
import java.util.function.IntFunction;
import org.jspecify.annotations.Nullable;

/**
 * One asynchronous operation that a task asks for, with the types of its answer.
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

    /** Which kind of operation this is. */
    Kind<E> kind();

    /** Which operation this is. */
    default AsyncOp op() {
        return kind().op;
    }

    /** The operation's own constant for a positive error number of this system. */
    default E error(int errno) {
        return kind().errors.apply(errno);
    }

    /**
     * What all submissions of one kind have in common.
     *
     * @param <E> the error enum of the operation
     */
    final class Kind<E extends Enum<E> & AsyncError> {
        private final AsyncOp op;
        private final IntFunction<E> errors;

        Kind(AsyncOp op, Class<E> errors) {
            this(op, ErrnoMeanings.of(errors)::meaningOf);
        }

        Kind(AsyncOp op, IntFunction<E> errors) {
            this.op = op;
            this.errors = errors;
        }
    }

    /**
     * An operation on a socket. Public for transports, which read it: {@code io.tardy.net.Socket}
     * makes it, and tells no program its {@link OpenSocket}.
     */
    sealed interface OnSocket {

        /** The socket. */
        OpenSocket socket();
    }

    /**
     * Complete after a time, never before.
     *
     * @param delayNanos nanoseconds of the runtime's monotonic clock; at most 0 means "next turn"
     */
    record Timer(long delayNanos) implements AsyncSubmission<@Nullable Void, TimerError> {
        @Override
        public Kind<TimerError> kind() {
            return SubmissionKinds.TIMER;
        }
    }

    /** An operation on a file, or on a path relative to a directory. */
    sealed interface OnFile {

        /** The file or directory that the operation needs open, or null if it needs none. */
        @Nullable OpenFile file();
    }

    /** An operation on a file that begins somewhere in it. */
    sealed interface AtOffset extends OnFile {

        /** Where in the file, in bytes, or {@link #CURRENT_POSITION}. */
        long offset();
    }

    /** An operation on a file that a thread of the runtime's pool does, whatever the transport. */
    sealed interface ByThread<T extends @Nullable Object, E extends Enum<E> & AsyncError>
            extends AsyncSubmission<T, E>, OnFile permits FileRequest {}

    /**
     * Open a file or directory; completes with a handle that is the caller's to close.
     *
     * @param file the directory that a relative path begins at; null for the working directory
     */
    record Open(@Nullable OpenFile file, Path path, AsyncOpenFlags flags)
            implements AsyncSubmission<OpenFile, OpenError>, OnFile {
        public Open {
            Arguments.requireOfSystem(path);
            Objects.requireNonNull(flags, "flags");
        }

        @Override
        public Kind<OpenError> kind() {
            return SubmissionKinds.OPEN;
        }
    }

    /**
     * Delete a file or symbolic link or, if so asked, an empty directory.
     *
     * @param file the directory that a relative path begins at; null for the working directory
     */
    record Delete(@Nullable OpenFile file, Path path, boolean isDirectory)
            implements AsyncSubmission<@Nullable Void, DeleteError>, OnFile {
        public Delete {
            Arguments.requireOfSystem(path);
        }

        @Override
        public Kind<DeleteError> kind() {
            return SubmissionKinds.DELETE;
        }
    }

    /**
     * Make a directory.
     *
     * @param file the directory that a relative path begins at; null for the working directory
     * @param mode permission bits, of which the process's umask takes some
     */
    record Mkdir(@Nullable OpenFile file, Path path, int mode)
            implements AsyncSubmission<@Nullable Void, MkdirError>, OnFile {
        public Mkdir {
            Arguments.requireOfSystem(path);
        }

        @Override
        public Kind<MkdirError> kind() {
            return SubmissionKinds.MKDIR;
        }
    }

    /**
     * Give a file or a directory another name, which may be in another directory of the same file
     * system, at once: what has that name already is replaced. See rename(2).
     *
     * @param file the directory that relative paths begin at; null for the working directory
     * @param path the name that it has
     * @param to the name that it gets
     */
    record Rename(@Nullable OpenFile file, Path path, Path to)
            implements AsyncSubmission<@Nullable Void, RenameError>, OnFile {
        public Rename {
            Arguments.requireOfSystem(path);
            Arguments.requireOfSystem(to);
        }

        @Override
        public Kind<RenameError> kind() {
            return SubmissionKinds.RENAME;
        }
    }

    /**
     * Make durable what was written to a file, or which names a directory has; see fsync(2).
     *
     * @param isDataOnly whether what is not needed to read the data may be left out, such as the
     *     time of the last write; see fdatasync(2)
     */
    record Sync(OpenFile file, boolean isDataOnly)
            implements AsyncSubmission<@Nullable Void, SyncError>, OnFile {
        @Override
        public Kind<SyncError> kind() {
            return SubmissionKinds.SYNC;
        }
    }

    /**
     * Make a file shorter or longer; see ftruncate(2). Its current position stays.
     *
     * @param length how long it is then, in bytes; what is added reads as zeros
     */
    record Truncate(OpenFile file, long length)
            implements AsyncSubmission<@Nullable Void, TruncateError>, OnFile {
        public Truncate {
            Objects.requireNonNull(file, "file");
            if (length < 0) {
                throw new IllegalArgumentException("length: " + length + " is negative");
            }
        }

        @Override
        public Kind<TruncateError> kind() {
            return SubmissionKinds.TRUNCATE;
        }
    }

    /**
     * Tell about a file.
     *
     * @param file the directory that a relative path begins at; null for the working directory
     * @param path what to tell about; empty for {@code file} itself
     * @param followsLinks whether a symbolic link at the end of the path is followed
     */
    record StatPath(@Nullable OpenFile file, Path path, boolean followsLinks)
            implements AsyncSubmission<Stat, StatError>, OnFile {
        public StatPath {
            Arguments.requireOfSystem(path);
        }

        /** About {@code file} itself. */
        public StatPath(OpenFile file) {
            this(file, Path.of(""), true);
        }

        @Override
        public Kind<StatError> kind() {
            return SubmissionKinds.STAT;
        }
    }

    /**
     * Read into a buffer, direct or heap, at its position; completes with the number of bytes by
     * which the position has advanced, 0 at the end of the file.
     */
    final class Read extends BufferSubmission<ReadError>
            implements AsyncSubmission<Integer, ReadError>, AtOffset {
        private final OpenFile file;
        private final long offset;

        /**
         * @param into what to fill
         * @param offset where in the file, in bytes, or {@link #CURRENT_POSITION}, which then
         *     advances
         */
        public Read(OpenFile file, ByteBuffer into, long offset) {
            super(SubmissionKinds.READ, into, Arguments.placeToFill(into));
            this.file = Objects.requireNonNull(file, "file");
            this.offset = Arguments.requireOffset(offset);
        }

        @Override
        public OpenFile file() {
            return file;
        }

        @Override
        public long offset() {
            return offset;
        }
    }

    /**
     * Write from a buffer, direct or heap, at its position; completes with the number of bytes by
     * which the position has advanced, which may be fewer than remained.
     */
    final class Write extends BufferSubmission<WriteError>
            implements AsyncSubmission<Integer, WriteError>, AtOffset {
        private final OpenFile file;
        private final long offset;

        /**
         * @param from what to write
         * @param offset where in the file, in bytes, or {@link #CURRENT_POSITION}, which then
         *     advances
         */
        public Write(OpenFile file, ByteBuffer from, long offset) {
            super(SubmissionKinds.WRITE, from, Arguments.placeOf(from));
            this.file = Objects.requireNonNull(file, "file");
            this.offset = Arguments.requireOffset(offset);
        }

        @Override
        public OpenFile file() {
            return file;
        }

        @Override
        public long offset() {
            return offset;
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
    record SendFile(OpenFile file, OpenSocket socket, long offset, int count)
            implements AsyncSubmission<Integer, SendError>, AtOffset {
        public SendFile {
            Objects.requireNonNull(file, "file");
            Objects.requireNonNull(socket, "socket");
            Arguments.requireOffset(offset);
        }

        @Override
        public Kind<SendError> kind() {
            return SubmissionKinds.SEND_FILE;
        }
    }

    /** Close a file; operations on it that have not ended yet fail, or end by themselves. */
    record CloseFile(OpenFile file) implements AsyncSubmission<@Nullable Void, CloseError>, OnFile {
        @Override
        public Kind<CloseError> kind() {
            return SubmissionKinds.CLOSE_FILE;
        }
    }

    /** Take one connection from a listening socket. */
    record Accept(OpenSocket socket) implements AsyncSubmission<OpenSocket, AcceptError>, OnSocket {
        @Override
        public Kind<AcceptError> kind() {
            return SubmissionKinds.ACCEPT;
        }
    }

    /**
     * Connect a socket to an {@code InetSocketAddress} or {@code UnixDomainSocketAddress}.
     *
     * @param address whom to reach; of a wildcard, the loopback of the same family
     */
    record Connect(OpenSocket socket, SocketAddress address)
            implements AsyncSubmission<@Nullable Void, ConnectError>, OnSocket {
        public Connect {
            address = Arguments.reached(address);
        }

        @Override
        public Kind<ConnectError> kind() {
            return SubmissionKinds.CONNECT;
        }
    }

    /**
     * Receive from a stream into a buffer, direct or heap, at its position; completes with the
     * number of bytes, at least 1, by which the position has advanced, or with {@link
     * RecvError#CLOSED} at the end of the stream. The buffer must have room.
     */
    final class Recv extends BufferSubmission<RecvError>
            implements AsyncSubmission<Integer, RecvError>, OnSocket {
        private final OpenSocket socket;

        /**
         * @param into what to fill
         */
        public Recv(OpenSocket socket, ByteBuffer into) {
            super(SubmissionKinds.RECV, into, Arguments.placeToFill(into));
            this.socket = socket;
        }

        @Override
        public OpenSocket socket() {
            return socket;
        }
    }

    /**
     * Receive into a pooled buffer that is taken only when data is there; the buffer is the
     * caller's to release. A datagram is received whole.
     */
    record RecvBuffer(OpenSocket socket) implements AsyncSubmission<ByteBuf, RecvError>, OnSocket {
        @Override
        public Kind<RecvError> kind() {
            return SubmissionKinds.RECV;
        }
    }

    /**
     * Send from a buffer, direct or heap, at its position; completes with the number of bytes by
     * which the position has advanced, which may be fewer than remained.
     */
    non-sealed class Send extends BufferSubmission<SendError>
            implements AsyncSubmission<Integer, SendError>, OnSocket {
        private final OpenSocket socket;

        /**
         * @param from what to send
         */
        public Send(OpenSocket socket, ByteBuffer from) {
            super(SubmissionKinds.SEND, from, Arguments.placeOf(from));
            this.socket = socket;
        }

        @Override
        public OpenSocket socket() {
            return socket;
        }
    }

    /**
     * Send the readable bytes of a buffer; completes with the number of bytes by which the reader
     * index has advanced, which may be fewer. The buffer stays the caller's.
     */
    record SendBuffer(OpenSocket socket, ByteBuf from)
            implements AsyncSubmission<Integer, SendError>, OnSocket {
        public SendBuffer {
            Arguments.requireLasting(from);
        }

        @Override
        public Kind<SendError> kind() {
            return SubmissionKinds.SEND;
        }
    }

    /**
     * Receive one datagram into a buffer, direct or heap, at its position, which advances by what
     * had room; completes with its sender and its length.
     */
    record RecvFrom(OpenSocket socket, ByteBuffer into)
            implements AsyncSubmission<Datagram, RecvError>, OnSocket {
        public RecvFrom {
            Arguments.requireFillable(into);
        }

        @Override
        public Kind<RecvError> kind() {
            return SubmissionKinds.RECV_FROM;
        }
    }

    /**
     * Send what remains in a buffer, direct or heap, as one datagram; completes with its length, by
     * which the position has advanced.
     *
     * @param to the receiver; of a wildcard, the loopback of the same family
     */
    record SendTo(OpenSocket socket, ByteBuffer from, SocketAddress to)
            implements AsyncSubmission<Integer, SendError>, OnSocket {
        public SendTo {
            to = Arguments.reached(to);
            Arguments.requireLasting(from);
        }

        @Override
        public Kind<SendError> kind() {
            return SubmissionKinds.SEND;
        }
    }

    /** Wait until a send would take something; for other ways to send, as {@link SendFile}. */
    record AwaitWritable(OpenSocket socket)
            implements AsyncSubmission<@Nullable Void, SendError>, OnSocket {
        @Override
        public Kind<SendError> kind() {
            return SubmissionKinds.SEND;
        }
    }

    /**
     * Wait until there is something to receive from a stream, for receives into memory that is
     * taken only then; completes with what receives it, which is the transport's own, or with
     * {@link RecvError#CLOSED} at the end of the stream.
     */
    record AwaitReadable(OpenSocket socket)
            implements AsyncSubmission<Object, RecvError>, OnSocket {
        @Override
        public Kind<RecvError> kind() {
            return SubmissionKinds.RECV;
        }
    }

    /** Wait until a receive or, of a listener, an accept need not wait any more; takes nothing. */
    record AwaitInput(OpenSocket socket)
            implements AsyncSubmission<@Nullable Void, RecvError>, OnSocket {
        @Override
        public Kind<RecvError> kind() {
            return SubmissionKinds.RECV;
        }
    }

    /** Close a socket; operations that wait on it fail with {@code INVALID_FD}. */
    record Close(OpenSocket socket)
            implements AsyncSubmission<@Nullable Void, SocketError>, OnSocket {
        @Override
        public Kind<SocketError> kind() {
            return SubmissionKinds.CLOSE;
        }
    }
}
