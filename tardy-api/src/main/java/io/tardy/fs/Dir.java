package io.tardy.fs;

import io.tardy.TardyRuntime;
import io.tardy.aio.AsyncError;
import io.tardy.aio.AsyncOpenFlags;
import io.tardy.aio.AsyncSubmission.Delete;
import io.tardy.aio.AsyncSubmission.Mkdir;
import io.tardy.aio.AsyncSubmission.Open;
import io.tardy.aio.AsyncSubmission.Rename;
import io.tardy.aio.AsyncSubmission.StatPath;
import io.tardy.aio.AsyncSubmission.Sync;
import io.tardy.aio.DirEntry;
import io.tardy.aio.Errno;
import io.tardy.aio.FileMode;
import io.tardy.aio.FileRequest;
import io.tardy.aio.OpenError;
import io.tardy.aio.Stat;
import io.tardy.aio.StatEntry;
import io.tardy.aio.TardyIOException;
import io.tardy.aio.WatchError;
import io.tardy.os.DescriptorFile;
import io.tardy.os.FileCalls;
import io.tardy.os.FileHandle;
import io.tardy.os.TreeReading;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.atomic.AtomicReference;
import org.jspecify.annotations.Nullable;

/**
 * An open directory, which relative paths start from, even if its own path changes meanwhile. An
 * absolute path ignores it.
 *
 * <p>Every call that touches the disk makes the calling frame wait, and throws {@link
 * IllegalStateException} outside of a frame. All failures of the system are {@link
 * TardyIOException}s, with the path in the message. A path of another file system than the default
 * one is a {@link java.nio.file.ProviderMismatchException}, before anything is touched.
 */
public final class Dir implements AutoCloseable {

    private static final int PERMISSIONS = 0777;

    private static final AsyncOpenFlags REAL_DIRECTORY =
            AsyncOpenFlags.of(FileMode.READ).withDirectory().withoutFollowingLinks();

    private static final Path HERE = Path.of(".");

    private static final Dir CWD = new Dir(null, Path.of(""));

    /** Null for the working directory. */
    private final FileHandle handle;

    /** Where it was opened; for messages only. */
    private final Path path;

    private Dir(FileHandle handle, Path path) {
        this.handle = handle;
        this.path = path;
    }

    /** The process's working directory. It need not be closed. */
    public static Dir cwd() {
        return CWD;
    }

    /** Opens a directory. */
    public static Dir open(Path path) throws TardyIOException {
        return CWD.openDir(path);
    }

    /**
     * Makes a directory and opens it; its parent must exist.
     *
     * @throws TardyIOException with a {@link io.tardy.aio.CreateDirError}
     */
    public static Dir create(Path path) throws TardyIOException {
        return CWD.createDir(path);
    }

    /** Opens a directory in this one. */
    public Dir openDir(Path path) throws TardyIOException {
        return openDir(path, AsyncOpenFlags.DIRECTORY);
    }

    private Dir openDir(Path path, AsyncOpenFlags flags) throws TardyIOException {
        return new Dir(openHandle(path, flags), this.path.resolve(path));
    }

    /** Refuses a symbolic link. The messages contain no more than this path. */
    Dir openReal(Path path) throws TardyIOException {
        return new Dir(openHandle(path, REAL_DIRECTORY), path);
    }

    /** Whether it holds a descriptor. Otherwise it is a path, which needs no resource. */
    boolean isDescriptor() {
        return handle instanceof DescriptorFile;
    }

    /** Makes a directory in this one and opens it; its parent must exist. */
    public Dir createDir(Path path) throws TardyIOException {
        makeDir(path, PERMISSIONS);
        return openDir(path);
    }

    void makeDir(Path path, int permissions) throws TardyIOException {
        File.unwrap(TardyRuntime.ioAwait(new Mkdir(handle, path, permissions)), nameOf(path));
    }

    /** Opens a file in this directory, as the flags say. */
    public File openFile(Path path, AsyncOpenFlags flags) throws TardyIOException {
        return new File(openHandle(path, flags), nameOf(path), flags.direct());
    }

