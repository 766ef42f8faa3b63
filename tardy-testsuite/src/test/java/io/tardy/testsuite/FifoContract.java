package io.tardy.testsuite;

import static io.tardy.testsuite.FileContract.bytes;
import static io.tardy.testsuite.FileContract.makeFifo;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.assertj.core.api.Assertions.catchThrowable;

import io.tardy.Frame;
import io.tardy.FrameFailedException;
import io.tardy.FrameStatus;
import io.tardy.TardyRuntime;
import io.tardy.aio.AsyncOp;
import io.tardy.aio.FileMode;
import io.tardy.aio.ReadError;
import io.tardy.aio.TardyIOException;
import io.tardy.fs.Dir;
import io.tardy.fs.File;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Files that make one wait for somebody else, and ways not to. */
@NotSimulated("the simulated file system has no FIFOs")
interface FifoContract extends TransportFixture {

    /** What a frame reads from a file. */
    @FunctionalInterface
    interface Reading<T> {
        T from(File file) throws Exception;
    }

    /** A frame that opens it, which may have to wait, and reads. */
    private static <T> Frame<T> reading(Path fifo, Reading<T> reading) {
        return TardyRuntime.current()
                .spawnCall(
                        () -> {
                            try (File file = File.open(fifo)) {
                                return reading.from(file);
                            }
                        });
    }

    @Test
    default void aFifoMakesItsReaderWaitAndNobodyElse(@TempDir Path folder) throws Exception {
        Path fifo = makeFifo(folder.resolve("fifo"));
        inFrame(
                rt -> {
                    Frame<String> reader =
                            reading(
                                    fifo,
                                    file -> {
                                        ByteBuffer into = ByteBuffer.allocate(100);
                                        file.readAll(into);
                                        return StandardCharsets.UTF_8
                                                .decode(into.flip())
                                                .toString();
                                    });
                    for (int i = 0; i < 20; i++) {
                        Frame.delay(Duration.ofMillis(1));
                    }
                    assertThat(reader.status()).isEqualTo(FrameStatus.ALIVE);
                    try (File file = File.open(fifo, FileMode.WRITE)) {
                        file.writeAll(bytes("hello "));
                        Frame.delay(Duration.ofMillis(5));
                        file.writeAll(bytes("reader"));
                    }
                    assertThat(reader.join()).isEqualTo("hello reader");
                });
    }

    /** More of them than any pool has threads. */
    @Test
    default void waitsForFifosHoldUpNoOtherOperation(@TempDir Path folder) throws Exception {
        List<Path> read = new ArrayList<>();
        List<Path> written = new ArrayList<>();
        for (int i = 0; i < 20; i++) {
            read.add(folder.resolve("read" + i));
            written.add(folder.resolve("written" + i));
            makeFifo(read.get(i));
            makeFifo(written.get(i));
        }
        inFrame(
                tardy().offloadThreadsMax(2),
                rt -> {
                    List<File> files = new ArrayList<>();
                    List<Frame<File>> openers = new ArrayList<>();
                    List<Frame<Integer>> readers = new ArrayList<>();
                    for (Path path : written) {
                        openers.add(rt.spawnCall(() -> File.open(path, FileMode.WRITE)));
                    }
                    for (Path path : read) {
                        File file = File.open(path, FileMode.READ_WRITE);
                        files.add(file);
                        readers.add(rt.spawnCall(() -> file.read(ByteBuffer.allocateDirect(1))));
                    }
                    for (int i = 0; i < 20; i++) {
                        Frame.delay(Duration.ofMillis(1));
                    }
                    assertThat(openers).allMatch(frame -> frame.status() == FrameStatus.ALIVE);
                    assertThat(readers).allMatch(frame -> frame.status() == FrameStatus.ALIVE);
                    assertThat(Dir.cwd().stat(folder).isDirectory()).isTrue();
                    files.getFirst().close();
                    assertThatExceptionOfType(FrameFailedException.class)
                            .isThrownBy(readers.getFirst()::join)
                            .withMessageContaining("INVALID_FD");
                    for (int i = 1; i < 20; i++) {
                        try (File writer = File.open(read.get(i), FileMode.WRITE)) {
                            writer.writeAll(bytes("x"));
                        }
                        assertThat(readers.get(i).join()).isOne();
                        files.get(i).close();
                    }
                    for (int i = 0; i < 20; i++) {
                        try (File reader = File.open(written.get(i))) {
                            openers.get(i).join().close();
                            assertThat(reader.read(ByteBuffer.allocate(1))).isEqualTo(-1);
                        }
                    }
                });
    }

