package io.tardy.testsuite;

import io.tardy.Frame;
import io.tardy.FrameBody;
import io.tardy.FrameFailedException;
import io.tardy.Tardy;
import io.tardy.TardyRuntime;
import io.tardy.Threading;
import io.tardy.aio.AsyncType;
import io.tardy.fs.File;
import io.tardy.net.Socket;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.atomic.AtomicInteger;

/**
 * A program whose frames wait where their stack is full, at every depth around that one. Prints
 * what goes on after it.
 *
 * <p>For a JVM of its own, without stack traces: HotSpot may crash when it makes the one of an
 * overflow that it meets while it resumes a virtual thread ({@code
 * java_lang_Throwable::fill_in_stack_trace}, seen with 25.0.3).
 */
final class OverflowMain {

    private static final int LOOKS_MAX = 500;

    /** So many depths are tried. */
    private static final int STEPS = 200;

    private OverflowMain() {}

    /**
     * @param args the transport
     */
    public static void main(String[] args) throws Exception {
        Path path = Files.createTempFile("overflow", ".file");
        try (Tardy tardy =
                Tardy.builder()
                        .async(AsyncType.ofLabel(args[0]))
                        .threading(Threading.multi(2))
                        .build()) {
            CompletableFuture<TardyRuntime> other = new CompletableFuture<>();
            tardy.entry(
                    path,
                    (rt, file) -> {
                        if (rt.id() == 0) {
                            rt.spawn(() -> overflow(rt, other.get(), file));
                        } else {
                            rt.spawn(() -> rt.scheduler().triggerAwait());
                            other.complete(rt);
                        }
                    });
        } finally {
            Files.delete(path);
        }
    }

    private static void overflow(TardyRuntime rt, TardyRuntime other, Path path) throws Exception {
        List<String> before = descriptors();
        overflowIn(rt, other::wake);
        overflowIn(rt, () -> other.spawn(() -> {}));
        overflowIn(rt, () -> other.spawnCall(() -> 7).join());
        overflowIn(rt, () -> Frame.delay(Duration.ofNanos(1)));
        overflowIn(rt, Frame::yield);
        overflowIn(rt, () -> rt.spawnCall(() -> 7).join());
        overflowIn(rt, () -> rt.offload(() -> "done"));
        open(rt, path);
        try (Socket listener = TransportFixture.listenAnywhere()) {
            accept(rt, listener);
        }
        if (other.spawnCall(() -> 7).join() != 7) {
            throw new IllegalStateException("the other runtime has heard nothing");
        }
        int others = other.tasks(); // of those that it was not given none is left
        other.stop();
        Frame.delay(Duration.ofMillis(1));
        System.out.println(
                "tasks "
                        + rt.tasks()
                        + " and "
                        + others
                        + ", more descriptors "
                        + moreThan(before));
    }

    /** What is still open after a while: the kernel, and loops, may close a little later. */
    private static List<String> moreThan(List<String> before) throws Exception {
        List<String> more = descriptors();
        for (int looks = LOOKS_MAX; looks > 0 && more.size() > before.size(); looks--) {
            Frame.delay(Duration.ofMillis(10));
            more = descriptors();
        }
        if (more.size() <= before.size()) {
            return List.of();
        }
        before.forEach(more::remove);
        return more;
    }

    /** Where a file can be opened, there may be no room to close it. */
    private static void open(TardyRuntime rt, Path path) throws Exception {
        List<File> opened = new ArrayList<>();
        try {
            overflowIn(
                    rt,
                    () -> {
                        opened.add(File.open(path));
                        opened.getLast().close();
                    });
        } finally {
            for (File file : opened) {
                file.close();
            }
        }
    }

    private static void accept(TardyRuntime rt, Socket listener) throws Exception {
        List<Socket> accepted = new ArrayList<>();
        try {
            overflowIn(rt, () -> accepted.add(acceptOne(rt, listener)));
        } finally {
            for (Socket socket : accepted) {
                socket.close();
            }
        }
    }

    /** The connection is made by a frame of its own, whose stack is empty. */
    private static Socket acceptOne(TardyRuntime rt, Socket listener) throws Exception {
        rt.spawn(() -> TransportFixture.connectTo(listener).close());
        return listener.accept();
    }

    private static void overflowIn(TardyRuntime rt, FrameBody wait) throws Exception {
        int full = 1_000;
        while (!overflows(rt, full, wait)) {
            full += full / 10;
        }
        int first = full - full / 5;
        for (int step = 0; step < STEPS; step++) {
            overflows(rt, first + (full - first) * step / STEPS, wait);
        }
        AtomicInteger ran = new AtomicInteger();
        for (int i = 0; i < 100; i++) {
            rt.spawn(
                    () -> {
                        Frame.delay(Duration.ofNanos(1));
                        ran.incrementAndGet();
                    });
        }
        while (ran.get() < 100) {
            Frame.delay(Duration.ofMillis(1));
        }
    }

    private static boolean overflows(TardyRuntime rt, int levels, FrameBody wait) throws Exception {
        try {
            rt.spawn(() -> dive(levels, wait)).join();
            return false;
        } catch (FrameFailedException e) {
            Throwable root = e;
            while (root.getCause() != null) {
                root = root.getCause();
            }
            if (!(root instanceof StackOverflowError)) {
                throw e;
            }
            return true;
        }
    }

    /** Runs so many calls deeper. */
    static void dive(int levels, FrameBody wait) throws Exception {
        if (levels == 0) {
            wait.run();
        } else {
            dive(levels - 1, wait);
        }
    }

    private static List<String> descriptors() throws Exception {
        List<String> targets = new ArrayList<>();
        try (var open = Files.list(Path.of("/proc/self/fd"))) {
            for (Path descriptor : open.toList()) {
                try {
                    targets.add(Files.readSymbolicLink(descriptor).toString());
                } catch (NoSuchFileException e) {
                    // closed meanwhile
                }
            }
        }
        return targets;
    }
}
