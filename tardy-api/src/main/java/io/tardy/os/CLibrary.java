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
 * How calls of the C library are made: each is linked once, has its error number fetched, and is
 * made again if a signal has interrupted it.
 */
final class CLibrary {

    static final OfInt INT = ValueLayout.JAVA_INT;
    static final OfLong LONG = ValueLayout.JAVA_LONG;
    static final AddressLayout POINTER = ValueLayout.ADDRESS;

    static final int EINTR = -Errno.EINTR.number();

    private static final Linker LINKER = Linker.nativeLinker();
    private static final MemoryLayout STATE = Linker.Option.captureStateLayout();
    private static final VarHandle ERRNO =
            STATE.varHandle(MemoryLayout.PathElement.groupElement("errno"));

    /** Not null where the JVM forbids us to call the C library; each call throws it. */
    static final IllegalStateException REFUSAL = refusal();

    /**
     * Where tests have calls fail: asked before each, by its name, it answers with an error number,
     * or 0. Null where nobody has put one among the system's properties before this class was used;
     * then the compilers leave it out.
     */
    private static final ToIntFunction<String> FAULTS = faults();

    private CLibrary() {}

    @SuppressWarnings("unchecked") // a test's, which knows what is meant
    private static ToIntFunction<String> faults() {
        return (ToIntFunction<String>) System.getProperties().get("io.tardy.os.faults");
    }

    @SuppressWarnings("restricted") // the way to the C library; the module needs native access
    private static IllegalStateException refusal() {
        try {
            LINKER.downcallHandle(
                    LINKER.defaultLookup().findOrThrow("close"), FunctionDescriptor.of(INT, INT));
            return null;
        } catch (IllegalCallerException e) {
            Module module = CLibrary.class.getModule();
            return new IllegalStateException(
                    "files and Unix sockets need the C library, and this JVM forbids native"
                            + " access: add"
                            + " --enable-native-access="
                            + (module.isNamed() ? module.getName() : "ALL-UNNAMED")
                            + ", or take --illegal-native-access=deny away",
                    e);
        }
    }

    /** The call of this name; null where the JVM forbids it. */
    @SuppressWarnings("restricted") // as above
    static MethodHandle link(String name, FunctionDescriptor descriptor, Linker.Option... options) {
        if (REFUSAL != null) {
            return null;
        }
        Linker.Option[] all = new Linker.Option[options.length + 1];
        System.arraycopy(options, 0, all, 1, options.length);
        all[0] = Linker.Option.captureCallState("errno");
        return LINKER.downcallHandle(LINKER.defaultLookup().findOrThrow(name), descriptor, all);
    }

    /** With memory for the error number. */
    interface Call {
        long invoke(MemorySegment state) throws Throwable;
    }

    /** Interrupted, it is made again: nothing has happened, and no caller has to hear of it. */
    static long call(String name, Call call) {
        long outcome;
        do {
            int fault = fault(name);
            outcome = fault == 0 ? callOnce(call) : -fault;
        } while (outcome == EINTR);
        return outcome;
    }

    /** {@link #call} that is not made again, without faults. */
    static long callOnce(Call call) {
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

    /** The error number that a test has this call fail with, or 0. */
    static int fault(String name) {
        return FAULTS == null ? 0 : FAULTS.applyAsInt(name);
    }

    /** Memory for the error numbers of calls that are made one after the other. */
    static MemorySegment newState() {
        return newState(Arena.ofAuto());
    }

    /** The same, for as long as an arena lives. */
    static MemorySegment newState(Arena arena) {
        return arena.allocate(STATE);
    }

    /** What a call has returned, or its negated error number. */
    static long resultOf(long result, MemorySegment state) {
        return result == -1 ? -(int) ERRNO.get(state, 0L) : result;
    }
}
