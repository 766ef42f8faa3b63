package io.tardy.testsuite;

import static io.tardy.testsuite.FileContract.bytes;
import static io.tardy.testsuite.FileContract.makeFifo;
import static java.util.concurrent.TimeUnit.SECONDS;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import io.tardy.Deadline;
import io.tardy.Frame;
import io.tardy.TardyRuntime;
import io.tardy.aio.CancelledException;
import io.tardy.aio.DeadlineExceededException;
import io.tardy.aio.FileMode;
import io.tardy.fs.CreateFlags;
import io.tardy.fs.Dir;
import io.tardy.fs.File;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.SplittableRandom;
import java.util.concurrent.CyclicBarrier;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Giving up what waits for a file, by cancelling and by deadlines. */
@NotSimulated("the simulated file system has no FIFOs")
interface FileDeadlineContract extends TransportFixture {

    @Test
    default void whoWaitsForAFifoCanBeCancelled(@TempDir Path folder) throws Exception {
        Path fifo = makeFifo(folder.resolve("fifo"));
        inFrame(
                rt -> {
                    Frame<Integer> noWriter = rt.spawnCall(() -> openAndRead(fifo));
                    Frame.delay(Duration.ofMillis(30));
                    noWriter.cancel();
                    TransportFixture.assertFailedOf(noWriter, CancelledException.class);
                    Frame<File> noReader = rt.spawnCall(() -> File.open(fifo, FileMode.WRITE));
                    Frame.delay(Duration.ofMillis(30));
                    noReader.cancel();
                    TransportFixture.assertFailedOf(noReader, CancelledException.class);
                });
    }

    Duration DAY = Duration.ofDays(1);
    Duration SOON = Duration.ofMillis(5);

    private static void assertExceeded(ThrowingCallable call) {
        assertThatExceptionOfType(DeadlineExceededException.class).isThrownBy(call);
    }

    /** Both threads of the pool are free, and no timer is left. */
    private static void assertNothingIsLeft(TardyRuntime rt) throws Exception {
        CyclicBarrier bothThreads = new CyclicBarrier(2);
        Frame<Integer> other = rt.spawnCall(() -> rt.offload(() -> bothThreads.await(20, SECONDS)));
        assertThat(rt.<Integer>offload(() -> bothThreads.await(20, SECONDS))).isBetween(0, 1);
        other.join();
        assertThat(rt.timersActive()).isZero();
        assertThat(rt.tasks()).isEqualTo(1);
    }

    @Test
    default void openingAFifoWithoutItsOtherEndEndsAtTheDeadline(@TempDir Path folder)
            throws Exception {
        Path fifo = makeFifo(folder.resolve("fifo"));
        inFrame(
                tardy().offloadThreadsMax(2),
                rt -> {
                    for (int i = 0; i < 3; i++) {
                        long began = System.nanoTime();
                        assertExceeded(
                                () -> Deadline.within(SOON, () -> File.open(fifo, FileMode.WRITE)));
                        assertThat(System.nanoTime() - began)
                                .isGreaterThanOrEqualTo(SOON.toNanos());
                        assertExceeded(() -> Deadline.within(SOON, () -> openAndRead(fifo)));
                        assertExceeded(
                                () ->
                                        Deadline.within(
                                                Duration.ZERO,
                                                () -> File.open(fifo, FileMode.WRITE)));
                        assertNothingIsLeft(rt);
                    }
                    Frame<Integer> reader = rt.spawnCall(() -> openAndRead(fifo));
                    try (File file =
                            Deadline.callWithin(DAY, () -> File.open(fifo, FileMode.WRITE))) {
                        file.writeAll(bytes("x"));
                    }
                    assertThat(reader.join()).isOne();
                });
    }

    /** Where the open does not wait for a writer, the read does. */
    private static int openAndRead(Path fifo) throws IOException {
        try (File file = File.open(fifo)) {
            return file.read(ByteBuffer.allocate(1));
        }
    }