    /** Creates a file in this directory, as the flags say. */
    public File createFile(Path path, CreateFlags flags) throws TardyIOException {
        return openFile(path, flags.toOpenFlags());
    }

    private FileHandle openHandle(Path path, AsyncOpenFlags flags) throws TardyIOException {
        return (FileHandle)
                File.unwrap(TardyRuntime.ioAwait(new Open(handle, path, flags)), nameOf(path));
    }

    /**
     * Gives a file or a directory in this one another name. Whoever looks finds it under the one or
     * the other, and never under none; a file that has the new name is replaced, and so is an empty
     * directory by a directory. Of a symbolic link, itself. Whether the new name survives a crash
     * is a matter of {@link #sync}, of both directories if they are two.
     *
     * @param from its name; both may lead to other directories of the same file system
     * @param to its new name
     * @throws TardyIOException with {@link io.tardy.aio.RenameError#OTHER_FILE_SYSTEM} if it would
     *     have to be copied
     */
    public void rename(Path from, Path to) throws TardyIOException {
        File.unwrap(
                TardyRuntime.ioAwait(new Rename(handle, from, to)),
                nameOf(from) + " to " + nameOf(to));
    }

    /**
     * Gives a file in this directory one more name, on the same file system: it has the same
     * content under both, and lives until the last is deleted. See link(2).
     *
     * @param existing a name that it has; on Linux, of a symbolic link, itself
     * @param name its new name, which must be free
     * @throws TardyIOException with {@link io.tardy.aio.LinkError}: {@code ACCESS_DENIED} of a
     *     directory, and where the file system has no such names
     */
    public void link(Path existing, Path name) throws TardyIOException {
        File.unwrap(
                TardyRuntime.ioAwait(new FileRequest.Link(handle, existing, name)),
                nameOf(existing) + " as " + nameOf(name));
    }

    /**
     * Makes a symbolic link in this directory; see symlink(2).
     *
     * @param target where it leads, whether there is something or not; a relative path begins at
     *     the directory that the link is in
     * @param link its name, which must be free
     * @throws TardyIOException with {@link io.tardy.aio.SymlinkError}
     */
    public void symlink(Path target, Path link) throws TardyIOException {
        File.unwrap(
                TardyRuntime.ioAwait(new FileRequest.Symlink(handle, link, target)),
                nameOf(link) + " to " + target);
    }

    /**
     * Where a symbolic link leads, as it was made; see readlink(2).
     *
     * @throws TardyIOException with {@link io.tardy.aio.ReadlinkError}: {@code INVALID_ARGUMENTS}
     *     of what is no symbolic link
     */
    public Path readlink(Path link) throws TardyIOException {
        return File.unwrap(
                TardyRuntime.ioAwait(new FileRequest.Readlink(handle, link)), nameOf(link));
    }

    /**
     * Sets the permission bits of a file or a directory in this one, all of them: the umask takes
     * none. A symbolic link is followed. See chmod(2).
     *
     * @param mode as of {@link Stat#mode}
     * @throws TardyIOException with {@link io.tardy.aio.ChmodError}
     * @throws IllegalArgumentException if the mode has other bits than 07777
     */
    public void chmod(Path path, int mode) throws TardyIOException {
        File.unwrap(TardyRuntime.ioAwait(new FileRequest.Chmod(handle, path, mode)), nameOf(path));
    }

    /**
     * Makes a file that nobody else finds, to read and write, for its owner only. It has no name
     * and is gone when it is closed, or when the process ends, however it does. Where the file
     * system has no files without a name ({@code O_TMPFILE} in open(2)), it is made under a random
     * one, which is deleted at once; on Windows the name stays until it is closed.
     *
     * <p>For a temporary file with a name, make one in {@link #createTempDir}.
     *
     * @throws TardyIOException with {@link OpenError}
     */
    public File createTempFile() throws TardyIOException {
        return TempFiles.create(this);
    }

