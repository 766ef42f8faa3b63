package io.tardy.os;

import static io.tardy.os.CLibrary.INT;
import static io.tardy.os.CLibrary.LONG;
import static io.tardy.os.CLibrary.POINTER;
import static io.tardy.os.CLibrary.call;

import io.tardy.aio.FileRequest;
import io.tardy.aio.LockMode;
import io.tardy.aio.OpenFile;
import java.lang.foreign.Arena;
import java.lang.foreign.FunctionDescriptor;
import java.lang.foreign.Linker;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.lang.invoke.MethodHandle;
import java.nio.file.Path;

/** {@link RequestCalls} through the C library of Linux; see section 2 of its manual. */
final class LinuxRequests implements RequestCalls {

    /** The working directory, for a path that is empty. */
    private static final Path HERE = Path.of(".");

    // The arguments of fcntl(2), and struct flock; the same on all processors of 64 bits.
    private static final int F_OFD_SETLK = 37;
    private static final short F_RDLCK = 0;
    private static final short F_WRLCK = 1;
    private static final short F_UNLCK = 2;
    private static final int FLOCK_BYTES = 32;
    private static final int START_AT = 8;
    private static final int LENGTH_AT = 16;

    // Linked in groups, each when first used.

    private static final class Names {
        static final MethodHandle LINKAT =
                CLibrary.link(
                        "linkat", FunctionDescriptor.of(INT, INT, POINTER, INT, POINTER, INT));
        static final MethodHandle SYMLINKAT =
                CLibrary.link("symlinkat", FunctionDescriptor.of(INT, POINTER, INT, POINTER));
        static final MethodHandle READLINKAT =
                CLibrary.link(
                        "readlinkat", FunctionDescriptor.of(LONG, INT, POINTER, POINTER, LONG));
    }

    private static final class Permissions {
        static final MethodHandle FCHMODAT =
                CLibrary.link("fchmodat", FunctionDescriptor.of(INT, INT, POINTER, INT, INT));
        static final MethodHandle FCHMOD =
                CLibrary.link("fchmod", FunctionDescriptor.of(INT, INT, INT));
    }

    private static final class Room {
        static final MethodHandle FALLOCATE =
                CLibrary.link("fallocate", FunctionDescriptor.of(INT, INT, INT, LONG, LONG));
    }

    private static final class Locks {
        static final MethodHandle FCNTL =
                CLibrary.link(
                        "fcntl",
                        FunctionDescriptor.of(INT, INT, INT, POINTER),
                        Linker.Option.firstVariadicArg(2));
    }

    @Override
    public Void link(FileRequest.Link request) throws ErrnoException {
        int directory = LinuxFiles.directory(request.file());
        try (Arena arena = Arena.ofConfined()) {
            MemorySegment from = LinuxFiles.path(request.path(), arena);
            MemorySegment to = LinuxFiles.path(request.to(), arena);
            check(
                    call(
                            "linkat",
                            state ->
                                    (int)
                                            Names.LINKAT.invokeExact(
                                                    state, directory, from, directory, to, 0)));
        }
        return null;
    }

    @Override
    public Void symlink(FileRequest.Symlink request) throws ErrnoException {
        int directory = LinuxFiles.directory(request.file());
        try (Arena arena = Arena.ofConfined()) {
            MemorySegment target = LinuxFiles.path(request.target(), arena);
            MemorySegment path = LinuxFiles.path(request.path(), arena);
            check(
                    call(
                            "symlinkat",
                            state ->
                                    (int)
                                            Names.SYMLINKAT.invokeExact(
                                                    state, target, directory, path)));
        }
        return null;
    }

    @Override
    public Path readlink(FileRequest.Readlink request) throws ErrnoException {
        int directory = LinuxFiles.directory(request.file());
        try (Arena arena = Arena.ofConfined()) {
            MemorySegment path = LinuxFiles.path(request.path(), arena);
            MemorySegment target = arena.allocate(LinuxFiles.PATH_BYTES_MAX);
            long length =
                    call(
                            "readlinkat",
                            state ->
                                    (long)
                                            Names.READLINKAT.invokeExact(
                                                    state,
                                                    directory,
                                                    path,
                                                    target,
                                                    target.byteSize()));
            check(length);
            return PathBytes.path(target.asSlice(0, length).toArray(ValueLayout.JAVA_BYTE));
        }
    }

    @Override
    public Void chmod(FileRequest.Chmod request) throws ErrnoException {
        boolean isEmpty = request.path().toString().isEmpty();
        if (isEmpty && request.file() != null) {
            int descriptor = descriptorOf(request.file());
            check(
                    call(
                            "fchmod",
                            state ->
                                    (int)
                                            Permissions.FCHMOD.invokeExact(
                                                    state, descriptor, request.mode())));
            return null;
        }
        int directory = LinuxFiles.directory(request.file());
        try (Arena arena = Arena.ofConfined()) {
            MemorySegment path = LinuxFiles.path(isEmpty ? HERE : request.path(), arena);
            check(
                    call(
                            "fchmodat",
                            state ->
                                    (int)
                                            Permissions.FCHMODAT.invokeExact(
                                                    state, directory, path, request.mode(), 0)));
        }
        return null;
    }

    @Override
    public Void allocate(FileRequest.Allocate request) throws ErrnoException {
        int descriptor = descriptorOf(request.file());
        check(
                call(
                        "fallocate",
                        state ->
                                (int)
                                        Room.FALLOCATE.invokeExact(
                                                state,
                                                descriptor,
                                                0,
                                                request.offset(),
                                                request.length())));
        return null;
    }

    @Override
    public Void lock(FileRequest.Lock request) throws ErrnoException {
        setLock(
                request.file(),
                request.mode() == LockMode.SHARED ? F_RDLCK : F_WRLCK,
                request.offset(),
                request.length());
        return null;
    }

    @Override
    public Void unlock(FileRequest.Unlock request) throws ErrnoException {
        setLock(request.file(), F_UNLCK, request.offset(), request.length());
        return null;
    }

    /** Of the open file, not of the process: another that this process has opened conflicts. */
    private static void setLock(OpenFile file, short kind, long offset, long length)
            throws ErrnoException {
        int descriptor = descriptorOf(file);
        try (Arena arena = Arena.ofConfined()) {
            MemorySegment flock = arena.allocate(FLOCK_BYTES, 8); // from the file's begin: SEEK_SET
            flock.set(ValueLayout.JAVA_SHORT, 0, kind);
            flock.set(ValueLayout.JAVA_LONG, START_AT, offset);
            flock.set(ValueLayout.JAVA_LONG, LENGTH_AT, length);
            check(
                    call(
                            "fcntl",
                            state ->
                                    (int)
                                            Locks.FCNTL.invokeExact(
                                                    state, descriptor, F_OFD_SETLK, flock)));
        }
    }

    private static int descriptorOf(OpenFile file) {
        return ((DescriptorFile) file).descriptor();
    }

    private static void check(long outcome) throws ErrnoException {
        if (outcome < 0) {
            throw new ErrnoException((int) -outcome);
        }
    }
}
