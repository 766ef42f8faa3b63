package io.tardy.testsuite;

import io.tardy.Frame;
import io.tardy.Tardy;
import io.tardy.TardyRuntime;
import io.tardy.Threading;
import io.tardy.aio.AsyncType;
import io.tardy.fs.File;
import java.io.IOException;
import java.lang.foreign.Arena;
import java.lang.foreign.FunctionDescriptor;
import java.lang.foreign.Linker;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.lang.invoke.MethodHandle;
import java.nio.file.Path;
import java.time.Duration;
import java.util.concurrent.ThreadFactory;
import java.util.concurrent.atomic.AtomicInteger;

/**
 * A program for a JVM of its own, whose system starts no more threads from some moment on: as with
 * {@code ulimit -u}. Prints what comes of it. Its end is part of that.
 */
final class LimitMain {

    private static final int RLIMIT_NPROC = 6;
    private static final int NOBODY = 65534;

    private LimitMain() {}

    /**
     * @param args the transport, and what is tried
     */
    public static void main(String[] args) throws Exception {
        AsyncType async = AsyncType.ofLabel(args[0]);
        Tardy.Builder builder = Tardy.builder().async(async);
        switch (args[1]) {
            case "start" -> start(builder);
            case "end" -> end(builder);
            case "offload" -> offload(builder, Path.of(args[2]));
            default -> throw new IllegalArgumentException(args[1]);
        }
        System.out.println("over");
    }

    /** The thread of the second of three runtimes cannot be started. */
    private static void start(Tardy.Builder builder) throws IOException {
        AtomicInteger threads = new AtomicInteger();
        ThreadFactory factory =
                body -> {
                    if (threads.incrementAndGet() == 2) {
                        refuseThreads();
                    }
                    return new Thread(body);
                };
        try (Tardy tardy = builder.threading(Threading.multi(3)).threadFactory(factory).build()) {
            tardy.entry("x", (rt, x) -> System.out.println("entered"));
        } catch (OutOfMemoryError e) {
            System.out.println(e.getMessage());
        }
    }

    /** From the entry function on no thread can be started, and it fails. */
    private static void end(Tardy.Builder builder) throws IOException {
        try (Tardy tardy = builder.threading(Threading.single()).build()) {
            tardy.entry(
                    "x",
                    (rt, x) -> {
                        refuseThreads();
                        new Thread(() -> {}).start();
                    });
        } catch (OutOfMemoryError e) {
            System.out.println(e.getMessage());
        }
    }

    /** No thread of the pool can be started. */
    private static void offload(Tardy.Builder builder, Path path) throws IOException {
        try (Tardy tardy = builder.threading(Threading.single()).build()) {
            tardy.entry(path, (rt, file) -> rt.spawn(() -> offloadAndOpen(rt, file)));
        }
    }

    private static void offloadAndOpen(TardyRuntime rt, Path path) throws Exception {
        Frame<Void> other = rt.spawn(() -> Frame.delay(Duration.ofMillis(10)));
        refuseThreads();
        try {
            rt.offload(() -> "done");
        } catch (OutOfMemoryError e) {
            System.out.println("offload: " + e.getMessage());
        }
        try (File file = File.open(path)) {
            System.out.println("open: " + file.stat().size());
        } catch (IOException e) {
            System.out.println("open: " + e.getMessage());
        }
        other.join();
        System.out.println("the other frame: " + other.status());
    }

    /** For a system that has as many threads of ours as it allows. */
    @SuppressWarnings("restricted") // the C library's
    private static void refuseThreads() {
        Linker linker = Linker.nativeLinker();
        MethodHandle setuid =
                linker.downcallHandle(
                        linker.defaultLookup().findOrThrow("setuid"),
                        FunctionDescriptor.of(ValueLayout.JAVA_INT, ValueLayout.JAVA_INT));
        MethodHandle setrlimit =
                linker.downcallHandle(
                        linker.defaultLookup().findOrThrow("setrlimit"),
                        FunctionDescriptor.of(
                                ValueLayout.JAVA_INT, ValueLayout.JAVA_INT, ValueLayout.ADDRESS));
        try (Arena arena = Arena.ofConfined()) {
            int ignored = (int) setuid.invokeExact(NOBODY); // the limit is not for root
            MemorySegment one = arena.allocateFrom(ValueLayout.JAVA_LONG, 1, 1);
            int refused = (int) setrlimit.invokeExact(RLIMIT_NPROC, one);
            if (refused != 0) {
                throw new IllegalStateException("setrlimit: " + refused);
            }
        } catch (RuntimeException e) {
            throw e;
        } catch (Throwable e) {
            throw new AssertionError(e);
        }
    }
}
