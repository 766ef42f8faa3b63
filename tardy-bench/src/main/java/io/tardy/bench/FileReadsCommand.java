package io.tardy.bench;

import com.sun.management.OperatingSystemMXBean;
import io.tardy.Frame;
import io.tardy.Tardy;
import io.tardy.TardyRuntime;
import io.tardy.Threading;
import io.tardy.fs.File;
import java.io.IOException;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.lang.management.ManagementFactory;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.SplittableRandom;
import java.util.concurrent.Callable;
import java.util.concurrent.ConcurrentLinkedQueue;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;

/**
 * Reads blocks of a file that is in the page cache: the cost of an operation on a file, beside that
 * of the JDK's {@code FileChannel}, which blocks its thread. The ratio of the two, in turns within
 * one run, is what to compare.
 */
@Command(
        name = "file-reads",
        description = "Blocks read from a cached file, beside the JDK's channels.",
        mixinStandardHelpOptions = true)
final class FileReadsCommand implements Callable<Integer> {

    private static final long SEED = 20_261_127;
    private static final int WRITE_BYTES = 1 << 20;

    @Mixin private TransportOption transport;

    @Option(names = "--frames", description = "How many frames read at once (default: 8).")
    private int frames = 8;

    @Option(names = "--block-bytes", description = "How much each read reads (default: 4096).")
    private int blockBytes = 4096;

    @Option(names = "--reads", description = "How many reads a round has (default: 200000).")
    private int reads = 200_000;

    @Option(
            names = "--rounds",
            description = "How many rounds, the first not counted (default: 6).")
    private int rounds = 6;

    @Option(
            names = "--at-position",
            description = "At the file's current position, not at offsets; frames share it.")
    private boolean isAtPosition;

    @Option(names = "--file-mib", description = "How long the file is, in MiB (default: 64).")
    private int fileMib = 64;

    @Option(
            names = "--virtual-threads",
            description =
                    "How many virtual threads read with the JDK's channel, which they share; the"
                            + " ratio is that of the process's CPU time then (default: none, one"
                            + " platform thread).")
    private int virtualThreads;

    @Spec private CommandSpec spec;

    private final OperatingSystemMXBean system =
            (OperatingSystemMXBean) ManagementFactory.getOperatingSystemMXBean();

    /** What a round took. */
    private record Took(long nanos, long cpuNanos) {}

    private interface Round {
        long nanos(Path path) throws Exception;
    }

    @Override
    public Integer call() throws Exception {
        if (fileMib < 1 || blockBytes < 1 || fileBytes() % blockBytes != 0) {
            throw new ParameterException(
                    spec.commandLine(), "--block-bytes: a power of two, at most the file's length");
        }
        Path path = Files.createTempFile("tardy-bench", ".file");
        try {
            fill(path);
            for (int round = 0; round <= rounds; round++) {
                Took jdk = took(virtualThreads > 0 ? this::virtualNanos : this::jdkNanos, path);
                Took tardy = took(this::tardyNanos, path);
                if (round > 0) {
                    report(round, jdk, tardy);
                }
            }
            return 0;
        } finally {
            Files.delete(path);
        }
    }

    private void fill(Path path) throws IOException {
        SplittableRandom random = new SplittableRandom(SEED);
        byte[] content = new byte[WRITE_BYTES];
        try (OutputStream out = Files.newOutputStream(path)) {
            for (int i = 0; i < fileMib; i++) {
                random.nextBytes(content);
                out.write(content);
            }
        }
    }

    private Took took(Round round, Path path) throws Exception {
        long cpuBefore = system.getProcessCpuTime();
        long nanos = round.nanos(path);
        return new Took(nanos, system.getProcessCpuTime() - cpuBefore);
    }

