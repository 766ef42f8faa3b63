package io.tardy.os;

import static io.tardy.os.CLibrary.EINTR;
import static io.tardy.os.CLibrary.INT;
import static io.tardy.os.CLibrary.LONG;
import static io.tardy.os.CLibrary.POINTER;
import static io.tardy.os.CLibrary.REFUSAL;
import static io.tardy.os.CLibrary.call;
import static io.tardy.os.CLibrary.callOnce;
import static io.tardy.os.CLibrary.fault;
import static io.tardy.os.CLibrary.link;
import static io.tardy.os.CLibrary.resultOf;

import io.tardy.aio.Errno;
import java.lang.foreign.Arena;
import java.lang.foreign.FunctionDescriptor;
import java.lang.foreign.Linker;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.lang.invoke.MethodHandle;

/**
 * The C library's calls on files, as they are: a negative result is a negated error number. They
 * block; see section 2 of the Linux manual. Neither the JDK nor Netty offers them relative to a
 * directory, or with their error numbers.
 */
final class LinuxCalls {

    private static final int SEEK_CUR = 1;
    private static final int F_SETFL = 4;
    private static final int RWF_NOWAIT = 8;

    /** The same on all processors. */
    private static final long SYS_OPENAT2 = 437;

    /** More than {@code struct statfs} has on any processor. */
    private static final int STATFS_BYTES = 256;

    // Linked in groups, each when first used: to link a call takes milliseconds, and classes that
    // stay.

    private static final class Descriptors {
        static final MethodHandle CLOSE = link("close", FunctionDescriptor.of(INT, INT));
        static final MethodHandle DUP2 = link("dup2", FunctionDescriptor.of(INT, INT, INT));
        static final MethodHandle ISATTY = link("isatty", FunctionDescriptor.of(INT, INT));
        static final MethodHandle POLL =
                link("poll", FunctionDescriptor.of(INT, POINTER, LONG, INT));
    }

    private static final class Flags {
        static final MethodHandle FCNTL =
                link(
                        "fcntl",
                        FunctionDescriptor.of(INT, INT, INT, INT),
                        Linker.Option.firstVariadicArg(2));

        static void initialize() {}
    }

    private static final class Files {
        static final MethodHandle OPENAT =
                link(
                        "openat",
                        FunctionDescriptor.of(INT, INT, POINTER, INT, INT),
                        Linker.Option.firstVariadicArg(3));
        static final MethodHandle FSTATFS =
                link("fstatfs", FunctionDescriptor.of(INT, INT, POINTER));
        static final MethodHandle READ =
                link("read", FunctionDescriptor.of(LONG, INT, POINTER, LONG));
        static final MethodHandle PREAD =
                link("pread", FunctionDescriptor.of(LONG, INT, POINTER, LONG, LONG));
        static final MethodHandle WRITE =
                link("write", FunctionDescriptor.of(LONG, INT, POINTER, LONG));
        static final MethodHandle PWRITE =
                link("pwrite", FunctionDescriptor.of(LONG, INT, POINTER, LONG, LONG));
        static final MethodHandle LSEEK =
                link("lseek", FunctionDescriptor.of(LONG, INT, LONG, INT));
        static final MethodHandle MKDIRAT =
                link("mkdirat", FunctionDescriptor.of(INT, INT, POINTER, INT));
        static final MethodHandle UNLINKAT =
                link("unlinkat", FunctionDescriptor.of(INT, INT, POINTER, INT));
        static final MethodHandle RENAMEAT =
                link("renameat", FunctionDescriptor.of(INT, INT, POINTER, INT, POINTER));
        static final MethodHandle FTRUNCATE =
                link("ftruncate", FunctionDescriptor.of(INT, INT, LONG));
        static final MethodHandle FSYNC = link("fsync", FunctionDescriptor.of(INT, INT));
        static final MethodHandle FDATASYNC = link("fdatasync", FunctionDescriptor.of(INT, INT));
        static final MethodHandle SENDFILE =
                link("sendfile", FunctionDescriptor.of(LONG, INT, INT, POINTER, LONG));
    }

