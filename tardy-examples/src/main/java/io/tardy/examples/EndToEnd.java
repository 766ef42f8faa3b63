package io.tardy.examples;

import io.netty.buffer.PooledByteBufAllocator;
import io.tardy.Frame;
import io.tardy.FrameStatus;
import io.tardy.Pooling;
import io.tardy.Tardy;
import io.tardy.TardyEntry;
import io.tardy.TardyRuntime;
import io.tardy.Threading;
import io.tardy.aio.AsyncType;
import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Queue;
import java.util.SplittableRandom;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.atomic.AtomicLong;
import java.util.stream.Stream;

/**
 * Random programs. A seed determines the sizes of the pools and hundreds of chains of legal
 * operations on files and connections, which two runtimes run at once. Each chain knows the result
 * that every operation must have.
 */
final class EndToEnd {

    private static final int RUNTIMES = 2;
    private static final int CHAINS_MIN = 50;
    private static final int CHAINS_MAX = 300;
    private static final Duration WATCHDOG = Duration.ofSeconds(60);
    private static final Path DESCRIPTORS = Path.of("/proc/self/fd");

    private final AsyncType transport;
    private final AtomicLong operations = new AtomicLong();
    private long chains;

    EndToEnd(AsyncType transport) {
        this.transport = transport;
    }

    /** The number of chains that have run. */
    long chains() {
        return chains;
    }

    /** The number of operations in them. */
    long operations() {
        return operations.get();
    }

    /** Runs the program of one seed. Throws if a result is wrong. */
    void run(long seed) throws Exception {
        SplittableRandom random = new SplittableRandom(seed);
        Path folder = Files.createTempDirectory("tardy-e2e");
        warmUp();
        long descriptors = descriptors();
        long memory = PooledByteBufAllocator.DEFAULT.pinnedDirectMemory();
        try {
            List<TardyRuntime> runtimes = run(random, folder);
            for (TardyRuntime runtime : runtimes) {
                requireEqual("tasks of " + runtime, 0, runtime.tasks());
            }
            requireEqual("open descriptors", descriptors, descriptors());
            requireEqual(
                    "direct memory in use",
                    memory,
                    PooledByteBufAllocator.DEFAULT.pinnedDirectMemory());
        } finally {
            deleteAll(folder);
        }
    }

    private List<TardyRuntime> run(SplittableRandom random, Path folder) throws Exception {
        List<Chain> drawn = new ArrayList<>();
        int count = random.nextInt(CHAINS_MIN, CHAINS_MAX + 1);
        Tardy.Builder builder =
                Tardy.builder()
                        .async(transport)
                        .threading(Threading.multi(RUNTIMES))
                        .pooling(random.nextBoolean() ? Pooling.STATIC : Pooling.GROW)
                        .tasksInitial(random.nextInt(2, CHAINS_MAX))
                        .aioReapMax(random.nextInt(1, 1025))
                        .offloadThreadsMax(random.nextInt(1, 17));
        try (Tardy tardy = builder.build()) {
            for (int i = 0; i < count; i++) {
                SplittableRandom own = random.split();
                drawn.add(
                        own.nextBoolean()
                                ? new FileChain(own, folder.resolve("chain " + i), operations)
                                : new TcpChain(own, tardy, operations));
            }
            chains += count;
            Queue<Frame<?>> frames = new ConcurrentLinkedQueue<>();
            TardyEntry entry =
                    tardy.entryInNewThread(
                            drawn, (rt, all) -> frames.add(rt.spawn(() -> start(rt, all, frames))));
            if (!entry.await(WATCHDOG)) {
                throw new IllegalStateException(
                        "not ended after " + WATCHDOG + ": " + unfinished(frames));
            }
            for (Frame<?> frame : frames) {
                frame.join();
            }
            for (Chain chain : drawn) {
                chain.awaitPeer();
            }
            return entry.runtimes();
        }
    }

    /** Starts every other chain. If the pool is static and full, waits for a free task. */
    private static void start(TardyRuntime rt, List<Chain> chains, Queue<Frame<?>> frames)
            throws IOException {
        for (int i = rt.id(); i < chains.size(); i += RUNTIMES) {
            Chain chain = chains.get(i);
            frames.add(rt.spawnAwait(chain::run));
        }
    }

    private static List<Frame<?>> unfinished(Queue<Frame<?>> frames) {
        return frames.stream()
                .filter(frame -> frame.status() == FrameStatus.ALIVE)
                .limit(20)
                .toList();
    }

    static void requireEqual(String what, long expected, long actual) {
        if (expected != actual) {
            throw new IllegalStateException(what + ": " + actual + ", not " + expected);
        }
    }

    /**
     * The first runtime, and the JDK's first socket, open descriptors for good. This opens them
     * before they are counted.
     */
    private void warmUp() throws IOException {
        if (chains == 0) {
            new ServerSocket(0, 1, InetAddress.getLoopbackAddress()).close();
            try (Tardy tardy = Tardy.builder().async(transport).build()) {
                tardy.entry("warm up", (rt, nothing) -> rt.spawn(() -> {}));
            }
        }
    }

    /** Counts sockets, event descriptors and our files; class loading may open others any time. */
    private static long descriptors() throws IOException {
        long count = 0;
        try (DirectoryStream<Path> descriptors = Files.newDirectoryStream(DESCRIPTORS)) {
            for (Path descriptor : descriptors) {
                try {
                    String target = Files.readSymbolicLink(descriptor).toString();
                    if (target.startsWith("socket:")
                            || target.startsWith("anon_inode:[")
                            || target.contains("/tardy-e2e")) {
                        count++;
                    }
                } catch (NoSuchFileException e) {
                    // The stream's own descriptor.
                }
            }
        } catch (NoSuchFileException e) {
            return 0; // not Linux
        }
        return count;
    }

    private static void deleteAll(Path folder) throws IOException {
        try (Stream<Path> paths = Files.walk(folder)) {
            for (Path path : paths.sorted(Comparator.reverseOrder()).toList()) {
                Files.delete(path);
            }
        }
    }
}
