package io.tardy.os;

import io.tardy.aio.Errno;
import java.lang.foreign.AddressLayout;
import java.lang.foreign.Arena;
import java.lang.foreign.FunctionDescriptor;
import java.lang.foreign.Linker;
import java.lang.foreign.MemoryLayout;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.lang.foreign.ValueLayout.OfInt;
import java.lang.foreign.ValueLayout.OfLong;
import java.lang.invoke.MethodHandle;
import java.lang.invoke.VarHandle;
import java.util.function.ToIntFunction;

/**
 * The C library's calls on files, as they are: a negative result is a negated error number. They
 * block; see section 2 of the Linux manual. Neither the JDK nor Netty offers them relative to a
 * directory, or with their error numbers. And those on sockets that Netty lacks, or alters.
 */
final class LinuxCalls {

    private static final OfInt INT = ValueLayout.JAVA_INT;
    private static final OfLong LONG = ValueLayout.JAVA_LONG;
    private static final AddressLayout POINTER = ValueLayout.ADDRESS;

    private static final int EINTR = -Errno.EINTR.number();
    private static final int SEEK_CUR = 1;
    private static final int F_SETFL = 4;
    private static final int RWF_NOWAIT = 8;

    /** More than {@code struct statfs} has on any processor. */
    private static final int STATFS_BYTES = 256;

    private static final Linker LINKER = Linker.nativeLinker();
    private static final MemoryLayout STATE = Linker.Option.captureStateLayout();
    private static final VarHandle ERRNO =
            STATE.varHandle(MemoryLayout.PathElement.groupElement("errno"));

    /** Not null where the JVM forbids us to call the C library; each call throws it. */
    private static final IllegalStateException REFUSAL = refusal();

