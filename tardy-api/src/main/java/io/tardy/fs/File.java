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
import io.tardy.aio.FileRequest;
import io.tardy.aio.LockMode;
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
import org.jspecify.annotations.Nullable;

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

    /** For a request on the file itself. */
    private static final Path ITSELF = Path.of("");

    /** No device has smaller ones. */
    private static final int BLOCK_BYTES_MIN = 512;

    private final FileHandle handle;
    private final String name;

    /** Whether it is read and written past the system's cache. */
    private final boolean isDirect;

    private final FileLocks locks = new FileLocks();

    File(FileHandle handle, String name, boolean isDirect) {
        this.handle = handle;
        this.name = name;
        this.isDirect = isDirect;
    }

    private File(FileHandle handle, String name) {
        this(handle, name, false);
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
        requireFitting(into);
        Read read = new Read(handle, into, offset);
        if (!into.hasRemaining()) {
            return 0;
        }
        int count = OperationWait.count(read);
        return count == 0 ? -1 : count;
    }

    /** A copy of a heap buffer is where the system does not take it from. */
    private void requireFitting(ByteBuffer buffer) {
        if (isDirect && !buffer.isDirect()) {
            throw new IllegalArgumentException(
                    name
                            + " was opened withDirect: use a direct buffer that is aligned, such as"
                            + " ByteBuffer.allocateDirect(bytes + 4096).alignedSlice(4096)");
        }
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
            try {
                if (readAt(into, offset < 0 ? offset : offset + done) < 0) {
                    return done == 0 ? -1 : done;
                }
            } catch (TardyIOException e) {
                if (e.error() != ReadError.INVALID_ARGUMENTS || !endsWithinBlock(done)) {
                    throw e;
                }
                return done;
            }
        }
        return room;
    }

    /**
     * Whether this much is read past the cache only at the end of a file. The next read is not
     * aligned then, and some systems look at that before they see that nothing is left.
     */
    private boolean endsWithinBlock(int count) {
        return isDirect && count % BLOCK_BYTES_MIN != 0;
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
        requireFitting(from);
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

    /**
     * Has the file system keep room for a part of the file, so that a write there does not fail for
     * want of it. The file becomes longer if it ends before; what is added reads as zeros. The
     * current position stays. See fallocate(2).
     *
     * @param offset where the part begins, in bytes
     * @param length how long it is, in bytes
     * @throws TardyIOException with {@link io.tardy.aio.AllocateError}: {@code NO_SPACE} if there
     *     is no room; {@code OPERATION_NOT_SUPPORTED} on file systems that cannot keep any, and on
     *     systems other than Linux, for which the JDK has no call: write zeros there
     * @throws IllegalArgumentException if the offset is negative, or the length not positive
     */
    public void allocate(long offset, long length) throws TardyIOException {
        unwrap(TardyRuntime.ioAwait(new FileRequest.Allocate(handle, offset, length)), name);
    }

    /**
     * Sets the permission bits, all of them: the umask takes none. See chmod(2).
     *
     * @param mode as of {@link Stat#mode}
     * @throws TardyIOException with {@link io.tardy.aio.ChmodError}
     * @throws IllegalArgumentException if the mode has other bits than 07777
     */
    public void chmod(int mode) throws TardyIOException {
        unwrap(TardyRuntime.ioAwait(new FileRequest.Chmod(handle, ITSELF, mode)), name);
    }

    /**
     * {@link #lock(LockMode, long, long)} of all of the file, however long it becomes.
     *
     * <pre>{@code
     * try (FileLock lock = file.lock(LockMode.EXCLUSIVE)) {
     *     append(file, "one of us at a time");
     * }
     * }</pre>
     */
    public FileLock lock(LockMode mode) throws TardyIOException {
        return lock(mode, 0, Long.MAX_VALUE);
    }

    /**
     * Locks a part of the file, and waits until others that have locked some of it have given that
     * back. Others are all that have opened the file themselves, in this process or in another one,
     * and ask for a lock; who just reads or writes is not kept out. On Linux these are locks of the
     * open file ({@code F_OFD_SETLK} in fcntl(2)): they end when it is closed, and with the
     * process. Elsewhere they are the process's: two that this process has opened cannot even
     * share, and closing one may end the locks of the other; see {@link
     * java.nio.channels.FileLock}.
     *
     * <p>The system tells nobody when a lock is given back without keeping a thread in the call,
     * where nothing could end its wait. So the frame asks again, after 1 ms at first and then after
     * ever longer pauses, of 50 ms at most; a cancel and a {@link io.tardy.Deadline} end the wait
     * at once. Who waits longest need not be first.
     *
     * @param offset where the part begins, in bytes
     * @param length how long it is, in bytes; the file may end before
     * @throws TardyIOException with {@link io.tardy.aio.LockError}: {@code INVALID_FD} if the file
     *     is not open for it
     * @throws IllegalStateException if this open file has locked some of that part already, or a
     *     frame that shares it waits for it: the system would let both have it
     * @throws IllegalArgumentException if the offset is negative, or the length not positive
     */
    public FileLock lock(LockMode mode, long offset, long length) throws TardyIOException {
        return new FileLock(this, mode, offset, length).acquire();
    }

    /** {@link #tryLock(LockMode, long, long)} of all of the file, however long it becomes. */
    public @Nullable FileLock tryLock(LockMode mode) throws TardyIOException {
        return tryLock(mode, 0, Long.MAX_VALUE);
    }

    /**
     * {@link #lock(LockMode, long, long)}, if that needs no wait for others.
     *
     * @return null if others have locked some of it
     */
    public @Nullable FileLock tryLock(LockMode mode, long offset, long length)
            throws TardyIOException {
        FileLock lock = new FileLock(this, mode, offset, length);
        return lock.tryAcquire() ? lock : null;
    }

    /** What was locked with this file. */
    FileLocks locks() {
        return locks;
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
        int errno = handle.closeNow();
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