    /** Linked when first used: the C library has it only since glibc 2.30. */
    private static final class Directories {
        static final MethodHandle GETDENTS =
                link("getdents64", FunctionDescriptor.of(LONG, INT, POINTER, LONG));
    }

    /** Linked when first used: the C library has it only since glibc 2.26. */
    private static final class CachedReads {
        static final MethodHandle PREADV2 =
                link("preadv2", FunctionDescriptor.of(LONG, INT, POINTER, INT, LONG, INT));
    }

    /**
     * Linked when first used. The C library has no function for it, only the call of any number.
     */
    private static final class CachedPaths {
        static final MethodHandle SYSCALL =
                link(
                        "syscall",
                        FunctionDescriptor.of(LONG, LONG, LONG, POINTER, POINTER, LONG),
                        Linker.Option.firstVariadicArg(1));
    }

    /** Linked when first used: only Linux has it, and sockets of other systems come here too. */
    private static final class Stats {
        static final MethodHandle STATX =
                link("statx", FunctionDescriptor.of(INT, INT, POINTER, INT, INT, POINTER));
    }

    private LinuxCalls() {}

    /** Has {@link #setFlags} linked, if it is not yet. */
    static void linkFlags() {
        Flags.initialize();
    }

    static int openat(int directory, MemorySegment path, int flags, int mode) {
        return (int)
                call(
                        "openat",
                        state ->
                                (int)
                                        Files.OPENAT.invokeExact(
                                                state, directory, path, flags, mode));
    }

    /** The number is free afterwards, even if the call fails or is interrupted. */
    static int close(int descriptor) {
        int outcome =
                (int) callOnce(state -> (int) Descriptors.CLOSE.invokeExact(state, descriptor));
        int fault = fault("close");
        return fault == 0 ? outcome : -fault;
    }

    /** The same, without objects for the call. */
    static int close(int descriptor, MemorySegment state) {
        if (REFUSAL != null) {
            throw REFUSAL;
        }
        int outcome;
        try {
            outcome = (int) resultOf((int) Descriptors.CLOSE.invokeExact(state, descriptor), state);
        } catch (RuntimeException | Error e) {
            throw e;
        } catch (Throwable e) {
            throw new AssertionError("a downcall throws no checked exception", e);
        }
        int fault = fault("close");
        return fault == 0 ? outcome : -fault;
    }

    /**
     * openat2(2), without objects for the call.
     *
     * @param how a {@code struct open_how}
     * @param state memory for the error number, as of {@link CLibrary#newState}
     */
    static int openat2(int directory, MemorySegment path, MemorySegment how, MemorySegment state) {
        long outcome;
        do {
            int fault = fault("openat2");
            outcome = fault == 0 ? openat2Once(directory, path, how, state) : -fault;
        } while (outcome == EINTR);
        return (int) outcome;
    }

    private static long openat2Once(
            int directory, MemorySegment path, MemorySegment how, MemorySegment state) {
        if (REFUSAL != null) {
            throw REFUSAL;
        }
        try {
            return resultOf(
                    (long)
                            CachedPaths.SYSCALL.invokeExact(
                                    state,
                                    SYS_OPENAT2,
                                    (long) directory,
                                    path,
                                    how,
                                    how.byteSize()),
                    state);
        } catch (RuntimeException | Error e) {
            throw e;
        } catch (Throwable e) {
            throw new AssertionError("a downcall throws no checked exception", e);
        }
    }

    /** Makes {@code number} mean what {@code descriptor} does; what it meant before is closed. */
    static int dup2(int descriptor, int number) {
        return (int)
                call(
                        "dup2",
                        state -> (int) Descriptors.DUP2.invokeExact(state, descriptor, number));
    }