    /**
     * Makes a directory with a name that nobody has, for its owner only, which is deleted with
     * everything in it when it is closed. This one must be open until then.
     *
     * @param prefix how the name begins; may be empty
     * @throws TardyIOException with a {@link io.tardy.aio.CreateDirError}
     * @throws IllegalArgumentException if the prefix is of a path that leads elsewhere
     */
    public TempDirectory createTempDir(String prefix) throws TardyIOException {
        return TempDirectory.create(this, prefix);
    }

    /** Deletes a file, or a symbolic link, in this directory. */
    public void deleteFile(Path path) throws TardyIOException {
        delete(path, false);
    }

    /** Deletes an empty directory in this one. */
    public void deleteDir(Path path) throws TardyIOException {
        delete(path, true);
    }

    private void delete(Path path, boolean isDirectory) throws TardyIOException {
        File.unwrap(TardyRuntime.ioAwait(new Delete(handle, path, isDirectory)), nameOf(path));
    }

    /**
     * Deletes a directory with everything in it, or a file. Symbolic links are deleted, never
     * followed, even if they appear meanwhile. On failure the rest of the tree may already be gone;
     * the message names the path that could not be deleted. It may fail with {@code NOT_EMPTY} if a
     * file is added meanwhile, and with {@code NOT_FOUND} if a directory is moved away. It takes
     * fewer than twenty descriptors, however deep the tree is.
     *
     * @throws TardyIOException with a {@link io.tardy.aio.DeleteTreeError}
     */
    public void deleteTree(Path path) throws TardyIOException {
        if (!stat(path, false).isDirectory()) {
            deleteFile(path);
            return;
        }
        new TreeDeletion(this, path).run();
    }

    /** The entries of this directory, in no order, without itself and its parent. */
    public List<DirEntry> list() throws TardyIOException {
        return list(FileCalls::list);
    }

    /**
     * The entries of this directory as of {@link #list}, with what {@link #stat(Path, boolean)}
     * tells of each, of a symbolic link itself. What is deleted meanwhile is left out. The frame
     * waits once for all of them, where a {@code stat} of each may wait each time.
     */
    public List<StatEntry> listStats() throws TardyIOException {
        return list((calls, directory) -> calls.listStats(directory, HERE));
    }

    /** What {@link #walk} calls. */
    @FunctionalInterface
    public interface Visitor {

        /**
         * Something was found; in the frame that walks, and may wait.
         *
         * @param entry with its path from the directory where the walk has begun
         */
        void visit(StatEntry entry) throws IOException;
    }

    /**
     * Visits all that is below this directory, each directory before what is in it. Symbolic links
     * are visited and not followed, on Linux also where one takes the place of a directory
     * meanwhile. What is deleted, made or moved meanwhile may be left out. The frame waits once for
     * some thousand entries, which makes this the fast way through a large tree. It takes one
     * descriptor, however deep that is.
     *
     * @throws TardyIOException if a directory cannot be read; the walk ends there
     * @throws IOException what the visitor throws; likewise
     */
    public void walk(Visitor visitor) throws IOException {
        if (handle == null) {
            try (Dir here = openDir(HERE)) {
                here.walk(visitor);
            }
            return;
        }
        TreeReading reading = new TreeReading(handle);
        for (List<StatEntry> part; !(part = next(reading)).isEmpty(); ) {
            for (StatEntry entry : part) {
                visitor.visit(entry);
            }
        }
    }

    private List<StatEntry> next(TreeReading reading) throws TardyIOException {
        try {
            return list((calls, directory) -> reading.next());
        } catch (TardyIOException e) {
            throw e.error().isCanceled()
                    ? e
                    : new TardyIOException(
                            e.operation(), e.error(), e.errno(), nameOf(reading.current()));
        }
    }

    /** How a directory is listed. */
    private interface Listing<T> {
        List<T> of(FileCalls calls, FileHandle directory) throws TardyIOException;
    }

    /** What is done with this directory. */
    private interface Use<T> {
        T of(FileCalls calls, FileHandle directory) throws TardyIOException;
    }

    private <T> List<T> list(Listing<T> listing) throws TardyIOException {
        if (handle == null) { // the transport knows where that is
            try (Dir here = openDir(HERE)) {
                return here.list(listing);
            }
        }
        return onThread(() -> withHandle("list", OpenError.class, listing::of));
    }

