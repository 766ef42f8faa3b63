package io.tardy.os;

import io.tardy.aio.AsyncOpenFlags;
import io.tardy.aio.AsyncSubmission;
import io.tardy.aio.DirEntry;
import io.tardy.aio.Errno;
import io.tardy.aio.FileRequest;
import io.tardy.aio.OpenError;
import io.tardy.aio.Stat;
import io.tardy.aio.StatEntry;
import io.tardy.aio.StatError;
import io.tardy.aio.TardyIOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.function.BooleanSupplier;

/**
 * File operations that block, for the threads that do them where a transport does not. One for each
 * kind of system; may be used by any thread.
 */
public abstract class FileCalls {

    private static final class Holder {
        /** Set to {@code jdk} it has Linux do what other systems do, to be tested; read once. */
        static final String PROPERTY = "io.tardy.os.fileCalls";

        static final FileCalls SYSTEM =
                System.getProperty("os.name").equals("Linux")
                                && !System.getProperty(PROPERTY, "").equals("jdk")
                        ? new LinuxFileCalls()
                        : new NioFileCalls();
    }

    protected FileCalls() {}

    /** Those of the system that runs us. */
    public static FileCalls system() {
        return Holder.SYSTEM;
    }

    /** Those of the system that has the file of an operation; of one without a file, ours. */
    public static FileCalls of(AsyncSubmission.OnFile submission) {
        return submission.file() instanceof FileHandle handle ? handle.calls() : system();
    }

    private static final AsyncOpenFlags REAL_DIRECTORY =
            AsyncOpenFlags.DIRECTORY.withoutFollowingLinks();

    /** In place of the question whether an operation was cancelled: refuses every wait. */
    static final BooleanSupplier NOT_WAITING = () -> true;

    /**
     * Does an operation on a file without completing it, and without waiting for another process: a
     * FIFO's other end, or input at a terminal.
     *
     * @param offset where in the file it begins, as of {@link #run}
     * @return an outcome
     */
    public final Object tryRun(AsyncSubmission.OnFile submission, long offset) {
        Object outcome = run(submission, offset, NOT_WAITING);
        return outcome instanceof Outcome.Failed failed && failed.errno() == WAIT_REFUSED
                ? Outcome.WOULD_WAIT
                : outcome;
    }

    /** No error number of a call on files. */
    private static final int WAIT_REFUSED = Errno.EINPROGRESS.number();

    /**
     * Called before a wait for another process, and while it lasts.
     *
     * @throws ErrnoException if the operation was cancelled, or must not wait
     */
    static void requireWanted(BooleanSupplier isCancelled) throws ErrnoException {
        if (isCancelled == NOT_WAITING) {
            throw new ErrnoException(WAIT_REFUSED);
        } else if (isCancelled.getAsBoolean()) {
            throw new ErrnoException(Errno.ECANCELED);
        }
    }

    /**
     * Does an operation on a file without completing it.
     *
     * @param offset where in the file it begins, in bytes, or {@link
     *     AsyncSubmission#CURRENT_POSITION} where only the system knows
     * @param isCancelled asked while the operation waits for another process
     * @return an outcome
     */
    public Object run(AsyncSubmission.OnFile submission, long offset, BooleanSupplier isCancelled) {
        try {
            return switch (submission) {
                case AsyncSubmission.Open open -> open(open, isCancelled);
                case AsyncSubmission.Delete delete -> delete(delete);
                case AsyncSubmission.Mkdir mkdir -> mkdir(mkdir);
                case AsyncSubmission.Rename rename -> rename(rename);
                case AsyncSubmission.Sync sync -> sync(sync);
                case AsyncSubmission.Truncate truncate -> truncate(truncate);
                case AsyncSubmission.StatPath stat -> stat(stat);
                case AsyncSubmission.Read read -> read(read, offset, isCancelled);
                case AsyncSubmission.Write write -> write(write, offset, isCancelled);
                case AsyncSubmission.SendFile send -> sendFile(send, offset);
                case AsyncSubmission.CloseFile close -> close(close);
                case FileRequest<?, ?> request -> requests().run(request);
            };
        } catch (ErrnoException e) {
            return new Outcome.Failed(e.errno());
        }
    }

    /**
     * The names in a directory, without those of itself and its parent, in no order.
     *
     * @throws TardyIOException if it cannot be read
     */
    public abstract List<DirEntry> list(FileHandle directory) throws TardyIOException;

