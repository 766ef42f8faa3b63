package io.tardy.os;

import io.tardy.aio.AsyncSubmission;
import io.tardy.aio.DirEntry;
import io.tardy.aio.Errno;
import io.tardy.aio.OpenError;
import io.tardy.aio.ReadError;
import io.tardy.aio.Stat;
import io.tardy.aio.StatEntry;
import io.tardy.aio.StatError;
import io.tardy.aio.TardyIOException;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.ByteBuffer;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.function.BooleanSupplier;

/** {@link FileCalls} through the C library of Linux. */
final class LinuxFileCalls extends FileCalls {

    /** Through memory of this size go heap buffers. */
    private static final int HEAP_BYTES_MAX = 64 * 1024;

    /** How often an operation that waits for another process looks whether it was cancelled. */
    private static final int LOOK_MILLIS = 20;

    /** A pipe that poll(2) calls writable takes so much without a wait: PIPE_BUF, see pipe(7). */
    private static final int PIPE_BYTES = 4096;

    private static final int ENTRIES_BYTES = 32 * 1024;

    private static final Path HERE = Path.of(".");

    private static final short POLLIN = 1;
    private static final short POLLOUT = 4;

    private final RequestCalls requests = new LinuxRequests();

    @Override
    protected RequestCalls requests() {
        return requests;
    }

    @Override
    public FileHandle watch(FileHandle directory) throws TardyIOException {
        return LinuxWatches.watch(LinuxFiles.directory(directory));
    }

    @Override
    public FileHandle standard(int number) {
        return new DescriptorFile(number);
    }

    /**
     * Opens without waiting: a FIFO would wait for its other end, where it could not be cancelled.
     * What one would have waited for in open, one waits for in read; only a writer must know.
     */
    @Override
    protected FileHandle open(AsyncSubmission.Open open, BooleanSupplier isCancelled)
            throws ErrnoException {
        int flags = LinuxFiles.openFlags(open.flags()) | LinuxFiles.O_NONBLOCK;
        MemorySegment path = MemorySegment.ofBuffer(LinuxFiles.path(open.path()));
        int directory = LinuxFiles.directory(open.file());
        for (; ; ) {
            int descriptor = LinuxCalls.openat(directory, path, flags, open.flags().permissions());
            if (descriptor >= 0) {
                return DescriptorFile.openedHere(descriptor, open.flags());
            }
            boolean isFifoWithoutReader =
                    descriptor == -Errno.ENXIO.number() && isFifo(directory, path);
            // A holder of a lease on the file (F_SETLEASE of fcntl(2)) gets time to end its work.
            if (!isFifoWithoutReader && descriptor != -Errno.EAGAIN.number()) {
                throw new ErrnoException(-descriptor);
            }
            requireWanted(isCancelled);
            pause();
        }
    }

    @Override
    protected Void delete(AsyncSubmission.Delete delete) throws ErrnoException {
        check(
                LinuxCalls.unlinkat(
                        LinuxFiles.directory(delete.file()),
                        MemorySegment.ofBuffer(LinuxFiles.path(delete.path())),
                        delete.isDirectory() ? LinuxFiles.AT_REMOVEDIR : 0));
        return null;
    }

    @Override
    protected Void mkdir(AsyncSubmission.Mkdir mkdir) throws ErrnoException {
        check(
                LinuxCalls.mkdirat(
                        LinuxFiles.directory(mkdir.file()),
                        MemorySegment.ofBuffer(LinuxFiles.path(mkdir.path())),
                        mkdir.mode()));
        return null;
    }

    @Override
    protected Void rename(AsyncSubmission.Rename rename) throws ErrnoException {
        check(
                LinuxCalls.renameat(
                        LinuxFiles.directory(rename.file()),
                        MemorySegment.ofBuffer(LinuxFiles.path(rename.path())),
                        MemorySegment.ofBuffer(LinuxFiles.path(rename.to()))));
        return null;
    }

    @Override
    protected Void sync(AsyncSubmission.Sync sync) throws ErrnoException {
        check(LinuxCalls.sync(((DescriptorFile) sync.file()).descriptor(), sync.isDataOnly()));
        return null;
    }

    @Override
    protected Void truncate(AsyncSubmission.Truncate truncate) throws ErrnoException {
        int descriptor = ((DescriptorFile) truncate.file()).descriptor();
        check(LinuxCalls.ftruncate(descriptor, truncate.length()));
        return null;
    }

    @Override
    protected Stat stat(AsyncSubmission.StatPath stat) throws ErrnoException {
        return stat(
                LinuxFiles.directory(stat.file()),
                MemorySegment.ofBuffer(LinuxFiles.path(stat.path())),
                LinuxFiles.statFlags(stat.path(), stat.followsLinks()));
    }

