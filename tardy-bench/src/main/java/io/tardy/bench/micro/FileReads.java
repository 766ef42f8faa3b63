package io.tardy.bench.micro;

import io.tardy.fs.File;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.SplittableRandom;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.OperationsPerInvocation;
import org.openjdk.jmh.annotations.Param;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.TearDown;

/** A block is read at a random place of a file that is in the page cache. */
public class FileReads extends InBatches {

    private static final int BLOCK_BYTES = 4096;
    private static final int MIB = 1 << 20;
    private static final long SEED = 20_261_130;

    /** How many read at once. */
    @Param({"1", "64"})
    public int width;

    @Param("64")
    public int fileMib;

    private Path path;
    private ByteBuffer[] blocks;

    @Setup
    public void write() throws Exception {
        path = Files.createTempFile("tardy-bench", ".file");
        byte[] content = new byte[MIB];
        SplittableRandom random = new SplittableRandom(SEED);
        try (var out = Files.newOutputStream(path)) {
            for (int i = 0; i < fileMib; i++) {
                random.nextBytes(content);
                out.write(content);
            }
        }
        blocks = new ByteBuffer[width];
        for (int i = 0; i < width; i++) {
            blocks[i] = ByteBuffer.allocateDirect(BLOCK_BYTES);
        }
    }

    @TearDown
    public void delete() throws Exception {
        Files.delete(path);
    }

    @Benchmark
    @OperationsPerInvocation(COUNT)
    public void frames(Runtimes runtimes) throws Exception {
        File[] file = new File[1];
        runtimes.run(() -> file[0] = File.open(path));
        runtimes.runAll(width, number -> () -> readAll(number, file[0]::read));
        runtimes.run(file[0]::close);
    }

    @Benchmark
    @OperationsPerInvocation(COUNT)
    public void virtualThreads() throws Exception {
        try (FileChannel channel = FileChannel.open(path, StandardOpenOption.READ)) {
            VirtualThreads.runAll(width, number -> () -> readAll(number, channel::read));
        }
    }

    /** What reads into a buffer from an offset. */
    private interface Reading {
        int read(ByteBuffer into, long offset) throws Exception;
    }

    private void readAll(int number, Reading reading) throws Exception {
        SplittableRandom random = new SplittableRandom(SEED + number);
        int blocksOfFile = fileMib * (MIB / BLOCK_BYTES);
        for (int i = 0; i < countOfEach(width); i++) {
            long offset = (long) random.nextInt(blocksOfFile) * BLOCK_BYTES;
            require(BLOCK_BYTES, reading.read(blocks[number].clear(), offset));
        }
    }
}
