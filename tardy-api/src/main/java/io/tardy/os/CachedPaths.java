package io.tardy.os;

import io.tardy.aio.AsyncOpenFlags;
import io.tardy.aio.AsyncSubmission;
import io.tardy.aio.Errno;
import io.tardy.aio.FileKind;
import io.tardy.aio.FileMode;
import io.tardy.aio.OpenFile;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.file.Path;

/**
 * Opens, closes and tells about what the kernel knows without the disk, in the frame that asks:
 * that needs no transport and no thread, for it never waits. A path counts as known if the kernel
 * finds it in its cache of names ({@code RESOLVE_CACHED} of openat2(2)) on a local file system
 * ({@link LocalMounts}). Everything else is left alone, failures too.
 *
 * <p>For one runtime, on its thread.
 */
public final class CachedPaths {

    /**
     * The outcome of an attempt: a thread that may wait learns whether the next one is worth it.
     */
    public static final Object UNKNOWN_MOUNT = new Object();

    private static final long RESOLVE_NO_XDEV = 0x01;
    private static final long RESOLVE_CACHED = 0x20;

    /** Of statx(2): about the descriptor, from memory. */
    private static final int FLAGS = LinuxFiles.AT_EMPTY_PATH | LinuxFiles.AT_STATX_DONT_SYNC;

    private static final int HOW_BYTES = 24;
    private static final MemorySegment NO_PATH = Arena.global().allocateFrom("");

    /** Whether the system has the call: Linux does since 5.12, if nothing forbids it. */
    private static volatile boolean isOffered = FileCalls.system() instanceof LinuxFileCalls;

    private final MemorySegment state = CLibrary.newState();
    private final MemorySegment statx = Arena.ofAuto().allocate(LinuxFiles.STATX_BYTES, 8);
    private final MemorySegment how = Arena.ofAuto().allocate(HOW_BYTES, 8);
    private final MemorySegment path = Arena.ofAuto().allocate(LinuxFiles.PATH_BYTES_MAX, 8);

    /** A frame may be suspended even here, where the JVM loads a class; the others wait then. */
    private boolean isTaken;

    /** For a runtime. */
    public CachedPaths() {}

    /**
     * Does it if that takes no wait. The file that it is relative to is held meanwhile, unless it
     * is the one to close.
     *
     * @return the outcome; null if nothing has happened; {@link #UNKNOWN_MOUNT} if besides it may
     *     be different next time
     */
    public Object attempt(AsyncSubmission.OnFile submission) {
        if (isTaken) {
            return null;
        }
        isTaken = true;
        try {
            return switch (submission) {
                case AsyncSubmission.StatPath stat -> stat(stat);
                case AsyncSubmission.Open open -> open(open);
                default -> null;
            };
        } finally {
            isTaken = false;
        }
    }

    /** Whether an operation of this kind is worth an attempt. */
    public static boolean mayHave(AsyncSubmission.OnFile submission) {
        return isOffered
                && (submission.file() == null || submission.file() instanceof DescriptorFile)
                && switch (submission) {
                    case AsyncSubmission.StatPath stat -> true;
                    case AsyncSubmission.Open open -> isToRead(open.flags());
                    default -> false;
                };
    }

    /** What is made or changed is the disk's business. */
    private static boolean isToRead(AsyncOpenFlags flags) {
        return flags.mode() == FileMode.READ
                && !flags.create()
                && !flags.truncate()
                && !flags.append()
                && !flags.sync()
                && !flags.unnamed();
    }

    private Object stat(AsyncSubmission.StatPath stat) {
        boolean isOfFile = stat.path().toString().isEmpty();
        if (isOfFile) {
            return stat.file() instanceof DescriptorFile file && file.isLocal()
                    ? statOf(file.descriptor())
                    : null;
        }
        if (!putPath(stat.path())) {
            return null;
        }
        int found = find(stat.file(), stat.followsLinks());
        if (found < 0) {
            return null;
        }
        Object outcome = statOf(found);
        LinuxCalls.close(found, state);
        return outcome;
    }

    private Object statOf(int descriptor) {
        int outcome = ask(descriptor);
        if (outcome < 0) {
            return new Outcome.Failed(-outcome);
        }
        return switch (LocalMounts.of(statx)) {
            case LOCAL -> LinuxFiles.stat(statx);
            case OTHER -> null;
            case UNKNOWN -> UNKNOWN_MOUNT;
        };
    }