    private static Stat stat(int directory, MemorySegment path, int flags) throws ErrnoException {
        try (Arena arena = Arena.ofConfined()) {
            MemorySegment statx = arena.allocate(LinuxFiles.STATX_BYTES, 8);
            int mask = LinuxFiles.STATX_MASK | LinuxFiles.STATX_MOUNT;
            check(LinuxCalls.statx(directory, path, flags, mask, statx));
            boolean isOfDirectory = (flags & LinuxFiles.AT_EMPTY_PATH) != 0;
            if (!isOfDirectory && LocalMounts.of(statx) == LocalMounts.Kind.UNKNOWN) {
                learn(directory, path, flags);
            }
            return LinuxFiles.stat(statx);
        }
    }

    /** Of the mount of a path, if that still leads there. */
    private static void learn(int directory, MemorySegment path, int flags) {
        boolean followsLinks = (flags & LinuxFiles.AT_SYMLINK_NOFOLLOW) == 0;
        int found =
                LinuxCalls.openat(
                        directory,
                        path,
                        LinuxFiles.O_PATH
                                | LinuxFiles.O_CLOEXEC
                                | (followsLinks ? 0 : LinuxFiles.O_NOFOLLOW),
                        0);
        if (found < 0) {
            return; // nobody has asked for it
        }
        try (Arena arena = Arena.ofConfined()) {
            MemorySegment again = arena.allocate(LinuxFiles.STATX_BYTES, 8);
            int outcome =
                    LinuxCalls.statx(
                            found,
                            arena.allocateFrom(""),
                            LinuxFiles.AT_EMPTY_PATH | LinuxFiles.AT_STATX_DONT_SYNC,
                            LinuxFiles.STATX_MOUNT,
                            again);
            if (outcome >= 0) {
                LocalMounts.learn(found, again);
            }
        } finally {
            LinuxCalls.close(found);
        }
    }

    private static boolean isFifo(int directory, MemorySegment path) throws ErrnoException {
        return stat(directory, path, 0).kind() == io.tardy.aio.FileKind.FIFO;
    }

    @Override
    protected Integer read(AsyncSubmission.Read read, long offset, BooleanSupplier isCancelled)
            throws ErrnoException {
        ByteBuffer into = read.buffer();
        DescriptorFile file = (DescriptorFile) read.file();
        if (into.isDirect()) {
            int count = read(file, MemorySegment.ofBuffer(into), offset, isCancelled);
            into.position(into.position() + count);
            return count;
        }
        try (Arena arena = Arena.ofConfined()) {
            MemorySegment memory = arena.allocate(Math.min(into.remaining(), HEAP_BYTES_MAX));
            int count = read(file, memory, offset, isCancelled);
            into.put(memory.asSlice(0, count).asByteBuffer());
            return count;
        }
    }

    private static int read(
            DescriptorFile file, MemorySegment into, long offset, BooleanSupplier isCancelled)
            throws ErrnoException {
        if (file.waitsUntilReady()) {
            awaitReady(file, POLLIN, isCancelled);
        }
        for (; ; ) {
            int count =
                    offset < 0
                            ? LinuxCalls.read(file.descriptor(), into)
                            : LinuxCalls.pread(file.descriptor(), into, offset);
            if (count >= 0) {
                return count;
            }
            awaitRetry(count, file, POLLIN, isCancelled);
        }
    }

    @Override
    protected Integer write(AsyncSubmission.Write write, long offset, BooleanSupplier isCancelled)
            throws ErrnoException {
        ByteBuffer from = write.buffer();
        DescriptorFile file = (DescriptorFile) write.file();
        int count;
        if (from.isDirect()) {
            count = write(file, MemorySegment.ofBuffer(from), offset, isCancelled);
        } else {
            try (Arena arena = Arena.ofConfined()) {
                int length = Math.min(from.remaining(), HEAP_BYTES_MAX);
                MemorySegment memory = arena.allocate(length);
                memory.asByteBuffer().put(0, from, from.position(), length);
                count = write(file, memory, offset, isCancelled);
            }
        }
        from.position(from.position() + count);
        return count;
    }

    private static int write(
            DescriptorFile file, MemorySegment from, long offset, BooleanSupplier isCancelled)
            throws ErrnoException {
        boolean waits = file.waitsUntilReady();
        MemorySegment part =
                waits && from.byteSize() > PIPE_BYTES ? from.asSlice(0, PIPE_BYTES) : from;
        if (waits) {
            awaitReady(file, POLLOUT, isCancelled);
        }
        for (; ; ) {
            int count =
                    offset < 0
                            ? LinuxCalls.write(file.descriptor(), part)
                            : LinuxCalls.pwrite(file.descriptor(), part, offset);
            if (count >= 0) {
                return count;
            }
            awaitRetry(count, file, POLLOUT, isCancelled);
        }
    }

    @Override
    public List<DirEntry> list(FileHandle directory) throws TardyIOException {
        List<DirEntry> entries = new ArrayList<>();
        forEach(
                LinuxFiles.directory(directory),
                HERE,
                (listed, name, bytes, type) ->
                        entries.add(
                                new DirEntry(PathBytes.path(bytes), LinuxFiles.kindOfEntry(type))));
        return entries;
    }

