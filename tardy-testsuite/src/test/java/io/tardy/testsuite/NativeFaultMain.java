package io.tardy.testsuite;

import io.netty.buffer.UnpooledByteBufAllocator;
import io.tardy.Deadline;
import io.tardy.Frame;
import io.tardy.FrameFailedException;
import io.tardy.Tardy;
import io.tardy.TardyEntry;
import io.tardy.TardyRuntime;
import io.tardy.Threading;
import io.tardy.aio.AsyncType;
import io.tardy.aio.Errno;
import io.tardy.aio.TardyIOException;
import java.io.IOException;
import java.lang.reflect.Method;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.CompletableFuture;
import java.util.function.ToIntFunction;

/**
 * A program for a JVM of its own: has each native call of ours fail once in its turn, while three
 * frames on two runtimes go through sockets and files. Prints who heard of it that should not have,
 * or did not that should have, and what was lost; and how often each call has failed.
 */
final class NativeFaultMain {

    /** Under this name {@code CLibrary} looks among the system's properties. */
    private static final String PROPERTY = "io.tardy.os.faults";

    /**
     * With what each call may fail; see section 2 of the Linux manual. With the first each fails
     * once; in a second pass with one of the others, in turn.
     */
    private static final Map<String, List<Errno>> FITTING =
            Map.ofEntries(
                    Map.entry("openat", List.of(Errno.EMFILE, Errno.EINTR)),
                    Map.entry("openat2", List.of(Errno.EMFILE, Errno.EINTR, Errno.EAGAIN)),
                    Map.entry("close", List.of(Errno.EIO, Errno.EINTR)),
                    Map.entry("dup2", List.of(Errno.EMFILE, Errno.EINTR)),
                    Map.entry("fcntl", List.of(Errno.ENOMEM, Errno.EINTR)),
                    Map.entry("fstatfs", List.of(Errno.EIO, Errno.EINTR)),
                    Map.entry("read", List.of(Errno.EIO, Errno.EINTR, Errno.EAGAIN)),
                    Map.entry("pread", List.of(Errno.EIO, Errno.EINTR, Errno.EAGAIN)),
                    Map.entry("preadv2", List.of(Errno.EIO, Errno.EOPNOTSUPP, Errno.EAGAIN)),
                    Map.entry("write", List.of(Errno.ENOSPC, Errno.EINTR, Errno.EAGAIN)),
                    Map.entry("pwrite", List.of(Errno.ENOSPC, Errno.EINTR, Errno.EAGAIN)),
                    Map.entry("lseek", List.of(Errno.ESPIPE, Errno.EOVERFLOW)),
                    Map.entry("isatty", List.of(Errno.ENOMEM)),
                    Map.entry("statx", List.of(Errno.ENOMEM, Errno.EINTR)),
                    Map.entry("ftruncate", List.of(Errno.EIO, Errno.EINTR)),
                    Map.entry("renameat", List.of(Errno.EIO, Errno.EINTR)),
                    Map.entry("mkdirat", List.of(Errno.ENOSPC, Errno.EINTR)),
                    Map.entry("unlinkat", List.of(Errno.EIO, Errno.EINTR)),
                    Map.entry("poll", List.of(Errno.ENOMEM, Errno.EINTR)),
                    Map.entry("sendfile", List.of(Errno.EIO, Errno.EINTR, Errno.EAGAIN)),
                    // EAGAIN is a promise to tell when something comes; with something there, a
                    // lie.
                    Map.entry("recvfrom", List.of(Errno.ENOMEM, Errno.EINTR)),
                    Map.entry("setsockopt", List.of(Errno.ENOMEM)),
                    Map.entry("getsockopt", List.of(Errno.ENOMEM)),
                    Map.entry("bind", List.of(Errno.ENOMEM)),
                    Map.entry("connect", List.of(Errno.ENOMEM, Errno.EINTR)),
                    Map.entry("getsockname", List.of(Errno.ENOMEM)),
                    Map.entry("getpeername", List.of(Errno.ENOMEM)),
                    Map.entry("linkat", List.of(Errno.EIO, Errno.EINTR)),
                    Map.entry("symlinkat", List.of(Errno.EIO, Errno.EINTR)),
                    Map.entry("readlinkat", List.of(Errno.EIO, Errno.EINTR)),
                    Map.entry("fchmodat", List.of(Errno.EIO, Errno.EINTR)),
                    Map.entry("fchmod", List.of(Errno.EIO, Errno.EINTR)),
                    Map.entry("fallocate", List.of(Errno.ENOSPC, Errno.EINTR)),
                    Map.entry("inotify_init1", List.of(Errno.EMFILE, Errno.EINTR)),
                    Map.entry("inotify_add_watch", List.of(Errno.ENOSPC, Errno.EINTR)),
                    Map.entry("getdents64", List.of(Errno.EIO, Errno.EINTR)));