    /** A thread for each wait is where there is no other way, and their number has a bound. */
    @Test
    default void moreWaitsThanThereAreThreadsForAreRefused(@TempDir Path folder) throws Exception {
        boolean isBounded = !nativeOps().contains(AsyncOp.READ);
        Path fifo = makeFifo(folder.resolve("fifo"));
        inFrame(
                rt -> {
                    List<File> files = new ArrayList<>();
                    List<Frame<Integer>> readers = new ArrayList<>();
                    try {
                        for (int i = 0; i < 300; i++) {
                            files.add(File.open(fifo, FileMode.READ_WRITE));
                        }
                        for (File file : files) {
                            readers.add(
                                    rt.spawnCall(() -> file.read(ByteBuffer.allocateDirect(1))));
                        }
                        while (isBounded && ended(readers) == 0) {
                            Frame.delay(Duration.ofMillis(1));
                        }
                        Frame.delay(Duration.ofMillis(20));
                        assertThat(Dir.cwd().stat(folder).isDirectory()).isTrue();
                        assertThat(ended(readers)).isEqualTo(isBounded ? 300 - 256 : 0);
                    } finally {
                        for (File file : files) {
                            file.close();
                        }
                    }
                    for (Frame<Integer> reader : readers) {
                        Throwable failure = catchThrowable(reader::join);
                        assertThat(failure.getCause().getMessage())
                                .containsAnyOf("INVALID_FD", "each has a thread of its own");
                    }
                });
    }

    private static long ended(List<? extends Frame<?>> frames) {
        return frames.stream().filter(frame -> frame.status() != FrameStatus.ALIVE).count();
    }

    /** What it writes first is what its reader reads, whoever came first. */
    @Test
    default void aReaderThatComesFirstWaitsForItsWriterAndIsToldOfItsEnd(@TempDir Path folder)
            throws Exception {
        Path fifo = makeFifo(folder.resolve("fifo"));
        inFrame(
                rt -> {
                    Frame<String> reader =
                            reading(
                                    fifo,
                                    file -> {
                                        ByteBuffer into = ByteBuffer.allocateDirect(9);
                                        String first = file.read(into) + " ";
                                        return first + file.read(into);
                                    });
                    Frame.delay(Duration.ofMillis(20));
                    try (File file = File.open(fifo, FileMode.WRITE)) {
                        file.writeAll(bytes("four"));
                    }
                    assertThat(reader.join()).isEqualTo("4 -1");
                });
    }

    @Test
    default void closingAFileEndsTheWaitOfItsReader(@TempDir Path folder) throws Exception {
        Path fifo = makeFifo(folder.resolve("fifo"));
        try (FileChannel both =
                FileChannel.open(fifo, StandardOpenOption.READ, StandardOpenOption.WRITE)) {
            inFrame(
                    rt -> {
                        File file = File.open(fifo);
                        Frame<Integer> reader =
                                rt.spawnCall(() -> file.read(ByteBuffer.allocateDirect(1)));
                        Frame.delay(Duration.ofMillis(20));
                        rt.offload(
                                () -> {
                                    file.close(); // on a thread that is no runtime's
                                    return null;
                                });
                        assertThatExceptionOfType(FrameFailedException.class)
                                .isThrownBy(reader::join)
                                .havingCause()
                                .isInstanceOfSatisfying(
                                        TardyIOException.class,
                                        e -> assertThat(e.error()).isEqualTo(ReadError.INVALID_FD));
                    });
        }
    }
}
