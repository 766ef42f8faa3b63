package io.tardy.os;

import static io.tardy.os.CLibrary.INT;
import static io.tardy.os.CLibrary.POINTER;
import static io.tardy.os.CLibrary.call;
import static io.tardy.os.CLibrary.link;

import java.io.File;
import java.lang.foreign.Arena;
import java.lang.foreign.FunctionDescriptor;
import java.lang.foreign.MemorySegment;
import java.lang.invoke.MethodHandle;

/**
 * A pipe between this process and one that is about to start; see pipe(7). That one's end is opened
 * as a file, by its name in /proc, and so apart from ours: only ours is non-blocking.
 */
public final class ChildPipe {

    private static final MethodHandle PIPE2 =
            link("pipe2", FunctionDescriptor.of(INT, POINTER, INT));

    private final int ours;
    private final int theirs;

    private ChildPipe(int ours, int theirs) {
        this.ours = ours;
        this.theirs = theirs;
    }

    /** Whether this system has such pipes: whether it is Linux. */
    public static boolean isSupported() {
        return FileCalls.system() instanceof LinuxFileCalls;
    }

    /**
     * Makes one.
     *
     * @param weRead whether our end is the one to read from
     * @throws ErrnoException if the system refuses
     */
    public static ChildPipe open(boolean weRead) throws ErrnoException {
        try (Arena arena = Arena.ofConfined()) {
            MemorySegment ends = arena.allocate(INT, 2);
            int flags = LinuxFiles.O_CLOEXEC | LinuxFiles.O_NONBLOCK;
            long outcome = call("pipe2", state -> (int) PIPE2.invokeExact(state, ends, flags));
            if (outcome < 0) {
                throw new ErrnoException((int) -outcome);
            }
            int reading = ends.getAtIndex(INT, 0);
            int writing = ends.getAtIndex(INT, 1);
            return weRead ? new ChildPipe(reading, writing) : new ChildPipe(writing, reading);
        }
    }

    /** Our end, to be closed by the caller. */
    public FileHandle ours() {
        return new DescriptorFile(ours);
    }

    /** The other end, to be opened by this process only, until {@link #closeTheirs}. */
    public File theirs() {
        return new File("/proc/self/fd/" + theirs);
    }

    /** Whoever was to open the other end has done so; called once. */
    public void closeTheirs() {
        LinuxCalls.close(theirs);
    }
}
