package io.tardy.os;

import io.tardy.aio.AsyncOpenFlags;
import io.tardy.aio.Errno;
import io.tardy.aio.FileKind;
import io.tardy.aio.FileMode;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;

/** A file that is a Unix descriptor. */
public final class DescriptorFile extends FileHandle {

    private static final int STANDARD_MAX = 2;
    private static final int O_RDWR = 2;
    private static final MemorySegment DEV_NULL = Arena.global().allocateFrom("/dev/null");

    private final int descriptor;

    /** Null for one that we have not opened: others may use it too. */
    private final AsyncOpenFlags flags;

    /** Null until the system is asked, for a descriptor that we have not opened. */
    private volatile LinuxFiles.Opened opened;

    /** Its file system has none, as was seen. */
    private volatile boolean cachedReadsEnded;

    /** Takes over a descriptor that others have opened and may keep using. */
    public DescriptorFile(int descriptor) {
        this(descriptor, null);
    }

    private DescriptorFile(int descriptor, AsyncOpenFlags flags) {
        this.descriptor = descriptor;
        this.flags = flags;
    }

    /**
     * Takes over a descriptor that was opened like this, and asks the system what it leads to: on
     * that depends how it is read.
     *
     * @throws ErrnoException if the system does not tell; it is closed then
     */
    private static DescriptorFile opened(int descriptor, AsyncOpenFlags flags, boolean mayWait)
            throws ErrnoException {
        DescriptorFile file = new DescriptorFile(descriptor, flags);
        try {
            file.opened = LinuxFiles.Opened.of(descriptor, mayWait);
            return file;
        } catch (ErrnoException | RuntimeException | Error e) {
            file.closeDescriptor();
            throw e;
        }
    }

    /**
     * The same, of one that was opened without a wait, and is used by threads that wait for it
     * themselves. Only of a file on disk the system is told to wait: io_uring may use it too.
     */
    static DescriptorFile openedHere(int descriptor, AsyncOpenFlags flags) throws ErrnoException {
        DescriptorFile file = opened(descriptor, flags, true);
        if (file.kind() == FileKind.FILE && !file.needsThreadToRead()) {
            int outcome = LinuxCalls.setFlags(descriptor, LinuxFiles.openFlags(flags));
            if (outcome < 0) {
                file.closeDescriptor();
                throw new ErrnoException(-outcome);
            }
        }
        return file;
    }

    /** Takes over a descriptor that reports events, of inotify(7): it is read as a FIFO is. */
    static DescriptorFile events(int descriptor) {
        DescriptorFile file = new DescriptorFile(descriptor, null);
        file.opened = LinuxFiles.Opened.EVENTS;
        return file;
    }

    /** Takes over a descriptor of a local file or directory that was opened like this. */
    static DescriptorFile local(int descriptor, AsyncOpenFlags flags, FileKind kind) {
        DescriptorFile file = new DescriptorFile(descriptor, flags);
        file.opened = LinuxFiles.Opened.local(kind);
        return file;
    }

    /**
     * Takes over a descriptor that was opened like this, but without a wait, and has operations
     * wait in the kernel from now on. A file that {@link #needsThreadToRead}, and a terminal, stays
     * as it is, so that no thread is kept in a call that cannot be ended.
     *
     * @return the file, or a {@link Outcome.Failed} where the system refuses; it is closed then
     */
    public static Object openedToWait(int descriptor, AsyncOpenFlags flags) {
        try {
            DescriptorFile file = opened(descriptor, flags, false);
            // Of these the system sets those that can change, and leaves the others as they are.
            int outcome =
                    file.needsThreadToRead() || file.isTerminal()
                            ? 0
                            : LinuxCalls.setFlags(descriptor, LinuxFiles.openFlags(flags));
            if (outcome < 0) {
                file.closeDescriptor();
                return new Outcome.Failed(-outcome);
            }
            return file;
        } catch (ErrnoException e) {
            return new Outcome.Failed(e.errno());
        }
    }

    private boolean isTerminal() {
        return needsThreadToWrite() && LinuxCalls.isTerminal(descriptor);
    }

    /** The number; valid while an operation holds the file. */
    public int descriptor() {
        return descriptor;
    }

    /** Whether it is the standard input, output or error of the process. */
    public boolean isStandard() {
        return descriptor <= STANDARD_MAX;
    }

    /**
     * Whether it was opened without a wait for the other end that a FIFO's open is for: the first
     * read waits for it then. What reports events is read like that too.
     */
    public boolean isFifoOfOurs() {
        return (flags != null || opened == LinuxFiles.Opened.EVENTS) && kind() == FileKind.FIFO;
    }

