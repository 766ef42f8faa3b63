package io.tardy.os;

import io.tardy.aio.AsyncOpenFlags;
import io.tardy.aio.FileKind;
import io.tardy.aio.OpenFile;
import io.tardy.aio.Stat;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.ByteBuffer;
import java.nio.file.Path;
import java.time.Instant;

/**
 * The numbers and structures in which Linux speaks of files: the same for its system calls and for
 * io_uring. See open(2) and statx(2).
 */
public final class LinuxFiles {

    /** For a directory's descriptor: relative paths begin at the working directory. */
    public static final int AT_FDCWD = -100;

    /** A path is never longer than this, its end included. */
    public static final int PATH_BYTES_MAX = 4096;

    /** The size of {@code struct statx}. */
    public static final int STATX_BYTES = 256;

    /** STATX_BASIC_STATS and STATX_BTIME. */
    public static final int STATX_MASK = 0x0fff;

    /** STATX_MNT_ID and STATX_MNT_ID_UNIQUE: which mount it is on; see {@link LocalMounts}. */
    static final int STATX_MOUNT = 0x5000;

    /** For unlinkat: a directory. */
    public static final int AT_REMOVEDIR = 0x200;

    static final int AT_SYMLINK_NOFOLLOW = 0x100;
    static final int AT_EMPTY_PATH = 0x1000;

    /** What the system has in memory, even if a server may know better. */
    static final int AT_STATX_DONT_SYNC = 0x4000;

    /** A descriptor that stands for a path, and opens nothing. */
    static final int O_PATH = 010000000;

    private static final int O_WRONLY = 1;
    private static final int O_RDWR = 2;
    private static final int O_CREAT = 0100;
    private static final int O_EXCL = 0200;
    private static final int O_NOCTTY = 0400;
    private static final int O_TRUNC = 01000;
    private static final int O_APPEND = 02000;
    private static final int O_SYNC = 04010000;
    static final int O_CLOEXEC = 02000000;

    // The few numbers that differ between processors.
    private static final boolean IS_ARM = System.getProperty("os.arch").equals("aarch64");
    private static final int O_DIRECTORY = IS_ARM ? 040000 : 0200000;
    private static final int O_DIRECT = IS_ARM ? 0200000 : 040000;
    private static final int O_TMPFILE = 020000000 | O_DIRECTORY;
    static final int O_NOFOLLOW = IS_ARM ? 0100000 : 0400000;

    /** With it no open and no operation waits; see fifo(7). */
    public static final int O_NONBLOCK = 04000;

    /** What {@code fstatfs} says of a file in /proc. */
    private static final long PROC_SUPER_MAGIC = 0x9fa0;

    private static final int S_IFMT = 0170000;
    private static final int S_IFIFO = 0010000;
    private static final int S_IFCHR = 0020000;
    private static final int S_IFDIR = 0040000;
    private static final int S_IFBLK = 0060000;
    private static final int S_IFREG = 0100000;
    private static final int S_IFLNK = 0120000;
    private static final int S_IFSOCK = 0140000;

    private static final int STATX_TYPE = 0x1;
    private static final int STATX_SIZE = 0x200;
    private static final int STATX_BTIME = 0x800;
    private static final int STATX_MODE_AT = 28;
    private static final int STATX_DEVICE_MAJOR_AT = 128;

    /** Of /dev/null, /dev/zero, /dev/full and their like. */
    private static final int MEMORY_DEVICES = 1;

    private static final int STATX_SIZE_AT = 40;

    private LinuxFiles() {}

    /** The descriptor to give to the calls that end in {@code at}. */
    public static int directory(OpenFile handle) {
        return handle == null ? AT_FDCWD : ((DescriptorFile) handle).descriptor();
    }

    /** A path as the system wants it: its bytes and a zero, in a buffer of their own. */
    public static ByteBuffer path(Path path) {
        byte[] bytes = PathBytes.of(path);
        return ByteBuffer.allocateDirect(bytes.length + 1).put(bytes).put((byte) 0).flip();
    }

