package io.tardy.testsuite;

import java.lang.foreign.Arena;
import java.lang.foreign.FunctionDescriptor;
import java.lang.foreign.Linker;
import java.lang.foreign.MemoryLayout;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.lang.invoke.MethodHandle;
import java.nio.file.Path;

/** A terminal, and its other end: that of whoever looks at it. See pty(7). */
final class PseudoTerminal implements AutoCloseable {

    private static final MemoryLayout INT = ValueLayout.JAVA_INT;
    private static final int O_RDWR = 2;
    private static final int O_NOCTTY = 0400;
    private static final int NAME_BYTES = 64;

    private final int otherEnd;
    private boolean closed;

    private PseudoTerminal(int otherEnd) {
        this.otherEnd = otherEnd;
    }

    static PseudoTerminal open() throws Throwable {
        PseudoTerminal terminal =
                new PseudoTerminal((int) call("posix_openpt", INT).invokeExact(O_RDWR | O_NOCTTY));
        if (terminal.otherEnd < 0
                || (int) call("unlockpt", INT).invokeExact(terminal.otherEnd) != 0) {
            throw new IllegalStateException("no pseudo-terminal");
        }
        return terminal;
    }

    Path path() throws Throwable {
        try (Arena arena = Arena.ofConfined()) {
            MemorySegment name = arena.allocate(NAME_BYTES);
            MethodHandle ptsname =
                    call("ptsname_r", INT, ValueLayout.ADDRESS, ValueLayout.JAVA_LONG);
            int outcome = (int) ptsname.invokeExact(otherEnd, name, (long) NAME_BYTES);
            if (outcome != 0) {
                throw new IllegalStateException("ptsname_r: " + outcome);
            }
            return Path.of(name.getString(0));
        }
    }

    /** Whoever looks at it goes: what waits for him ends. */
    @Override
    public synchronized void close() {
        if (!closed) {
            closed = true;
            try {
                int ignored = (int) call("close", INT).invokeExact(otherEnd);
            } catch (Throwable e) {
                throw new AssertionError(e);
            }
        }
    }

    @SuppressWarnings("restricted") // the C library's
    private static MethodHandle call(String name, MemoryLayout... arguments) {
        Linker linker = Linker.nativeLinker();
        return linker.downcallHandle(
                linker.defaultLookup().findOrThrow(name),
                FunctionDescriptor.of(ValueLayout.JAVA_INT, arguments));
    }
}