    private static final int PASSES = 2;
    private static final int FRAMES = 3;
    private static final int RUNTIMES = 2;
    private static final int PROBLEMS_MAX = 100;
    private static final Duration PATIENCE = Duration.ofSeconds(3);

    /**
     * The call that is to fail: the n-th from now on, or the first of a name, with one of the
     * numbers that fit it.
     */
    private static final class Fault {
        private String wanted;
        private final int turn;
        private final int pass;
        private int calls;
        private String name;
        private Errno errno;

        Fault(int turn, int pass) {
            this.turn = turn;
            this.pass = pass;
        }

        Fault(String wanted) {
            this(0, 0);
            this.wanted = wanted;
        }

        synchronized int errnoOf(String call) {
            boolean isTurn = wanted == null ? ++calls == turn : name == null && call.equals(wanted);
            if (!isTurn) {
                return 0;
            }
            name = call;
            List<Errno> fitting = FITTING.get(call);
            int others = fitting.size() - 1;
            if (pass > 0 && others == 0) {
                return 0;
            }
            errno = fitting.get(pass == 0 ? 0 : 1 + turn % others);
            return errno.number();
        }

        synchronized boolean isTurnOver() {
            return calls >= turn;
        }

        /** Null if it did not fail. */
        synchronized Errno errno() {
            return errno;
        }

        /** Whether the call is simply made again: there is nothing to hear. */
        boolean isTransient() {
            return errno == Errno.EINTR || errno == Errno.EAGAIN;
        }

        /** Whether what failed may make no difference to anybody. */
        boolean isOfNoConsequence() {
            return name.equals("close")
                    || name.equals("isatty")
                    || name.equals("preadv2") // a read that may not wait is tried again otherwise
                    || name.equals("openat2") // and an open
                    || name.equals("fstatfs") // what a mount is stays unknown
                    || errno == Errno.EOVERFLOW;
        }

        @Override
        public synchronized String toString() {
            return "call " + turn + ", " + name + ", with " + errno;
        }
    }

    private static volatile Fault fault = new Fault(Integer.MAX_VALUE, 0);

    private final AsyncType async;
    private final Path folder;
    private final UnpooledByteBufAllocator allocator = new UnpooledByteBufAllocator(true);
    private final Map<String, Integer> failures = new TreeMap<>();
    private final List<String> problems = new ArrayList<>();
    private int rounds;

    private NativeFaultMain(AsyncType async, Path folder) {
        this.async = async;
        this.folder = folder;
    }

    /**
     * @param args the transport, and a folder
     */
    public static void main(String[] args) throws Exception {
        ToIntFunction<String> faults = call -> fault.errnoOf(call);
        System.getProperties().put(PROPERTY, faults);
        new NativeFaultMain(AsyncType.ofLabel(args[0]), Path.of(args[1])).run();
    }

    private void run() throws Exception {
        for (int i = 0; i < FRAMES; i++) {
            FileContract.makeFifo(fifo(i));
        }
        CompletableFuture<Void> over = new CompletableFuture<>();
        Tardy.Builder builder =
                Tardy.builder()
                        .async(async)
                        .allocator(allocator)
                        .uncaughtFrame((frame, failure) -> {}); // joined a moment later

        try (Tardy tardy = builder.threading(Threading.multi(RUNTIMES)).build()) {
            TardyEntry entry =
                    tardy.entryInNewThread(over, (rt, end) -> rt.spawn(() -> rt.await(end)));
            round(entry.runtimes(), new Fault(Integer.MAX_VALUE, 0)); // opens what stays open
            List<String> before = descriptors();
            for (int pass = 0; pass < PASSES; pass++) {
                tryAll(entry.runtimes(), pass, before);
            }
            for (String call : FITTING.keySet()) {
                if (!failures.containsKey(call)) { // rounds differ, and its turn was another's
                    tryOne(entry.runtimes(), new Fault(call), before);
                }
            }
            over.complete(null);
            entry.await();
        }
        problems.forEach(System.out::println);
        System.out.println("failed: " + failures);
    }