    /**
     * A file of /proc: that poll(2) calls it ready tells when its content changes, not when it can
     * be read, and io_uring waits for that.
     */
    @Override
    public boolean needsThreadToRead() {
        return opened().isOfProc();
    }

    /** Whether the system tells about it from memory; see {@link LocalMounts}. */
    boolean isLocal() {
        return opened().isLocal();
    }

    /** Whether besides we have opened it to read, and nothing else. */
    boolean isLocalToRead() {
        return flags != null
                && flags.mode() == FileMode.READ
                && (kind() == FileKind.FILE || kind() == FileKind.DIRECTORY)
                && isLocal();
    }

    /**
     * Whether reads of what the kernel has in memory are worth a try; it is held meanwhile. A read
     * past the cache waits for the device, whatever it is asked.
     */
    boolean hasCachedReads() {
        return !cachedReadsEnded && !isDirect() && kind() == FileKind.FILE && !needsThreadToRead();
    }

    /** Whether it was opened past the system's cache, by us. */
    private boolean isDirect() {
        return flags != null && flags.direct();
    }

    void endCachedReads() {
        cachedReadsEnded = true;
    }

    /**
     * A terminal, a printer: poll(2) calls it ready when there is room for something, and a write
     * waits until there was room for all. io_uring would have the loop wait, or a thread of the
     * kernel's.
     */
    @Override
    public boolean needsThreadToWrite() {
        return opened().takesAtLeisure();
    }

    /**
     * Whether operations on it wait until poll(2) says that it is ready, as those on pipes,
     * terminals and sockets do; on others they never wait, as far as is known.
     */
    boolean waitsUntilReady() {
        return switch (kind()) {
            case FIFO, SOCKET, CHARACTER_DEVICE, UNKNOWN -> true;
            default -> false;
        };
    }

    @Override
    public CurrentPosition currentPosition() {
        return switch (kind()) {
            case FIFO, SOCKET -> CurrentPosition.NONE;
            case CHARACTER_DEVICE -> hasOffsets() ? CurrentPosition.SYSTEMS : CurrentPosition.NONE;
            case UNKNOWN -> CurrentPosition.SYSTEMS;
            default -> {
                if (flags == null) {
                    yield CurrentPosition.SYSTEMS;
                } else if (flags.append()) {
                    // A read after an append begins where the append ended, which only the system
                    // knows.
                    yield flags.mode() == FileMode.WRITE
                            ? CurrentPosition.NONE
                            : CurrentPosition.SYSTEMS;
                }
                yield CurrentPosition.OURS;
            }
        };
    }

    @Override
    public boolean hasOffsets() {
        return switch (kind()) {
            case FIFO, SOCKET -> false;
            case CHARACTER_DEVICE -> LinuxCalls.isSeekable(descriptor);
            default -> true;
        };
    }

    /** The system answers without a look at the disk or the network, or is asked again later. */
    private LinuxFiles.Opened opened() {
        LinuxFiles.Opened known = opened;
        if (known == null) {
            try {
                known = LinuxFiles.Opened.of(descriptor, false);
                opened = known;
            } catch (ErrnoException e) {
                known = LinuxFiles.Opened.UNKNOWN;
            }
        }
        return known;
    }

    private FileKind kind() {
        return opened().kind();
    }

    @Override
    protected void moveSystems(long bytes) {
        LinuxCalls.move(descriptor, bytes);
    }

    /** The number of a standard stream stays taken, as the JDK does it: see {@link #toNull}. */
    @Override
    public int closeDescriptor() {
        int outcome = isStandard() ? toNull(descriptor) : LinuxCalls.close(descriptor);
        // Interrupted, it is closed all the same.
        return outcome < 0 && outcome != -Errno.EINTR.number() ? -outcome : 0;
    }

    /**
     * Closes what the number means, and has it mean /dev/null. Given back, the next file that is
     * opened would get it, and what System.out prints would go there.
     */
    private static int toNull(int number) {
        int nothing = LinuxCalls.openat(LinuxFiles.AT_FDCWD, DEV_NULL, O_RDWR, 0);
        if (nothing < 0 || nothing == number) {
            return nothing;
        }
        int outcome = LinuxCalls.dup2(nothing, number);
        LinuxCalls.close(nothing);
        return outcome;
    }

    @Override
    public String toString() {
        return "file " + descriptor;
    }
}
