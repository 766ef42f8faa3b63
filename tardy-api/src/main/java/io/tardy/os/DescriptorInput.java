package io.tardy.os;

import static io.tardy.os.CLibrary.INT;
import static io.tardy.os.CLibrary.LONG;
import static io.tardy.os.CLibrary.POINTER;
import static io.tardy.os.CLibrary.call;
import static io.tardy.os.CLibrary.link;

import java.lang.foreign.Arena;
import java.lang.foreign.FunctionDescriptor;
import java.lang.foreign.Linker;
import java.lang.foreign.MemorySegment;
import java.lang.invoke.MethodHandle;

/** What the system says of a socket's input; nothing of it is taken. */
final class DescriptorInput {

    private static final short POLLIN = 1;

    /** FIONREAD of ioctl(2); the BSDs have the length of its argument in it. */
    private static final long FIONREAD = DescriptorSocket.IS_LINUX ? 0x541BL : 0x4004667FL;

    private static final MethodHandle IOCTL =
            link(
                    "ioctl",
                    FunctionDescriptor.of(INT, INT, LONG, POINTER),
                    Linker.Option.firstVariadicArg(2));

    private DescriptorInput() {}

    /** Whether a receive or an accept would not have to wait. */
    static boolean isThere(int descriptor) {
        return LinuxCalls.ready(descriptor, POLLIN) != 0; // a receive says why not
    }

    /** How many bytes of a stream have come, or a negated error number. */
    static int bytes(int descriptor) {
        try (Arena arena = Arena.ofConfined()) {
            MemorySegment count = arena.allocate(INT);
            int outcome =
                    (int)
                            call(
                                    "ioctl",
                                    state ->
                                            (int)
                                                    IOCTL.invokeExact(
                                                            state, descriptor, FIONREAD, count));
            return outcome < 0 ? outcome : count.get(INT, 0);
        }
    }
}
