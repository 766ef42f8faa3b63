package io.tardy.os;

import static io.tardy.os.CLibrary.INT;
import static io.tardy.os.CLibrary.POINTER;
import static io.tardy.os.CLibrary.call;
import static io.tardy.os.CLibrary.link;

import java.io.File;
import java.io.IOException;
import java.lang.foreign.Arena;
import java.lang.foreign.FunctionDescriptor;
import java.lang.foreign.MemorySegment;
import java.lang.invoke.MethodHandle;
import java.nio.file.Files;
import java.nio.file.Path;

/**
 * A pipe between this process and one that is about to start; see pipe(7). That one's end is opened
 * as a file, by its name in /proc, and so apart from ours: only ours is non-blocking.
 */
public final class ChildPipe {

    /** What the name of each begins with. */
    public static final String NAMED = "/proc/self/fd/";

    /** Linked when first used: other systems do not have it. */
    private static final class Pipes {
        static final MethodHandle PIPE2 = link("pipe2", FunctionDescriptor.of(INT, POINTER, INT));
    }

    /** Linked when first used, which is hardly ever. */
    private static final class Reaping {
        static final MethodHandle WAITPID =
                link("waitpid", FunctionDescriptor.of(INT, INT, POINTER, INT));
    }

    private static final MemorySegment NOWHERE = MemorySegment.NULL;

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
            long outcome =
                    call("pipe2", state -> (int) Pipes.PIPE2.invokeExact(state, ends, flags));
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

    /** {@link #ours} for a transport that polls descriptors; one of the two. */
    public SocketHandle oursToPoll() {
        return new PipeSocket(ours);
    }

    /** The other end, to be opened by this process only, until {@link #closeTheirs}. */
    public File theirs() {
        return new File(NAMED + theirs);
    }

    /**
     * Kills the children of this process that have the other end among their standard streams, and
     * waits until they are gone: of a start that has failed only after it had begun. To be called
     * before {@link #closeTheirs}, on a thread that may wait.
     */
    public void endHolders() {
        Path pipe = target("self", theirs);
        if (pipe == null) {
            return;
        }
        ProcessHandle.current()
                .children()
                .filter(child -> isHolder(child.pid(), pipe))
                .forEach(
                        child -> {
                            child.destroyForcibly();
                            reap((int) child.pid());
                        });
    }

    private static boolean isHolder(long pid, Path pipe) {
        for (int stream = 0; stream <= 2; stream++) {
            if (pipe.equals(target(Long.toString(pid), stream))) {
                return true;
            }
        }
        return false;
    }

    /** What a descriptor of a process is; null if that does not tell, or is gone. */
    private static Path target(String process, int descriptor) {
        try {
            return Files.readSymbolicLink(Path.of("/proc", process, "fd", "" + descriptor));
        } catch (IOException e) {
            return null;
        }
    }

    /** Nobody else does, or else there is nothing to take any more. */
    private static void reap(int pid) {
        call("waitpid", state -> (int) Reaping.WAITPID.invokeExact(state, pid, NOWHERE, 0));
    }

    /** Whoever was to open the other end has done so; called once. */
    public void closeTheirs() {
        LinuxCalls.close(theirs);
    }
}