    /**
     * Begins to watch what becomes of the entries of this directory, and of it: what is made,
     * written, renamed or deleted in it from now on, by whomever. What is below them is not
     * watched. See inotify(7).
     *
     * <p>List the directory after this, and nothing is missed in between: what changes meanwhile is
     * in the list, or told, or both.
     *
     * <p>Linux tells that the directory was deleted when nobody has it open any more. Close this
     * one if {@link DirEvent.Kind#GONE} is awaited.
     *
     * @throws TardyIOException with {@link WatchError}: {@code OPERATION_NOT_SUPPORTED} on systems
     *     other than Linux and in a simulation; {@code PROCESS_FD_QUOTA_EXCEEDED} also where the
     *     user has as many watches as {@code fs.inotify.max_user_instances} lets it have, and
     *     {@code NO_SPACE} of {@code max_user_watches}
     */
    public DirWatch watch() throws TardyIOException {
        if (handle == null) {
            try (Dir here = openDir(HERE)) {
                return here.watch();
            }
        }
        AtomicReference<FileHandle> made = new AtomicReference<>();
        try {
            onThread(
                    () -> {
                        made.set(withHandle("watch", WatchError.class, FileCalls::watch));
                        return made.get(); // closed by the pool if the runtime has ended meanwhile
                    });
            return DirWatch.of(made.get(), this);
        } catch (TardyIOException | RuntimeException | Error e) {
            if (made.get() != null) { // too late for a deadline, or no memory for events
                File.close(made.get());
            }
            throw e;
        }
    }

    /** In the frame's place, a thread of the pool. */
    private static <T extends @Nullable Object> T onThread(Callable<T> call)
            throws TardyIOException {
        try {
            return TardyRuntime.current().offload(call);
        } catch (TardyIOException | RuntimeException e) {
            throw e;
        } catch (Exception e) {
            throw new AssertionError("no other checked exception is declared", e);
        }
    }

    /**
     * Waits until the names in this directory are durable: those of new files and directories, and
     * that others were deleted. What is in the files is their own: see {@link File#sync}.
     */
    public void sync() throws TardyIOException {
        if (handle == null) {
            try (Dir here = openDir(HERE)) {
                here.sync();
            }
            return;
        }
        File.unwrap(TardyRuntime.ioAwait(new Sync(handle, false)), toString());
    }

    private <T, E extends Enum<E> & AsyncError> T withHandle(
            String operation, Class<E> errors, Use<T> use) throws TardyIOException {
        FileHandle.User user = () -> {}; // it ends by itself
        if (!handle.hold(user)) {
            throw new TardyIOException(operation, errors, Errno.EBADF.number(), toString());
        }
        try {
            return use.of(handle.calls(), handle);
        } catch (TardyIOException e) {
            throw new TardyIOException(e.operation(), e.error(), e.errno(), toString());
        } finally {
            handle.release(user);
        }
    }

    /** The system's data about this directory. */
    public Stat stat() throws TardyIOException {
        return File.unwrap(TardyRuntime.ioAwait(new StatPath(handle)), toString());
    }

    /** The system's data about a path; a symbolic link is followed. */
    public Stat stat(Path path) throws TardyIOException {
        return stat(path, true);
    }

    /**
     * The system's data about a path.
     *
     * @param followsLinks whether a symbolic link at its end is followed
     */
    public Stat stat(Path path, boolean followsLinks) throws TardyIOException {
        return File.unwrap(
                TardyRuntime.ioAwait(new StatPath(handle, path, followsLinks)), nameOf(path));
    }

    /** Closes the directory, also in a cancelled frame. Closing again does nothing. */
    @Override
    public void close() throws TardyIOException {
        if (handle != null) {
            File.close(handle);
        }
    }

    /** For messages. */
    String nameOf(Path path) {
        return this.path.resolve(path).toString();
    }

    @Override
    public String toString() {
        String name = path.toString();
        return name.isEmpty() ? "." : name;
    }
}