    /** Sets the flags of an open descriptor that can change; see F_SETFL in fcntl(2). */
    static int setFlags(int descriptor, int flags) {
        return (int)
                call(
                        "fcntl",
                        state -> (int) Flags.FCNTL.invokeExact(state, descriptor, F_SETFL, flags));
    }

    /** Whether it is a terminal; see isatty(3). */
    static boolean isTerminal(int descriptor) {
        return call("isatty", state -> (int) Descriptors.ISATTY.invokeExact(state, descriptor))
                == 1;
    }

    /** The number of a kind of file systems, or a negated error number; see statfs(2). */
    static long fileSystemOf(int descriptor) {
        try (Arena arena = Arena.ofConfined()) {
            MemorySegment statfs = arena.allocate(STATFS_BYTES, 8);
            long outcome =
                    call(
                            "fstatfs",
                            state -> (int) Files.FSTATFS.invokeExact(state, descriptor, statfs));
            return outcome < 0 ? outcome : statfs.get(LONG, 0);
        }
    }

    /** Makes a file or a directory durable; see fsync(2) and fdatasync(2). */
    static int sync(int descriptor, boolean isDataOnly) {
        return (int)
                (isDataOnly
                        ? call(
                                "fdatasync",
                                state -> (int) Files.FDATASYNC.invokeExact(state, descriptor))
                        : call("fsync", state -> (int) Files.FSYNC.invokeExact(state, descriptor)));
    }

    static int ftruncate(int descriptor, long length) {
        return (int)
                call(
                        "ftruncate",
                        state -> (int) Files.FTRUNCATE.invokeExact(state, descriptor, length));
    }

    static int read(int descriptor, MemorySegment into) {
        return (int)
                call(
                        "read",
                        state ->
                                (long)
                                        Files.READ.invokeExact(
                                                state, descriptor, into, into.byteSize()));
    }

    static int pread(int descriptor, MemorySegment into, long offset) {
        return (int)
                call(
                        "pread",
                        state ->
                                (long)
                                        Files.PREAD.invokeExact(
                                                state, descriptor, into, into.byteSize(), offset));
    }

    /**
     * preadv2(2) of what the kernel has in memory; see RWF_NOWAIT there.
     *
     * @param iovec one address and one length
     * @param state memory for the error number, as of {@link CLibrary#newState}
     */
    static int preadCached(int descriptor, MemorySegment iovec, long offset, MemorySegment state) {
        long outcome;
        do {
            int fault = fault("preadv2");
            outcome = fault == 0 ? preadCachedOnce(descriptor, iovec, offset, state) : -fault;
        } while (outcome == EINTR);
        return (int) outcome;
    }

    /** Without objects for the call: what is in memory is read too often for them. */
    private static long preadCachedOnce(
            int descriptor, MemorySegment iovec, long offset, MemorySegment state) {
        if (REFUSAL != null) {
            throw REFUSAL;
        }
        try {
            return resultOf(
                    (long)
                            CachedReads.PREADV2.invokeExact(
                                    state, descriptor, iovec, 1, offset, RWF_NOWAIT),
                    state);
        } catch (RuntimeException | Error e) {
            throw e;
        } catch (Throwable e) {
            throw new AssertionError("a downcall throws no checked exception", e);
        }
    }

    static int write(int descriptor, MemorySegment from) {
        return (int)
                call(
                        "write",
                        state ->
                                (long)
                                        Files.WRITE.invokeExact(
                                                state, descriptor, from, from.byteSize()));
    }

    static int pwrite(int descriptor, MemorySegment from, long offset) {
        return (int)
                call(
                        "pwrite",
                        state ->
                                (long)
                                        Files.PWRITE.invokeExact(
                                                state, descriptor, from, from.byteSize(), offset));
    }

    /** Whether it has positions: the system is asked for the current one, which stays. */
    static boolean isSeekable(int descriptor) {
        long outcome =
                call(
                        "lseek",
                        state -> (long) Files.LSEEK.invokeExact(state, descriptor, 0L, SEEK_CUR));
        return outcome != -Errno.ESPIPE.number();
    }