    /**
     * The path is looked up twice. The first time opens nothing, and shows what would be opened: a
     * device, or a file that another program serves, may wait however well its name is known.
     */
    private Object open(AsyncSubmission.Open open) {
        if (!putPath(open.path())) {
            return null;
        }
        AsyncOpenFlags flags = open.flags();
        boolean staysHere =
                flags.directory() && open.file() instanceof DescriptorFile file && file.isLocal();
        if (!staysHere) {
            int found = find(open.file(), flags.followsLinks());
            if (found < 0) {
                return null;
            }
            Object refusal = refusal(found);
            LinuxCalls.close(found, state);
            if (refusal != this) {
                return refusal;
            }
        }
        int descriptor =
                openat2(
                        open.file(),
                        LinuxFiles.openFlags(flags) | LinuxFiles.O_NONBLOCK,
                        staysHere ? RESOLVE_CACHED | RESOLVE_NO_XDEV : RESOLVE_CACHED);
        if (descriptor < 0) {
            return null;
        }
        Object outcome = refusal(descriptor); // it may have become another meanwhile
        if (outcome == this) {
            FileKind kind = LinuxFiles.kind(statx);
            // Only files are read by io_uring, which could take O_NONBLOCK for "not from the disk".
            int set =
                    kind == FileKind.DIRECTORY
                            ? 0
                            : LinuxCalls.setFlags(descriptor, LinuxFiles.openFlags(flags));
            if (set >= 0) {
                return DescriptorFile.local(descriptor, flags, kind);
            }
            outcome = new Outcome.Failed(-set);
        }
        LinuxCalls.close(descriptor, state);
        return outcome;
    }

    /** This if what a descriptor leads to is opened without a wait; else the attempt's outcome. */
    private Object refusal(int descriptor) {
        int outcome = ask(descriptor);
        if (outcome < 0) {
            return new Outcome.Failed(-outcome);
        }
        FileKind kind = LinuxFiles.kind(statx);
        if (kind != FileKind.FILE && kind != FileKind.DIRECTORY) {
            return null;
        }
        return switch (LocalMounts.of(statx)) {
            case LOCAL -> this;
            case OTHER -> null;
            case UNKNOWN -> UNKNOWN_MOUNT;
        };
    }

    /**
     * Whether closing a file waits for nothing: it was only read, and still has a name, so that
     * there is nothing to write and no space to free.
     */
    public boolean closesAtOnce(DescriptorFile file) {
        if (isTaken || !file.isLocalToRead()) {
            return false;
        }
        isTaken = true;
        try {
            long outcome =
                    LinuxCalls.statxOnce(
                            file.descriptor(), NO_PATH, FLAGS, LinuxFiles.STATX_MASK, statx, state);
            return outcome >= 0 && LinuxFiles.links(statx) > 0;
        } finally {
            isTaken = false;
        }
    }

    /** Has the system tell about an open file into {@link #statx}, from its memory. */
    private int ask(int descriptor) {
        int mask = LinuxFiles.STATX_MASK | LinuxFiles.STATX_MOUNT;
        return LinuxCalls.statx(descriptor, NO_PATH, FLAGS, mask, statx, state);
    }

    /** A descriptor that stands for the path, of whatever kind and wherever it is; or negative. */
    private int find(OpenFile directory, boolean followsLinks) {
        int flags =
                LinuxFiles.O_PATH
                        | LinuxFiles.O_CLOEXEC
                        | (followsLinks ? 0 : LinuxFiles.O_NOFOLLOW);
        return openat2(directory, flags, RESOLVE_CACHED);
    }

    private int openat2(OpenFile directory, int flags, long resolve) {
        how.set(ValueLayout.JAVA_LONG, 0, flags);
        how.set(ValueLayout.JAVA_LONG, 8, 0);
        how.set(ValueLayout.JAVA_LONG, 16, resolve);
        int outcome = LinuxCalls.openat2(LinuxFiles.directory(directory), path, how, state);
        if (outcome == -Errno.ENOSYS.number()
                || outcome == -Errno.EINVAL.number()
                || outcome == -Errno.EPERM.number()) {
            isOffered = false; // by this kernel, or by what guards it
        }
        return outcome;
    }

    /** False for one that is too long to be known. */
    private boolean putPath(Path asked) {
        byte[] bytes = PathBytes.of(asked);
        if (bytes.length >= LinuxFiles.PATH_BYTES_MAX) {
            return false;
        }
        MemorySegment.copy(bytes, 0, path, ValueLayout.JAVA_BYTE, 0, bytes.length);
        path.set(ValueLayout.JAVA_BYTE, bytes.length, (byte) 0);
        return true;
    }
}
