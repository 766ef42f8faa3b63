package io.tardy.os;

import static io.tardy.os.CLibrary.INT;
import static io.tardy.os.CLibrary.POINTER;
import static io.tardy.os.CLibrary.call;
import static io.tardy.os.CLibrary.link;

import io.tardy.aio.TardyIOException;
import io.tardy.aio.WatchError;
import java.lang.foreign.Arena;
import java.lang.foreign.FunctionDescriptor;
import java.lang.foreign.MemorySegment;
import java.lang.invoke.MethodHandle;

/** Watches of directories; see inotify(7). */
final class LinuxWatches {

    private static final int IN_ONLYDIR = 0x01000000;

    private static final MethodHandle INOTIFY_INIT1 =
            link("inotify_init1", FunctionDescriptor.of(INT, INT));
    private static final MethodHandle INOTIFY_ADD_WATCH =
            link("inotify_add_watch", FunctionDescriptor.of(INT, INT, POINTER, INT));

    private LinuxWatches() {}

    /** It is opened to wait: whoever reads it asks first whether there is something. */
    static FileHandle watch(int directory) throws TardyIOException {
        int descriptor =
                (int)
                        call(
                                "inotify_init1",
                                state ->
                                        (int)
                                                INOTIFY_INIT1.invokeExact(
                                                        state, LinuxFiles.O_CLOEXEC));
        requireDone(descriptor);
        try (Arena arena = Arena.ofConfined()) {
            // There is no such call on a descriptor; this is the directory, wherever it is by now.
            MemorySegment path = arena.allocateFrom("/proc/self/fd/" + directory);
            int mask = IN_ONLYDIR | WatchedEvents.MASK;
            requireDone(
                    (int)
                            call(
                                    "inotify_add_watch",
                                    state ->
                                            (int)
                                                    INOTIFY_ADD_WATCH.invokeExact(
                                                            state, descriptor, path, mask)));
            return DescriptorFile.events(descriptor);
        } catch (TardyIOException | RuntimeException | Error e) {
            LinuxCalls.close(descriptor);
            throw e;
        }
    }

    private static void requireDone(int outcome) throws TardyIOException {
        if (outcome < 0) {
            throw new TardyIOException("watch", WatchError.class, -outcome);
        }
    }
}