    /** Moves the system's position; where that fails it stays. */
    static void move(int descriptor, long bytes) {
        call("lseek", state -> (long) Files.LSEEK.invokeExact(state, descriptor, bytes, SEEK_CUR));
    }

    static int statx(int directory, MemorySegment path, int flags, int mask, MemorySegment into) {
        return (int)
                call(
                        "statx",
                        state ->
                                (int)
                                        Stats.STATX.invokeExact(
                                                state, directory, path, flags, mask, into));
    }

    /** The same, without objects for the call. */
    static int statx(
            int directory,
            MemorySegment path,
            int flags,
            int mask,
            MemorySegment into,
            MemorySegment state) {
        long outcome;
        do {
            int fault = fault("statx");
            outcome = fault == 0 ? statxOnce(directory, path, flags, mask, into, state) : -fault;
        } while (outcome == EINTR);
        return (int) outcome;
    }

    /** Whoever finds it failing asks no other way: nobody has to hear of it. */
    static long statxOnce(
            int directory,
            MemorySegment path,
            int flags,
            int mask,
            MemorySegment into,
            MemorySegment state) {
        if (REFUSAL != null) {
            throw REFUSAL;
        }
        try {
            return resultOf(
                    (int) Stats.STATX.invokeExact(state, directory, path, flags, mask, into),
                    state);
        } catch (RuntimeException | Error e) {
            throw e;
        } catch (Throwable e) {
            throw new AssertionError("a downcall throws no checked exception", e);
        }
    }

    static int mkdirat(int directory, MemorySegment path, int mode) {
        return (int)
                call(
                        "mkdirat",
                        state -> (int) Files.MKDIRAT.invokeExact(state, directory, path, mode));
    }

    static int unlinkat(int directory, MemorySegment path, int flags) {
        return (int)
                call(
                        "unlinkat",
                        state -> (int) Files.UNLINKAT.invokeExact(state, directory, path, flags));
    }

    /** Both paths are relative to the same directory. */
    static int renameat(int directory, MemorySegment from, MemorySegment to) {
        return (int)
                call(
                        "renameat",
                        state ->
                                (int)
                                        Files.RENAMEAT.invokeExact(
                                                state, directory, from, directory, to));
    }

    /** poll(2) of one descriptor; the count of ready ones: 0 or 1. */
    static int poll(MemorySegment pollfd, int timeoutMillis) {
        return (int)
                call(
                        "poll",
                        state ->
                                (int)
                                        Descriptors.POLL.invokeExact(
                                                state, pollfd, 1L, timeoutMillis));
    }

    /** Whether poll(2) reports one of the events: 1 or 0, or a negated error number; at once. */
    static int ready(int descriptor, short events) {
        try (Arena arena = Arena.ofConfined()) {
            MemorySegment pollfd = arena.allocate(8, 4);
            pollfd.set(INT, 0, descriptor);
            pollfd.set(ValueLayout.JAVA_SHORT, 4, events);
            return poll(pollfd, 0);
        }
    }

    /**
     * sendfile(2).
     *
     * @param offset negative for the file's own position
     */
    static int sendfile(int to, int from, long offset, long count) {
        try (Arena arena = Arena.ofConfined()) {
            MemorySegment at = offset < 0 ? MemorySegment.NULL : arena.allocateFrom(LONG, offset);
            return (int)
                    call(
                            "sendfile",
                            state -> (long) Files.SENDFILE.invokeExact(state, to, from, at, count));
        }
    }

    /** Directory entries into memory; the count of bytes, 0 at the end. See getdents(2). */
    static int getdents(int directory, MemorySegment into) {
        return (int)
                call(
                        "getdents64",
                        state ->
                                (long)
                                        Directories.GETDENTS.invokeExact(
                                                state, directory, into, into.byteSize()));
    }
}