    /**
     * The names in a directory, and what the system tells of each, of a symbolic link itself. What
     * is deleted meanwhile is left out.
     *
     * @param directory what the path is relative to
     * @param path of the directory; not of a link to one
     * @throws TardyIOException if it cannot be read, or the system does not tell
     */
    public List<StatEntry> listStats(FileHandle directory, Path path) throws TardyIOException {
        AsyncSubmission.Open open = new AsyncSubmission.Open(directory, path, REAL_DIRECTORY);
        return switch (runAtOnce(open)) {
            case FileHandle listed -> {
                try {
                    yield listStats(listed);
                } finally {
                    runAtOnce(new AsyncSubmission.CloseFile(listed));
                }
            }
            case Outcome.Failed failed ->
                    throw new TardyIOException("list", OpenError.class, failed.errno());
            default -> throw new AssertionError("an open opens");
        };
    }

    private List<StatEntry> listStats(FileHandle listed) throws TardyIOException {
        List<StatEntry> entries = new ArrayList<>();
        for (DirEntry entry : list(listed)) {
            Object outcome = runAtOnce(new AsyncSubmission.StatPath(listed, entry.path(), false));
            if (outcome instanceof Stat stat) {
                entries.add(new StatEntry(entry.path(), stat));
            } else if (outcome instanceof Outcome.Failed failed
                    && failed.errno() != Errno.ENOENT.number()) { // else it is gone
                throw new TardyIOException("stat", StatError.class, failed.errno());
            }
        }
        return entries;
    }

    private Object runAtOnce(AsyncSubmission.OnFile submission) {
        return run(submission, AsyncSubmission.CURRENT_POSITION, NOT_WAITING);
    }

    /**
     * Begins to watch a directory; may block.
     *
     * @return what is read as the events are told, to be closed by the caller; null where the
     *     system does not tell
     * @throws TardyIOException if the system refuses
     */
    public FileHandle watch(FileHandle directory) throws TardyIOException {
        return null;
    }

    /** A standard stream of the process: 0, 1 or 2. */
    public abstract FileHandle standard(int number);

    /** Gives a lock back on this thread, which may block. */
    public static void unlockNow(FileRequest.Unlock unlock) throws ErrnoException {
        FileHandle file = (FileHandle) unlock.file();
        FileHandle.User user = () -> {}; // it ends by itself
        if (!file.hold(user)) {
            throw new ErrnoException(Errno.EBADF);
        }
        try {
            file.calls().requests().unlock(unlock);
        } finally {
            file.release(user);
        }
    }

    /** What it does with the requests that only threads do. */
    protected abstract RequestCalls requests();

    protected abstract FileHandle open(AsyncSubmission.Open open, BooleanSupplier isCancelled)
            throws ErrnoException;

    protected abstract Void delete(AsyncSubmission.Delete delete) throws ErrnoException;

    protected abstract Void mkdir(AsyncSubmission.Mkdir mkdir) throws ErrnoException;

    protected abstract Void rename(AsyncSubmission.Rename rename) throws ErrnoException;

    protected abstract Void sync(AsyncSubmission.Sync sync) throws ErrnoException;

    protected abstract Void truncate(AsyncSubmission.Truncate truncate) throws ErrnoException;

    protected abstract Object stat(AsyncSubmission.StatPath stat) throws ErrnoException;

    protected abstract Integer read(
            AsyncSubmission.Read read, long offset, BooleanSupplier isCancelled)
            throws ErrnoException;

    protected abstract Integer write(
            AsyncSubmission.Write write, long offset, BooleanSupplier isCancelled)
            throws ErrnoException;

    private static Integer sendFile(AsyncSubmission.SendFile send, long offset)
            throws ErrnoException {
        SocketHandle socket = SocketHandle.of(send.socket());
        int outcome = SendFileCall.run(socket, (FileHandle) send.file(), offset, send.count());
        if (outcome < 0) {
            throw new ErrnoException(-outcome);
        }
        return outcome;
    }

    private static Void close(AsyncSubmission.CloseFile close) throws ErrnoException {
        int errno = ((FileHandle) close.file()).closeNow();
        if (errno != 0) {
            throw new ErrnoException(errno);
        }
        return null;
    }
}