    @Test
    default void aReadThatIsTooLateHasTakenNothingAndTheFileStaysUsable(@TempDir Path folder)
            throws Exception {
        Path fifo = makeFifo(folder.resolve("fifo"));
        inFrame(
                tardy().offloadThreadsMax(2),
                rt -> {
                    try (File writer = File.open(fifo, FileMode.READ_WRITE);
                            File reader = File.open(fifo)) {
                        for (ByteBuffer into :
                                List.of(ByteBuffer.allocate(9), ByteBuffer.allocateDirect(9))) {
                            assertExceeded(() -> Deadline.within(SOON, () -> reader.read(into)));
                            assertThat(into.position()).isZero();
                            assertNothingIsLeft(rt);
                            writer.writeAll(bytes("in time"));
                            assertExceeded(
                                    () -> Deadline.within(Duration.ZERO, () -> reader.read(into)));
                            int count = Deadline.callWithin(DAY, () -> reader.read(into));
                            assertThat(count).isEqualTo(7);
                            assertThat(into.flip()).isEqualTo(bytes("in time"));
                        }
                    }
                    assertNothingIsLeft(rt);
                });
    }

    @Test
    default void aWriteThatIsTooLateTellsWhatWasWritten(@TempDir Path folder) throws Exception {
        long seed = Seeds.draw("aWriteThatIsTooLateTellsWhatWasWritten");
        byte[] content = new byte[500_000]; // more than a pipe holds
        new SplittableRandom(seed).nextBytes(content);
        Path fifo = makeFifo(folder.resolve("fifo"));
        inFrame(
                tardy().offloadThreadsMax(2),
                rt -> {
                    try (File reader = File.open(fifo, FileMode.READ_WRITE);
                            File writer = File.open(fifo, FileMode.WRITE)) {
                        ByteBuffer from = ByteBuffer.allocateDirect(content.length);
                        from.put(content).flip();
                        ByteBuffer all = ByteBuffer.allocate(content.length);
                        while (from.hasRemaining()) {
                            try {
                                Deadline.within(SOON, () -> writer.writeAll(from));
                            } catch (DeadlineExceededException e) {
                                assertThat(from.hasRemaining()).isTrue();
                            }
                            all.limit(from.position()); // what it says was written can be read
                            int there = from.position() - all.position();
                            int count = Deadline.callWithin(patience(), () -> reader.readAll(all));
                            assertThat(count).isEqualTo(there);
                        }
                        assertThat(all.flip())
                                .as("seed %d", seed)
                                .isEqualTo(ByteBuffer.wrap(content));
                        assertExceeded(
                                () ->
                                        Deadline.within(
                                                SOON, () -> reader.read(ByteBuffer.allocate(1))));
                    }
                    assertNothingIsLeft(rt);
                });
    }

    @Test
    default void aFileOfADiskIsUsableAfterADeadlineAndClosesWhenItIsTooLate(@TempDir Path folder)
            throws Exception {
        Path path = folder.resolve("a");
        inFrame(
                rt -> {
                    assertExceeded(() -> Deadline.within(Duration.ZERO, () -> File.create(path)));
                    assertThat(path).doesNotExist();
                    CreateFlags flags = new CreateFlags(FileMode.READ_WRITE, 0600, true, true);
                    File file = File.create(path, flags);
                    Deadline.within(
                            Duration.ZERO,
                            () -> {
                                assertExceeded(() -> file.write(bytes("late")));
                                assertExceeded(file::stat);
                                assertExceeded(() -> Dir.cwd().stat(path));
                                assertExceeded(() -> Dir.create(folder.resolve("dir")));
                                assertExceeded(() -> Dir.cwd().deleteFile(path));
                            });
                    file.writeAll(bytes("in time"));
                    assertThat(file.stat().size()).isEqualTo(7);
                    Deadline.within(Duration.ZERO, file::close);
                    assertThat(file.isClosed()).isTrue();
                });
        assertThat(path).hasContent("in time");
        assertThat(folder.resolve("dir")).doesNotExist();
    }
}
