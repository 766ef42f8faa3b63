package io.tardy.os;

import static io.tardy.os.CLibrary.INT;
import static io.tardy.os.CLibrary.LONG;
import static io.tardy.os.CLibrary.POINTER;
import static io.tardy.os.CLibrary.call;
import static io.tardy.os.CLibrary.link;

import java.lang.foreign.Arena;
import java.lang.foreign.FunctionDescriptor;
import java.lang.foreign.MemorySegment;
import java.lang.invoke.MethodHandle;

/**
 * The C library's calls on sockets that Netty lacks, or alters, as they are: a negative result is a
 * negated error number. See section 2 of the Linux manual.
 */
final class LinuxSocketCalls {

    private static final MethodHandle RECVFROM =
            link(
                    "recvfrom",
                    FunctionDescriptor.of(LONG, INT, POINTER, LONG, INT, POINTER, POINTER));
    private static final MethodHandle SETSOCKOPT =
            link("setsockopt", FunctionDescriptor.of(INT, INT, INT, INT, POINTER, INT));
    private static final MethodHandle GETSOCKOPT =
            link("getsockopt", FunctionDescriptor.of(INT, INT, INT, INT, POINTER, POINTER));
    private static final MethodHandle BIND =
            link("bind", FunctionDescriptor.of(INT, INT, POINTER, INT));
    private static final MethodHandle CONNECT =
            link("connect", FunctionDescriptor.of(INT, INT, POINTER, INT));
    private static final MethodHandle GETSOCKNAME =
            link("getsockname", FunctionDescriptor.of(INT, INT, POINTER, POINTER));
    private static final MethodHandle GETPEERNAME =
            link("getpeername", FunctionDescriptor.of(INT, INT, POINTER, POINTER));

    private LinuxSocketCalls() {}

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
                                        RECVFROM.invokeExact(
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
                                        SETSOCKOPT.invokeExact(
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
            int outcome = getsockopt(descriptor, level, option, value, length);
            return outcome < 0 ? outcome : value.get(INT, 0);
        }
    }

    static int getsockopt(
            int descriptor, int level, int option, MemorySegment value, MemorySegment length) {
        return (int)
                call(
                        "getsockopt",
                        state ->
                                (int)
                                        GETSOCKOPT.invokeExact(
                                                state, descriptor, level, option, value, length));
    }

    static int bind(int descriptor, MemorySegment address) {
        return (int)
                call(
                        "bind",
                        state ->
                                (int)
                                        BIND.invokeExact(
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
                                        CONNECT.invokeExact(
                                                state,
                                                descriptor,
                                                address,
                                                (int) address.byteSize()));
    }

    static int getsockname(int descriptor, MemorySegment address, MemorySegment length) {
        return (int)
                call(
                        "getsockname",
                        state -> (int) GETSOCKNAME.invokeExact(state, descriptor, address, length));
    }

    static int getpeername(int descriptor, MemorySegment address, MemorySegment length) {
        return (int)
                call(
                        "getpeername",
                        state -> (int) GETPEERNAME.invokeExact(state, descriptor, address, length));
    }
}
