package io.tardy.testsuite;

import static io.tardy.testsuite.FileContract.bytes;
import static io.tardy.testsuite.FileContract.makeFifo;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import io.tardy.Frame;
import io.tardy.FrameFailedException;
import io.tardy.FrameStatus;
import io.tardy.Timer;
import io.tardy.aio.FileMode;
import io.tardy.aio.ReadError;
import io.tardy.aio.TardyIOException;
import io.tardy.fs.File;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.time.Duration;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Files that make one wait for somebody else, and ways not to. */
interface FifoContract extends TransportFixture {

    @Test
    default void aFifoMakesItsReaderWaitAndNobodyElse(@TempDir Path folder) throws Exception {
        Path fifo = folder.resolve("fifo");
        makeFifo(fifo);
        inFrame(
                rt -> {
                    Frame<String> reader =
                            rt.spawn(
                                    () -> {
                                        try (File file = File.open(fifo)) {
                                            ByteBuffer into = ByteBuffer.allocate(100);
                                            file.readAll(into);
                                            return StandardCharsets.UTF_8
                                                    .decode(into.flip())
                                                    .toString();
                                        }
                                    });
                    for (int i = 0; i < 20; i++) {
                        Timer.delay(Duration.ofMillis(1));
                    }
                    assertThat(reader.status()).isEqualTo(FrameStatus.ALIVE);
                    try (File file = File.open(fifo, FileMode.WRITE)) {
                        file.writeAll(bytes("hello "));
                        Timer.delay(Duration.ofMillis(5));
                        file.writeAll(bytes("reader"));
                    }
                    assertThat(reader.join()).isEqualTo("hello reader");
                });
    }

    @Test
    default void closingAFileEndsTheWaitOfItsReader(@TempDir Path folder) throws Exception {
        Path fifo = folder.resolve("fifo");
        makeFifo(fifo);
        try (FileChannel both =
                FileChannel.open(fifo, StandardOpenOption.READ, StandardOpenOption.WRITE)) {
            inFrame(
                    rt -> {
                        File file = File.open(fifo);
                        Frame<Integer> reader =
                                rt.spawn(() -> file.read(ByteBuffer.allocateDirect(1)));
                        Timer.delay(Duration.ofMillis(20));
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
