package io.tardy.os;

import io.tardy.aio.AsyncSubmission;
import io.tardy.aio.DirEntry;
import io.tardy.aio.Errno;
import io.tardy.aio.OpenError;
import io.tardy.aio.ReadError;
import io.tardy.aio.Stat;
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

    private static final Path SELF = Path.of(".");
    private static final Path PARENT = Path.of("..");

    private static final short POLLIN = 1;
    private static final short POLLOUT = 4;

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
                return DescriptorFile.opened(descriptor, open.flags());
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
    protected Void sync(AsyncSubmission.Sync sync) throws ErrnoException {
        check(LinuxCalls.sync(((DescriptorFile) sync.file()).descriptor(), sync.isDataOnly()));
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
            check(LinuxCalls.statx(directory, path, flags, LinuxFiles.STATX_MASK, statx));
            return LinuxFiles.stat(statx);
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
        int own;
        try (Arena arena = Arena.ofConfined()) {
            // A descriptor of its own has a position of its own.
            int flags = LinuxFiles.openFlags(io.tardy.aio.AsyncOpenFlags.DIRECTORY);
            MemorySegment here = arena.allocateFrom(".");
            own = LinuxCalls.openat(LinuxFiles.directory(directory), here, flags, 0);
            if (own < 0) {
                throw new TardyIOException("list", OpenError.class, -own);
            }
            try {
                return entries(own, arena.allocate(ENTRIES_BYTES, 8));
            } finally {
                LinuxCalls.close(own);
            }
        }
    }

    private static List<DirEntry> entries(int directory, MemorySegment memory)
            throws TardyIOException {
        List<DirEntry> entries = new ArrayList<>();
        for (; ; ) {
            int count = LinuxCalls.getdents(directory, memory);
            if (count < 0) {
                throw new TardyIOException("list", ReadError.class, -count);
            }
            if (count == 0) {
                return entries;
            }
            for (long at = 0; at < count; at += memory.get(ValueLayout.JAVA_SHORT, at + 16)) {
                Path name = PathBytes.path(nameAt(memory, at + 19));
                if (!name.equals(SELF) && !name.equals(PARENT)) {
                    int type = memory.get(ValueLayout.JAVA_BYTE, at + 18);
                    entries.add(new DirEntry(name, LinuxFiles.kindOfEntry(type)));
                }
            }
        }
    }

    /** The bytes until the zero. */
    private static byte[] nameAt(MemorySegment memory, long at) {
        int length = 0;
        while (memory.get(ValueLayout.JAVA_BYTE, at + length) != 0) {
            length++;
        }
        return memory.asSlice(at, length).toArray(ValueLayout.JAVA_BYTE);
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

    private static void pause() {
        try {
            Thread.sleep(LOOK_MILLIS);
        } catch (InterruptedException e) {
            // The pool ends, and its waits are cancelled: the caller looks at that next.
        }
    }

    private static void check(int outcome) throws ErrnoException {
        if (outcome < 0) {
            throw new ErrnoException(-outcome);
        }
    }
}
