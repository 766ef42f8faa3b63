package io.tardy.fs;

import io.tardy.TardyRuntime;
import io.tardy.aio.AsyncOpenFlags;
import io.tardy.aio.AsyncSubmission;
import io.tardy.aio.AsyncSubmission.CloseFile;
import io.tardy.aio.AsyncSubmission.Read;
import io.tardy.aio.AsyncSubmission.StatPath;
import io.tardy.aio.AsyncSubmission.Sync;
import io.tardy.aio.AsyncSubmission.Truncate;
import io.tardy.aio.AsyncSubmission.Write;
import io.tardy.aio.CloseError;
import io.tardy.aio.FileMode;
import io.tardy.aio.OpenFile;
import io.tardy.aio.ReadError;
import io.tardy.aio.Resulted;
import io.tardy.aio.Stat;
import io.tardy.aio.TardyIOException;
import io.tardy.aio.WriteError;
import io.tardy.os.FileCalls;
import io.tardy.os.FileHandle;
import io.tardy.runtime.OperationWait;
import io.tardy.stream.Stream;
import java.nio.ByteBuffer;
import java.nio.file.Path;

/**
 * An open file.
 *
 * <p>Whatever touches the file makes the calling frame wait and throws {@link
 * IllegalStateException} outside of a frame; the runtime's thread never blocks for it. All failures
 * of the system are {@link TardyIOException}s. Several frames may use a file at once, at offsets of
 * their own. They share one current position: a read or write there waits for the one before and
 * begins where that ended. The position of the process's standard streams is the system's; other
 * programs may share and move it.
 *
 * <p>After a read or write was cancelled, or met its deadline, the file can still be used. The
 * buffer's position tells how much was read or written. An operation that waits for a peer (a
 * FIFO's other end, a terminal) can be cancelled on Linux only: elsewhere the JDK has no call for
 * that.
 *
 * <p>A buffer of an {@link java.lang.foreign.Arena} that can be closed is refused with an {@link
 * IllegalArgumentException}, because it could be closed while the system uses it. Use {@code
 * ByteBuffer.allocateDirect}, {@code Arena.ofAuto()} or {@code Arena.global()}.
 *
 * <p>On a transport without native file operations, at most 256 operations of a runtime can wait
 * for peers at the same time; further ones get a {@link
 * java.util.concurrent.RejectedExecutionException}.
 *
 * <p>A file that is dropped without {@link #close} keeps its descriptor.
 */
public final class File implements Stream, AutoCloseable {

    private final FileHandle handle;
    private final String name;

    File(FileHandle handle, String name) {
        this.handle = handle;
        this.name = name;
    }

    /** Opens a file to read. A relative path begins at the process's working directory. */
    public static File open(Path path) throws TardyIOException {
        return open(path, FileMode.READ);
    }

    /** Opens an existing file. */
    public static File open(Path path, FileMode mode) throws TardyIOException {
        return open(path, AsyncOpenFlags.of(mode));
    }

    /** Opens a file, as the flags say. */
    public static File open(Path path, AsyncOpenFlags flags) throws TardyIOException {
        return Dir.cwd().openFile(path, flags);
    }

    /** Opens a file to write, and empties it; creates it if it does not exist. */
    public static File create(Path path) throws TardyIOException {
        return create(path, CreateFlags.DEFAULT);
    }

    /** Creates a file, as the flags say. */
    public static File create(Path path, CreateFlags flags) throws TardyIOException {
        return Dir.cwd().createFile(path, flags);
    }

    /**
     * The standard input of the process. Closing it closes it for the whole process, {@code
     * System.in} too: the descriptor's number stays taken, and readers find the end of the stream.
     */
    public static File stdin() {
        return new File(FileCalls.system().standard(0), "standard input");
    }

    /**
     * The standard output of the process. Closing it closes it for the whole process: the
     * descriptor's number stays taken, and later output goes to /dev/null.
     */
    public static File stdout() {
        return new File(FileCalls.system().standard(1), "standard output");
    }

    /** The standard error of the process. Closing it works as for {@link #stdout}. */
    public static File stderr() {
        return new File(FileCalls.system().standard(2), "standard error");
    }

    /**
     * Reads at the current position, which advances.
     *
     * @param into direct or heap; its position advances; if it has no room nothing happens
     * @return the number of bytes, at least 1, or -1 at the end of the file
     * @throws IllegalArgumentException if the buffer is read-only
     */
    @Override
    public int read(ByteBuffer into) throws TardyIOException {
        return readAt(into, AsyncSubmission.CURRENT_POSITION);
    }

    /**
     * Reads, and leaves the current position where it is.
     *
     * @param into direct or heap; its position advances; if it has no room nothing happens
     * @param offset where in the file, in bytes
     * @return the number of bytes, at least 1, or -1 at the end of the file
     * @throws TardyIOException also with {@link ReadError#NOT_SEEKABLE} of a pipe or the like
     * @throws IllegalArgumentException if the offset is negative, or the buffer read-only
     */
    public int read(ByteBuffer into, long offset) throws TardyIOException {
        return readAt(into, requireOffset(offset));
    }

    private int readAt(ByteBuffer into, long offset) throws TardyIOException {
        Read read = new Read(handle, into, offset);
        if (!into.hasRemaining()) {
            return 0;
        }
        int count = OperationWait.count(read);
        return count == 0 ? -1 : count;
    }

    private static long requireOffset(long offset) {
        if (offset < 0) {
            throw new IllegalArgumentException("offset: " + offset + " is negative");
        }
        return offset;
    }