    /** The same in memory of an arena. */
    static MemorySegment path(Path path, Arena arena) {
        byte[] bytes = PathBytes.of(path);
        MemorySegment memory = arena.allocate(bytes.length + 1L); // zeros
        MemorySegment.copy(bytes, 0, memory, ValueLayout.JAVA_BYTE, 0, bytes.length);
        return memory;
    }

    /** The second argument of open(2). */
    public static int openFlags(AsyncOpenFlags flags) {
        int mode =
                switch (flags.mode()) {
                    case READ -> 0;
                    case WRITE -> O_WRONLY;
                    case READ_WRITE -> O_RDWR;
                };
        return mode
                | O_CLOEXEC
                | O_NOCTTY
                | (flags.create() ? O_CREAT : 0)
                | (flags.exclusive() ? O_EXCL : 0)
                | (flags.truncate() ? O_TRUNC : 0)
                | (flags.append() ? O_APPEND : 0)
                | (flags.directory() ? O_DIRECTORY : 0)
                | (flags.followsLinks() ? 0 : O_NOFOLLOW)
                | (flags.sync() ? O_SYNC : 0)
                | (flags.direct() ? O_DIRECT : 0)
                | (flags.unnamed() ? O_TMPFILE : 0);
    }

    /** The flags of statx(2). */
    public static int statFlags(Path path, boolean followsLinks) {
        return (path.toString().isEmpty() ? AT_EMPTY_PATH : 0)
                | (followsLinks ? 0 : AT_SYMLINK_NOFOLLOW);
    }

    /** What a {@code struct statx} says that it is. */
    static FileKind kind(MemorySegment statx) {
        return kind(statx.get(ValueLayout.JAVA_SHORT, STATX_MODE_AT) & 0xffff);
    }

    /** How many names a {@code struct statx} says that it has. */
    static int links(MemorySegment statx) {
        return statx.get(ValueLayout.JAVA_INT, 16);
    }

    /** Reads a {@code struct statx}. */
    public static Stat stat(MemorySegment statx) {
        int mode = statx.get(ValueLayout.JAVA_SHORT, STATX_MODE_AT) & 0xffff;
        boolean hasCreated = (statx.get(ValueLayout.JAVA_INT, 0) & STATX_BTIME) != 0;
        return new Stat(
                statx.get(ValueLayout.JAVA_LONG, 40),
                kind(mode),
                mode & ~S_IFMT,
                time(statx, 64),
                time(statx, 112),
                time(statx, 96),
                hasCreated ? time(statx, 80) : null,
                statx.get(ValueLayout.JAVA_LONG, 32),
                Integer.toUnsignedLong(statx.get(ValueLayout.JAVA_INT, 16)),
                device(
                        statx.get(ValueLayout.JAVA_INT, LocalMounts.DEVICE_AT),
                        statx.get(ValueLayout.JAVA_INT, LocalMounts.DEVICE_AT + 4)),
                statx.get(ValueLayout.JAVA_LONG, 48),
                statx.get(ValueLayout.JAVA_INT, 4),
                statx.get(ValueLayout.JAVA_INT, 20),
                statx.get(ValueLayout.JAVA_INT, 24));
    }

    /** Both halves in one number, as stat(2) has it; see makedev(3). */
    private static long device(long major, long minor) {
        return (major & 0xfff) << 8
                | (major & 0xfffff000) << 32
                | minor & 0xff
                | (minor & 0xffffff00) << 12;
    }

    /**
     * What an open descriptor leads to; from what the system knows without asking the disk.
     *
     * @param isOfProc whether it is a file that the kernel writes when it is read, of /proc
     * @param takesAtLeisure whether a write may wait although poll(2) calls it ready: a device that
     *     is more than memory, as terminals and printers are, takes what was begun to the end
     * @param isLocal whether the system has what it tells of it in memory, as of {@link
     *     LocalMounts}
     */
    record Opened(FileKind kind, boolean isOfProc, boolean takesAtLeisure, boolean isLocal) {

        /** Nobody has told. */
        static final Opened UNKNOWN = new Opened(FileKind.UNKNOWN, false, false, false);

        /** It reports events, one after the other. */
        static final Opened EVENTS = new Opened(FileKind.FIFO, false, false, false);