    /**
     * Where tests have calls fail: asked before each, by its name, it answers with an error number,
     * or 0. Null where nobody has put one among the system's properties before this class was used;
     * then the compilers leave it out.
     */
    private static final ToIntFunction<String> FAULTS = faults();

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
        static final MethodHandle FSYNC = link("fsync", FunctionDescriptor.of(INT, INT));
        static final MethodHandle FDATASYNC = link("fdatasync", FunctionDescriptor.of(INT, INT));
        static final MethodHandle SENDFILE =
                link("sendfile", FunctionDescriptor.of(LONG, INT, INT, POINTER, LONG));
    }

    private static final class Sockets {
        static final MethodHandle RECVFROM =
                link(
                        "recvfrom",
                        FunctionDescriptor.of(LONG, INT, POINTER, LONG, INT, POINTER, POINTER));
        static final MethodHandle SETSOCKOPT =
                link("setsockopt", FunctionDescriptor.of(INT, INT, INT, INT, POINTER, INT));
        static final MethodHandle GETSOCKOPT =
                link("getsockopt", FunctionDescriptor.of(INT, INT, INT, INT, POINTER, POINTER));
        static final MethodHandle BIND =
                link("bind", FunctionDescriptor.of(INT, INT, POINTER, INT));
        static final MethodHandle CONNECT =
                link("connect", FunctionDescriptor.of(INT, INT, POINTER, INT));
        static final MethodHandle GETSOCKNAME =
                link("getsockname", FunctionDescriptor.of(INT, INT, POINTER, POINTER));
        static final MethodHandle GETPEERNAME =
                link("getpeername", FunctionDescriptor.of(INT, INT, POINTER, POINTER));
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

    /** Linked when first used: only Linux has it, and sockets of other systems come here too. */
    private static final class Stats {
        static final MethodHandle STATX =
                link("statx", FunctionDescriptor.of(INT, INT, POINTER, INT, INT, POINTER));
    }

    private LinuxCalls() {}

    @SuppressWarnings("unchecked") // a test's, which knows what is meant
    private static ToIntFunction<String> faults() {
        return (ToIntFunction<String>) System.getProperties().get("io.tardy.os.faults");
    }

    /** Has {@link #setFlags} linked, if it is not yet. */
    static void linkFlags() {
        Flags.initialize();
    }

    @SuppressWarnings("restricted") // the way to the C library; the module needs native access
    private static IllegalStateException refusal() {
        try {
            LINKER.downcallHandle(
                    LINKER.defaultLookup().findOrThrow("close"), FunctionDescriptor.of(INT, INT));
            return null;
        } catch (IllegalCallerException e) {
            Module module = LinuxCalls.class.getModule();
            return new IllegalStateException(
                    "files and Unix sockets need the C library, and this JVM forbids native"
                            + " access: add"
                            + " --enable-native-access="
                            + (module.isNamed() ? module.getName() : "ALL-UNNAMED")
                            + ", or take --illegal-native-access=deny away",
                    e);
        }
    }

    @SuppressWarnings("restricted") // as above
    private static MethodHandle link(
            String name, FunctionDescriptor descriptor, Linker.Option... options) {
        if (REFUSAL != null) {
            return null;
        }
        Linker.Option[] all = new Linker.Option[options.length + 1];
        System.arraycopy(options, 0, all, 1, options.length);
        all[0] = Linker.Option.captureCallState("errno");
        return LINKER.downcallHandle(LINKER.defaultLookup().findOrThrow(name), descriptor, all);
    }

    /** A call with memory for the error number. */
    private interface Call {
        long invoke(MemorySegment state) throws Throwable;
    }

    /** Interrupted, it is made again: nothing has happened, and no caller has to hear of it. */
    private static long call(String name, Call call) {
        long outcome;
        do {
            int fault = fault(name);
            outcome = fault == 0 ? callOnce(call) : -fault;
        } while (outcome == EINTR);
        return outcome;
    }

    private static long callOnce(Call call) {
        if (REFUSAL != null) {
            throw REFUSAL;
        }
        try (Arena arena = Arena.ofConfined()) {
            MemorySegment state = arena.allocate(STATE);
            return resultOf(call.invoke(state), state);
        } catch (RuntimeException | Error e) {
            throw e;
        } catch (Throwable e) {
            throw new AssertionError("a downcall throws no checked exception", e);
        }
    }

    private static int fault(String name) {
        return FAULTS == null ? 0 : FAULTS.applyAsInt(name);
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
     * @param state memory for the error number, as of {@link #newState}
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

    /** Memory for the error numbers of calls that are made one after the other. */
    static MemorySegment newState() {
        return Arena.ofAuto().allocate(STATE);
    }

    private static long resultOf(long result, MemorySegment state) {
        return result == -1 ? -(int) ERRNO.get(state, 0L) : result;
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

    /** recvfrom(2); the address and its length may be {@code MemorySegment.NULL}. */
    static int recvfrom(
            int descriptor,
            MemorySegment into,
            int flags,
            MemorySegment address,
            MemorySegment addressLength) {
        return (int)
                call(
                        "recvfrom",
                        state ->
                                (long)
                                        Sockets.RECVFROM.invokeExact(
                                                state,
                                                descriptor,
                                                into,
                                                into.byteSize(),
                                                flags,
                                                address,
                                                addressLength));
    }

    static int setsockopt(int descriptor, int level, int option, MemorySegment value) {
        return (int)
                call(
                        "setsockopt",
                        state ->
                                (int)
                                        Sockets.SETSOCKOPT.invokeExact(
                                                state,
                                                descriptor,
                                                level,
                                                option,
                                                value,
                                                (int) value.byteSize()));
    }

    /** The value of an option that is a number, or a negated error number below -1. */
    static int getsockopt(int descriptor, int level, int option) {
        try (Arena arena = Arena.ofConfined()) {
            MemorySegment value = arena.allocate(INT);
            MemorySegment length = arena.allocateFrom(INT, (int) INT.byteSize());
            int outcome =
                    (int)
                            call(
                                    "getsockopt",
                                    state ->
                                            (int)
                                                    Sockets.GETSOCKOPT.invokeExact(
                                                            state,
                                                            descriptor,
                                                            level,
                                                            option,
                                                            value,
                                                            length));
            return outcome < 0 ? outcome : value.get(INT, 0);
        }
    }

    static int bind(int descriptor, MemorySegment address) {
        return (int)
                call(
                        "bind",
                        state ->
                                (int)
                                        Sockets.BIND.invokeExact(
                                                state,
                                                descriptor,
                                                address,
                                                (int) address.byteSize()));
    }

    static int connect(int descriptor, MemorySegment address) {
        return (int)
                call(
                        "connect",
                        state ->
                                (int)
                                        Sockets.CONNECT.invokeExact(
                                                state,
                                                descriptor,
                                                address,
                                                (int) address.byteSize()));
    }

    static int getsockname(int descriptor, MemorySegment address, MemorySegment length) {
        return (int)
                call(
                        "getsockname",
                        state ->
                                (int)
                                        Sockets.GETSOCKNAME.invokeExact(
                                                state, descriptor, address, length));
    }

    static int getpeername(int descriptor, MemorySegment address, MemorySegment length) {
        return (int)
                call(
                        "getpeername",
                        state ->
                                (int)
                                        Sockets.GETPEERNAME.invokeExact(
                                                state, descriptor, address, length));
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