    private void report(int round, Took jdk, Took tardy) {
        System.out.printf(
                "round %d: jdk %d ns, tardy %d ns a read, ratio %.3f; of CPU time: jdk %d ns, tardy"
                        + " %d ns, ratio %.3f%n",
                round,
                jdk.nanos / reads,
                tardy.nanos / reads,
                (double) jdk.nanos / tardy.nanos,
                jdk.cpuNanos / reads,
                tardy.cpuNanos / reads,
                (double) jdk.cpuNanos / tardy.cpuNanos);
    }

    private long fileBytes() {
        return (long) fileMib * WRITE_BYTES;
    }

    private long virtualNanos(Path path) throws Exception {
        try (FileChannel channel = FileChannel.open(path, StandardOpenOption.READ)) {
            long began = System.nanoTime();
            var readers = new Thread[virtualThreads];
            var failures = new ConcurrentLinkedQueue<Throwable>();
            for (int i = 0; i < virtualThreads; i++) {
                long seed = SEED + i;
                readers[i] =
                        Thread.ofVirtual()
                                .uncaughtExceptionHandler(
                                        (thread, failure) -> failures.add(failure))
                                .start(() -> readVirtual(channel, seed));
            }
            for (var reader : readers) {
                reader.join();
            }
            if (!failures.isEmpty()) {
                throw new IllegalStateException(failures.peek());
            }
            return System.nanoTime() - began;
        }
    }

    private void readVirtual(FileChannel channel, long seed) {
        ByteBuffer block = ByteBuffer.allocateDirect(blockBytes);
        SplittableRandom random = new SplittableRandom(seed);
        try {
            for (int i = 0; i < reads / virtualThreads; i++) {
                block.clear();
                requireWhole(channel.read(block, offset(random)));
            }
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private long jdkNanos(Path path) throws Exception {
        ByteBuffer block = ByteBuffer.allocateDirect(blockBytes);
        SplittableRandom random = new SplittableRandom(SEED);
        try (FileChannel channel = FileChannel.open(path, StandardOpenOption.READ)) {
            long began = System.nanoTime();
            for (int i = 0; i < reads; i++) {
                block.clear();
                int count =
                        isAtPosition ? channel.read(block) : channel.read(block, offset(random));
                requireWhole(count);
                if (isAtPosition && (i + 1) % blocks() == 0) {
                    channel.position(0);
                }
            }
            return System.nanoTime() - began;
        }
    }

    private long tardyNanos(Path path) throws Exception {
        long[] nanos = new long[1];
        try (Tardy tardy =
                Tardy.builder().async(transport.type()).threading(Threading.single()).build()) {
            tardy.entry(
                    path,
                    (rt, file) ->
                            rt.spawn(
                                    () -> {
                                        for (int left = reads; left > 0; left -= blocks()) {
                                            int count = Math.min(left, blocks());
                                            nanos[0] += passNanos(rt, file, count);
                                        }
                                    }));
        }
        return nanos[0];
    }

    /** Reads no more than the file has, so that none is at its end. */
    private long passNanos(TardyRuntime rt, Path path, int count) throws Exception {
        try (File file = File.open(path)) {
            long began = System.nanoTime();
            var readers = new Frame<?>[frames];
            for (int i = 0; i < frames; i++) {
                long seed = SEED + i;
                readers[i] = rt.spawn(() -> read(file, seed, count / frames));
            }
            for (var reader : readers) {
                reader.join();
            }
            return System.nanoTime() - began;
        }
    }

    private void read(File file, long seed, int count) throws Exception {
        ByteBuffer block = ByteBuffer.allocateDirect(blockBytes);
        SplittableRandom random = new SplittableRandom(seed);
        for (int i = 0; i < count; i++) {
            block.clear();
            requireWhole(isAtPosition ? file.read(block) : file.read(block, offset(random)));
        }
    }

    private int blocks() {
        return (int) (fileBytes() / blockBytes);
    }

    private void requireWhole(int count) {
        if (count != blockBytes) {
            throw new IllegalStateException("read " + count + " bytes of " + blockBytes);
        }
    }

    private long offset(SplittableRandom random) {
        return (long) random.nextInt(blocks()) * blockBytes;
    }
}
