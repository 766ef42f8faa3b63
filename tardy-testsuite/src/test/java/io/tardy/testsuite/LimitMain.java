package io.tardy.testsuite;

import io.tardy.Frame;
import io.tardy.Tardy;
import io.tardy.TardyRuntime;
import io.tardy.Threading;
import io.tardy.aio.AsyncType;
import io.tardy.aio.TardyIOException;
import io.tardy.fs.File;
import io.tardy.netty.TardyEventLoopGroup;
import io.tardy.process.ChildProcess;
import java.io.IOException;
import java.lang.foreign.Arena;
import java.lang.foreign.FunctionDescriptor;
import java.lang.foreign.Linker;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.lang.invoke.MethodHandle;
import java.nio.file.Path;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ThreadFactory;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;

/**
 * A program for a JVM of its own, whose system starts no more threads from some moment on: as with
 * {@code ulimit -u}. Prints what comes of it. Its end is part of that.
 */
final class LimitMain {

    private static final int RLIMIT_NPROC = 6;
    private static final int NOBODY = 65534;
    private static final int PR_SET_DUMPABLE = 4;

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
            case "process" -> process(builder);
            case "drain" -> drain(async);
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

    /** The second of two loops has never begun, and cannot; a frame runs on the first. */
    private static void drain(AsyncType async) throws Exception {
        TardyEventLoopGroup group = new TardyEventLoopGroup(2, async);
        TardyRuntime first = group.next().submit(TardyRuntime::current).get(10, TimeUnit.SECONDS);
        CompletableFuture<Boolean> isDraining =
                first.submit(
                        () -> {
                            while (!first.isDraining()) {
                                Frame.delay(Duration.ofMillis(1));
                            }
                            return true;
                        });
        refuseThreads();
        System.out.println("drained: " + group.drain(Duration.ofSeconds(10)));
        System.out.println("the frame: " + isDraining.get(10, TimeUnit.SECONDS));
        System.out.println("ended: " + group.isTerminated());
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

    /** Room for no process, then for one without a thread that waits for it, then for both. */
    private static void process(Tardy.Builder builder) throws IOException {
        try (Tardy tardy = builder.threading(Threading.single()).build()) {
            tardy.run(
                    () -> {
                        refuseThreads(Long.MAX_VALUE);
                        openProc();
                        TardyRuntime.current().offload(() -> "there is a thread for this");
                        for (int room = 0; room < 4; room++) {
                            refuseThreads(threads() + room);
                            startOne();
                        }
                        refuseThreads(Long.MAX_VALUE);
                        startOne();
                    });
        }
        long left = ProcessHandle.current().children().count();
        System.out.println("left: " + left);
    }

    private static long threads() throws IOException {
        try (var tasks = java.nio.file.Files.list(Path.of("/proc/self/task"))) {
            return tasks.count();
        }
    }

    private static void startOne() throws IOException {
        try (ChildProcess child = ChildProcess.start(new ProcessBuilder("sleep", "60"))) {
            System.out.println("started: " + child.isAlive());
        } catch (TardyIOException e) {
            System.out.println("refused: " + e.error());
        } catch (OutOfMemoryError e) {
            System.out.println("refused: PROCESS_QUOTA_EXCEEDED for the pool");
        }
    }

    /** After a change of its user the system keeps a process from its own files in /proc. */
    @SuppressWarnings("restricted") // the C library's
    private static void openProc() {
        Linker linker = Linker.nativeLinker();
        MethodHandle prctl =
                linker.downcallHandle(
                        linker.defaultLookup().findOrThrow("prctl"),
                        FunctionDescriptor.of(
                                ValueLayout.JAVA_INT, ValueLayout.JAVA_INT, ValueLayout.JAVA_LONG),
                        Linker.Option.firstVariadicArg(1));
        try {
            int ignored = (int) prctl.invokeExact(PR_SET_DUMPABLE, 1L);
        } catch (Throwable e) {
            throw new AssertionError(e);
        }
    }

    private static void refuseThreads() {
        refuseThreads(1);
    }

    /** For a system that has as many threads of ours as it allows. */
    @SuppressWarnings("restricted") // the C library's
    private static void refuseThreads(long most) {
        Linker linker = Linker.nativeLinker();
        MethodHandle setuid =
                linker.downcallHandle(
                        linker.defaultLookup().findOrThrow("setuid"),
                        FunctionDescriptor.of(ValueLayout.JAVA_INT, ValueLayout.JAVA_INT));
        FunctionDescriptor ofLimit =
                FunctionDescriptor.of(
                        ValueLayout.JAVA_INT, ValueLayout.JAVA_INT, ValueLayout.ADDRESS);
        MethodHandle getrlimit =
                linker.downcallHandle(linker.defaultLookup().findOrThrow("getrlimit"), ofLimit);
        MethodHandle setrlimit =
                linker.downcallHandle(linker.defaultLookup().findOrThrow("setrlimit"), ofLimit);
        try (Arena arena = Arena.ofConfined()) {
            int ignored = (int) setuid.invokeExact(NOBODY); // the limit is not for root
            MemorySegment limit = arena.allocate(ValueLayout.JAVA_LONG, 2);
            int unread = (int) getrlimit.invokeExact(RLIMIT_NPROC, limit);
            long highest = limit.getAtIndex(ValueLayout.JAVA_LONG, 1);
            boolean isUnlimited = highest < 0;
            limit.setAtIndex(
                    ValueLayout.JAVA_LONG, 0, isUnlimited ? most : Math.min(most, highest));
            int refused = unread + (int) setrlimit.invokeExact(RLIMIT_NPROC, limit);
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