    /** Lets each call fail in its turn. */
    private void tryAll(List<TardyRuntime> runtimes, int pass, List<String> before)
            throws Exception {
        boolean isTurnOver = true;
        for (int turn = 1; isTurnOver && problems.size() < PROBLEMS_MAX; turn++) {
            Fault tried = new Fault(turn, pass);
            tryOne(runtimes, tried, before);
            isTurnOver = tried.isTurnOver();
        }
    }

    private void tryOne(List<TardyRuntime> runtimes, Fault tried, List<String> before)
            throws Exception {
        check(tried, round(runtimes, tried));
        List<String> after = descriptors();
        if (after.size() > before.size()) {
            problems.add(tried + ": open are " + after + ", before " + before);
        }
        if (allocator.metric().usedDirectMemory() != 0) {
            problems.add(tried + ": leaks " + allocator.metric());
        }
    }

    /** Has the frames go through the scene, and returns what they have heard. */
    private List<Throwable> round(List<TardyRuntime> runtimes, Fault tried) throws Exception {
        Path own = Files.createDirectory(folder.resolve("round-" + rounds++));
        forgetMounts();
        fault = tried;
        List<Frame<Void>> frames = new ArrayList<>();
        for (int i = 0; i < FRAMES; i++) {
            Path part = Files.createDirectory(own.resolve("frame-" + i));
            NativeCallScene scene = new NativeCallScene(async, part, fifo(i));
            TardyRuntime runtime = runtimes.get(i % RUNTIMES);
            frames.add(runtime.spawn(() -> Deadline.within(PATIENCE, scene::run)));
        }
        List<Throwable> heard = new ArrayList<>();
        for (Frame<Void> frame : frames) {
            try {
                frame.join();
            } catch (FrameFailedException e) {
                heard.add(e.getCause());
            }
        }
        fault = new Fault(Integer.MAX_VALUE, 0);
        return heard;
    }

    /** Or what they are would be asked in the first round only. */
    private static void forgetMounts() throws ReflectiveOperationException {
        Method forget = Class.forName("io.tardy.os.LocalMounts").getDeclaredMethod("forget");
        forget.setAccessible(true);
        forget.invoke(null);
    }

    private Path fifo(int frame) {
        return folder.resolve("fifo-" + frame);
    }

    private void check(Fault tried, List<Throwable> heard) {
        Errno errno = tried.errno();
        boolean isHeard =
                heard.size() == 1
                        && heard.getFirst() instanceof TardyIOException e
                        && errno != null
                        && e.errno() == errno.number();
        boolean isRight =
                errno == null || tried.isTransient()
                        ? heard.isEmpty()
                        : isHeard || heard.isEmpty() && tried.isOfNoConsequence();
        if (!isRight) {
            problems.add(
                    tried + ": heard was " + heard.stream().map(NativeFaultMain::told).toList());
        }
        if (errno != null) {
            failures.merge(tried.name, 1, Integer::sum);
        }
    }

    private static String told(Throwable thrown) {
        StackTraceElement[] at = thrown.getStackTrace();
        String where =
                Arrays.stream(at)
                        .filter(e -> e.getClassName().equals(NativeCallScene.class.getName()))
                        .map(e -> e.getMethodName() + ":" + e.getLineNumber())
                        .findFirst()
                        .orElse("?");
        return thrown.toString().replace('\n', ' ') + " at " + where;
    }

    /** Sockets, pipes, event descriptors and files of the test; class loading opens others. */
    private List<String> descriptors() throws IOException {
        List<String> open = new ArrayList<>();
        try (DirectoryStream<Path> all = Files.newDirectoryStream(Path.of("/proc/self/fd"))) {
            for (Path descriptor : all) {
                try {
                    String target = Files.readSymbolicLink(descriptor).toString();
                    if (target.startsWith("socket:")
                            || target.startsWith("anon_inode:[")
                            || target.startsWith("pipe:")
                            || target.equals("/dev/zero")
                            || target.startsWith("/proc/self/limits")
                            || target.startsWith(folder.toString())) {
                        open.add(target);
                    }
                } catch (NoSuchFileException e) {
                    // the stream's own
                }
            }
        }
        return open;
    }
}