        /** A file or a directory of a local disk. */
        static Opened local(FileKind kind) {
            return new Opened(kind, false, false, true);
        }

        /**
         * @param mayWait whether it may wait to learn of the mount
         */
        static Opened of(int descriptor, boolean mayWait) throws ErrnoException {
            try (Arena arena = Arena.ofConfined()) {
                MemorySegment statx = arena.allocate(STATX_BYTES, 8);
                int outcome =
                        LinuxCalls.statx(
                                descriptor,
                                arena.allocateFrom(""),
                                AT_EMPTY_PATH | AT_STATX_DONT_SYNC,
                                STATX_TYPE | STATX_SIZE | STATX_MOUNT,
                                statx);
                if (outcome < 0) {
                    throw new ErrnoException(-outcome);
                }
                FileKind kind =
                        LinuxFiles.kind(statx.get(ValueLayout.JAVA_SHORT, STATX_MODE_AT) & 0xffff);
                boolean isEmpty = statx.get(ValueLayout.JAVA_LONG, STATX_SIZE_AT) == 0;
                LocalMounts.Kind mount =
                        mayWait ? LocalMounts.learn(descriptor, statx) : LocalMounts.of(statx);
                // As all of /proc say they are.
                boolean mayBeOfProc =
                        kind == FileKind.FILE && isEmpty && mount != LocalMounts.Kind.LOCAL;
                return new Opened(
                        kind,
                        mayBeOfProc && (Proc.has(statx) || mayWait && isOfProc(descriptor)),
                        kind == FileKind.CHARACTER_DEVICE
                                && statx.get(ValueLayout.JAVA_INT, STATX_DEVICE_MAJOR_AT)
                                        != MEMORY_DEVICES,
                        mount == LocalMounts.Kind.LOCAL);
            }
        }

        /** Also where it is mounted a second time. Asks a server, of a file that a server has. */
        private static boolean isOfProc(int descriptor) throws ErrnoException {
            long fileSystem = LinuxCalls.fileSystemOf(descriptor);
            if (fileSystem < 0) {
                throw new ErrnoException((int) -fileSystem);
            }
            return fileSystem == PROC_SUPER_MAGIC;
        }
    }

    /** /proc, which is known by its device without asking anybody. */
    private static final class Proc {

        private static final long DEVICE = device();

        /** 0 where there is none. */
        private static long device() {
            try (Arena arena = Arena.ofConfined()) {
                MemorySegment statx = arena.allocate(STATX_BYTES, 8);
                int outcome =
                        LinuxCalls.statx(
                                AT_FDCWD,
                                arena.allocateFrom("/proc/self/status"),
                                AT_STATX_DONT_SYNC,
                                STATX_TYPE,
                                statx);
                return outcome < 0 ? 0 : LocalMounts.deviceOf(statx);
            }
        }

        static boolean has(MemorySegment statx) {
            return DEVICE != 0 && LocalMounts.deviceOf(statx) == DEVICE;
        }
    }

    /** What an entry of a directory is, as getdents(2) says it: the type's bits, shifted. */
    static FileKind kindOfEntry(int type) {
        return kind(type << 12);
    }

    /** The kind of a file by the mode that stat(2) tells; the same on all Unix systems. */
    static FileKind kind(int mode) {
        return switch (mode & S_IFMT) {
            case S_IFREG -> FileKind.FILE;
            case S_IFDIR -> FileKind.DIRECTORY;
            case S_IFLNK -> FileKind.SYMBOLIC_LINK;
            case S_IFIFO -> FileKind.FIFO;
            case S_IFSOCK -> FileKind.SOCKET;
            case S_IFCHR -> FileKind.CHARACTER_DEVICE;
            case S_IFBLK -> FileKind.BLOCK_DEVICE;
            default -> FileKind.UNKNOWN;
        };
    }

    private static Instant time(MemorySegment statx, long offset) {
        return Instant.ofEpochSecond(
                statx.get(ValueLayout.JAVA_LONG, offset),
                statx.get(ValueLayout.JAVA_INT, offset + 8));
    }
}