    @Override
    public List<StatEntry> listStats(FileHandle directory, Path path) throws TardyIOException {
        List<StatEntry> entries = new ArrayList<>();
        try (Arena arena = Arena.ofConfined()) {
            MemorySegment statx = arena.allocate(LinuxFiles.STATX_BYTES, 8);
            MemorySegment state = CLibrary.newState(arena);
            forEach(
                    LinuxFiles.directory(directory),
                    path,
                    (listed, name, bytes, type) -> {
                        int outcome =
                                LinuxCalls.statx(
                                        listed,
                                        name,
                                        LinuxFiles.AT_SYMLINK_NOFOLLOW,
                                        LinuxFiles.STATX_MASK,
                                        statx,
                                        state);
                        if (outcome >= 0) {
                            entries.add(
                                    new StatEntry(PathBytes.path(bytes), LinuxFiles.stat(statx)));
                        } else if (outcome != -Errno.ENOENT.number()) { // else it is gone
                            throw new TardyIOException("stat", StatError.class, -outcome);
                        }
                    });
        }
        return entries;
    }

    /** What is done with an entry of a directory. */
    private interface EntryUse {

        /**
         * @param directory its descriptor
         * @param name with a zero at its end
         * @param bytes of the name
         * @param type as of getdents(2)
         */
        void use(int directory, MemorySegment name, byte[] bytes, int type) throws TardyIOException;
    }

    /** With a descriptor of its own, which has a position of its own. */
    private static void forEach(int directory, Path path, EntryUse use) throws TardyIOException {
        int own = DirectoriesBelow.open(directory, path);
        if (own < 0) {
            throw new TardyIOException("list", OpenError.class, -own);
        }
        try (Arena arena = Arena.ofConfined()) {
            forEachOf(own, arena.allocate(ENTRIES_BYTES, 8), use);
        } finally {
            LinuxCalls.close(own);
        }
    }

    private static void forEachOf(int directory, MemorySegment memory, EntryUse use)
            throws TardyIOException {
        for (; ; ) {
            int count = LinuxCalls.getdents(directory, memory);
            if (count < 0) {
                throw new TardyIOException("list", ReadError.class, -count);
            }
            if (count == 0) {
                return;
            }
            for (long at = 0; at < count; at += memory.get(ValueLayout.JAVA_SHORT, at + 16)) {
                MemorySegment name = memory.asSlice(at + 19);
                byte[] bytes = textOf(name);
                if (!isDots(bytes)) {
                    use.use(directory, name, bytes, memory.get(ValueLayout.JAVA_BYTE, at + 18));
                }
            }
        }
    }

    /** Whether it is the name of the directory itself, or of its parent. */
    private static boolean isDots(byte[] name) {
        return name[0] == '.' && (name.length == 1 || name.length == 2 && name[1] == '.');
    }

    /** The bytes until the zero. */
    private static byte[] textOf(MemorySegment name) {
        int length = 0;
        while (name.get(ValueLayout.JAVA_BYTE, length) != 0) {
            length++;
        }
        return name.asSlice(0, length).toArray(ValueLayout.JAVA_BYTE);
    }

    private static void awaitReady(DescriptorFile file, short events, BooleanSupplier isCancelled)
            throws ErrnoException {
        try (Arena arena = Arena.ofConfined()) {
            MemorySegment pollfd = arena.allocate(8, 4);
            pollfd.set(ValueLayout.JAVA_INT, 0, file.descriptor());
            pollfd.set(ValueLayout.JAVA_SHORT, 4, events);
            for (; ; ) {
                int ready = LinuxCalls.poll(pollfd, isCancelled == NOT_WAITING ? 0 : LOOK_MILLIS);
                if (ready > 0) {
                    return;
                }
                if (ready < 0) {
                    throw new ErrnoException(-ready);
                }
                if (file.isClosed()) {
                    throw new ErrnoException(Errno.EBADF);
                }
                requireWanted(isCancelled);
            }
        }
    }

    /** After a call that did nothing: waits until it is worth another try, or throws why not. */
    private static void awaitRetry(
            int outcome, DescriptorFile file, short events, BooleanSupplier isCancelled)
            throws ErrnoException {
        if (outcome == -Errno.EAGAIN.number()) { // others were faster, or it is one like /proc/kmsg
            requireWanted(isCancelled);
            awaitReady(file, events, isCancelled);
        } else {
            throw new ErrnoException(-outcome);
        }
    }

    /** Nothing is open yet that poll(2) could be asked about: the system has to be asked again. */
    private static void pause() {
        try {
            Thread.sleep(LOOK_MILLIS);
        } catch (InterruptedException e) {
            // Who ends this wait says so by isCancelled, at which the caller looks next.
        }
    }

    private static void check(int outcome) throws ErrnoException {
        if (outcome < 0) {
            throw new ErrnoException(-outcome);
        }
    }
}