    /**
     * Reads at the current position until the buffer is full or the file ends.
     *
     * @return the number of bytes; fewer than there was room for only at the end of the file; -1 if
     *     nothing was left
     */
    public int readAll(ByteBuffer into) throws TardyIOException {
        return readAllAt(into, AsyncSubmission.CURRENT_POSITION);
    }

    /** {@link #readAll(ByteBuffer)} at an offset in bytes. */
    public int readAll(ByteBuffer into, long offset) throws TardyIOException {
        return readAllAt(into, requireOffset(offset));
    }

    private int readAllAt(ByteBuffer into, long offset) throws TardyIOException {
        int room = into.remaining();
        while (into.hasRemaining()) {
            int done = room - into.remaining();
            if (readAt(into, offset < 0 ? offset : offset + done) < 0) {
                return done == 0 ? -1 : done;
            }
        }
        return room;
    }

    /** Writes at the current position, which advances, or at the end if opened to append. */
    @Override
    public int write(ByteBuffer from) throws TardyIOException {
        return writeAt(from, AsyncSubmission.CURRENT_POSITION);
    }

    /**
     * Writes, and leaves the current position where it is. A file that was opened to append is
     * written at its end all the same; see pwrite(2).
     *
     * @param from direct or heap; its position advances
     * @param offset where in the file, in bytes
     * @return the number of bytes, which may be fewer than remained
     * @throws TardyIOException also with {@link WriteError#NOT_SEEKABLE} of a pipe or the like
     * @throws IllegalArgumentException if the offset is negative
     */
    public int write(ByteBuffer from, long offset) throws TardyIOException {
        return writeAt(from, requireOffset(offset));
    }

    private int writeAt(ByteBuffer from, long offset) throws TardyIOException {
        return from.hasRemaining() ? OperationWait.count(new Write(handle, from, offset)) : 0;
    }

    /** Writes all that remains in the buffer, at the current position. */
    @Override
    public void writeAll(ByteBuffer from) throws TardyIOException {
        writeAllAt(from, AsyncSubmission.CURRENT_POSITION);
    }

    /** Writes all that remains in the buffer, at an offset in bytes. */
    public void writeAll(ByteBuffer from, long offset) throws TardyIOException {
        writeAllAt(from, requireOffset(offset));
    }

    private void writeAllAt(ByteBuffer from, long offset) throws TardyIOException {
        int length = from.remaining();
        while (from.hasRemaining()) {
            writeAt(from, offset < 0 ? offset : offset + length - from.remaining());
        }
    }

    /**
     * Waits until all that was written to the file is durable: a crash of the machine takes it no
     * more. Writes of other frames that have not ended are not among it. The name of a new file is
     * its directory's: see {@link Dir#sync}.
     *
     * <p>If this fails, any part of what was written since the last sync may be lost, and another
     * try does not tell: on Linux it may succeed although the system has given the data up. Write
     * the data again, elsewhere. See fsync(2).
     */
    public void sync() throws TardyIOException {
        unwrap(TardyRuntime.ioAwait(new Sync(handle, false)), name);
    }

    /**
     * {@link #sync} without what is not needed to read the data again, such as the time of the last
     * write; see fdatasync(2).
     */
    public void syncData() throws TardyIOException {
        unwrap(TardyRuntime.ioAwait(new Sync(handle, true)), name);
    }

    /**
     * Makes the file shorter or longer. What is added reads as zeros. The current position stays,
     * even if the file ends before it.
     *
     * @param length how long it is then, in bytes
     * @throws TardyIOException with {@link io.tardy.aio.TruncateError#INVALID_ARGUMENTS} of a file
     *     that was not opened to write, or that has no length
     * @throws IllegalArgumentException if the length is negative
     */
    public void truncate(long length) throws TardyIOException {
        unwrap(TardyRuntime.ioAwait(new Truncate(handle, length)), name);
    }

    /** The system's data about this file. */
    public Stat stat() throws TardyIOException {
        return TardyRuntime.ioAwait(new StatPath(handle)).unwrap();
    }

    /**
     * Closes the file, also in a cancelled frame. Operations of other frames that wait on it fail
     * with {@code INVALID_FD}; those that the system is already working on end by themselves.
     * Closing again does nothing.
     */
    @Override
    public void close() throws TardyIOException {
        close(handle);
    }

    static void close(FileHandle handle) throws TardyIOException {
        if (handle.isClosed()) {
            return;
        }
        if (TardyRuntime.isInFrame()) {
            TardyRuntime.ioAwait(new CloseFile(handle)).unwrap();
            return;
        }
        int errno = handle.close() ? handle.closeDescriptor() : 0;
        if (errno != 0) {
            throw new TardyIOException("close", CloseError.class, errno);
        }
    }

    /** The file as submissions name it; public for programs that submit for themselves. */
    public OpenFile handle() {
        return handle;
    }

    /** Whether {@link #close} was called. */
    public boolean isClosed() {
        return handle.isClosed();
    }

    @Override
    public String toString() {
        return name;
    }

    /** The value, or the failure with the path in its message. */
    static <T, E extends Enum<E> & io.tardy.aio.AsyncError> T unwrap(
            Resulted<T, E> outcome, String path) throws TardyIOException {
        if (outcome instanceof Resulted.Err<T, E> err && !err.error().isCanceled()) {
            throw new TardyIOException(err.op().label(), err.error(), err.errno(), path);
        }
        return outcome.unwrap();
    }
}
