package io.tardy.testsuite;

import static io.tardy.testsuite.FileContract.assertFailure;
import static io.tardy.testsuite.FileContract.bytes;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import io.tardy.Frame;
import io.tardy.FrameFailedException;
import io.tardy.aio.AsyncOpenFlags;
import io.tardy.aio.CancelledException;
import io.tardy.aio.Errno;
import io.tardy.aio.FileMode;
import io.tardy.aio.ReadError;
import io.tardy.aio.TaskState;
import io.tardy.aio.WriteError;
import io.tardy.fs.CreateFlags;
import io.tardy.fs.File;
import io.tardy.net.Socket;
import io.tardy.os.FileHandle;
import io.tardy.os.FilePosition;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.BitSet;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicBoolean;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The current position: one for all who use a file, and nothing is read or written twice. */
interface FilePositionContract extends ConnectedFixture {

    int BLOCK_BYTES = 4096;

    CreateFlags READ_AND_WRITE = new CreateFlags(FileMode.READ_WRITE, 0600, true, true);

    AsyncOpenFlags READ_AND_APPEND =
            AsyncOpenFlags.of(FileMode.READ_WRITE).withCreate().withPermissions(0600).withAppend();

    /** A file whose blocks each begin with their number. */
    private Path blocks(Path folder, int count) throws Exception {
        ByteBuffer content = ByteBuffer.allocate(count * BLOCK_BYTES);
        for (int block = 0; block < count; block++) {
            content.putInt(block * BLOCK_BYTES, block);
        }
        return fileOf(folder.resolve("blocks"), content.array());
    }

    @Test
    default void framesThatReadOneFileGetEachBlockOnce(@TempDir Path folder) throws Exception {
        int blocks = 1024;
        Path path = blocks(folder, blocks);
        BitSet seen = new BitSet();
        inFrame(
                rt -> {
                    try (File file = File.open(path)) {
                        List<Frame<Void>> readers = new ArrayList<>();
                        for (int i = 0; i < 8; i++) {
                            boolean isDirect = i % 2 == 0;
                            readers.add(rt.spawn(() -> readBlocks(file, isDirect, seen)));
                        }
                        for (Frame<Void> reader : readers) {
                            reader.join();
                        }
                    }
                });
        assertThat(seen.cardinality()).isEqualTo(blocks);
    }

    private static void readBlocks(File file, boolean isDirect, BitSet seen) throws Exception {
        ByteBuffer block =
                isDirect
                        ? ByteBuffer.allocateDirect(BLOCK_BYTES)
                        : ByteBuffer.allocate(BLOCK_BYTES);
        while (file.read(block.clear()) >= 0) {
            assertThat(block.position()).isEqualTo(BLOCK_BYTES);
            int number = block.getInt(0);
            assertThat(seen.get(number)).as("block %d was read before", number).isFalse();
            seen.set(number);
        }
    }

    @Test
    default void framesThatWriteOneFileOverwriteNothing(@TempDir Path folder) throws Exception {
        int writers = 16;
        int blocksEach = 32;
        Path path = folder.resolve("written");
        inFrame(
                rt -> {
                    try (File file = File.create(path)) {
                        List<Frame<Void>> frames = new ArrayList<>();
                        for (int i = 0; i < writers; i++) {
                            int first = i * blocksEach;
                            frames.add(
                                    rt.spawn(
                                            () -> {
                                                for (int n = 0; n < blocksEach; n++) {
                                                    ByteBuffer block =
                                                            ByteBuffer.allocateDirect(BLOCK_BYTES);
                                                    file.writeAll(block.putInt(0, first + n));
                                                }
                                            }));
                        }
                        for (Frame<Void> frame : frames) {
                            frame.join();
                        }
                    }
                });
        ByteBuffer content = ByteBuffer.wrap(contentOf(path));
        assertThat(content.limit()).isEqualTo(writers * blocksEach * BLOCK_BYTES);
        BitSet seen = new BitSet();
        for (int block = 0; block < writers * blocksEach; block++) {
            seen.set(content.getInt(block * BLOCK_BYTES));
        }
        assertThat(seen.cardinality()).isEqualTo(writers * blocksEach);
    }

    @Test
    @NotSimulated(NotSimulated.BLOCKS)
    default void runtimesShareThePositionToo(@TempDir Path folder) throws Exception {
        int blocks = 2048;
        Path path = blocks(folder, blocks);
        BitSet[] seen = {new BitSet(), new BitSet()};
        File[] shared = new File[1];
        CountDownLatch opened = new CountDownLatch(1);
        CountDownLatch read = new CountDownLatch(2);
        inFrame(
                tardy(2),
                rt -> {
                    if (rt.id() == 0) {
                        shared[0] = File.open(path);
                        opened.countDown();
                    } else {
                        rt.offload(
                                () -> {
                                    opened.await();
                                    return null;
                                });
                    }
                    readBlocks(shared[0], true, seen[rt.id()]);
                    read.countDown();
                    if (rt.id() == 0) {
                        rt.offload(
                                () -> {
                                    read.await();
                                    return null;
                                });
                        shared[0].close();
                    }
                });
        assertThat(seen[0].intersects(seen[1])).isFalse();
        assertThat(seen[0].cardinality() + seen[1].cardinality()).isEqualTo(blocks);
    }

    @Test
    default void readsAndWritesShareThePositionAndOffsetsLeaveIt(@TempDir Path folder)
            throws Exception {
        Path path = folder.resolve("both");
        inFrame(
                rt -> {
                    try (File file = File.create(path, READ_AND_WRITE)) {
                        file.writeAll(bytes("0123456789"));
                        assertThat(file.read(ByteBuffer.allocate(1))).isEqualTo(-1);
                        file.writeAll(bytes("ABC"), 2);
                        file.writeAll(bytes("x"));
                        ByteBuffer into = ByteBuffer.allocate(4);
                        assertThat(file.readAll(into, 1)).isEqualTo(4);
                        file.writeAll(bytes("y"));
                    }
                    try (File file = File.open(path, FileMode.READ_WRITE)) {
                        assertThat(file.read(ByteBuffer.allocate(3))).isEqualTo(3);
                        file.writeAll(bytes("-"));
                    }
                });
        assertThat(textOf(path)).isEqualTo("01A-C56789xy");
    }

    @Test
    @NotSimulated(NotSimulated.FILES)
    default void whatIsAppendedGoesToTheEndAndIsNotReadAgain(@TempDir Path folder)
            throws Exception {
        Path path = fileOf(folder.resolve("log"), "first ".getBytes(StandardCharsets.US_ASCII));
        inFrame(
                rt -> {
                    try (File file = File.open(path, READ_AND_APPEND)) {
                        ByteBuffer into = ByteBuffer.allocate(20);
                        assertThat(file.read(into.limit(2))).isEqualTo(2);
                        file.writeAll(bytes("second "));
                        Files.writeString(path, "more", java.nio.file.StandardOpenOption.APPEND);
                        assertThat(file.read(into.clear())).isEqualTo(4);
                        assertThat(into.flip()).isEqualTo(bytes("more"));
                    }
                });
        assertThat(textOf(path)).isEqualTo("first second more");
    }

    @Test
    default void aFileIsSentFromItsPositionWhichGoesOn(@TempDir Path folder) throws Exception {
        Path path =
                fileOf(folder.resolve("sent"), "0123456789".getBytes(StandardCharsets.US_ASCII));
        withPair(
                (rt, client, peer) -> {
                    try (File file = File.open(path)) {
                        ByteBuffer into = ByteBuffer.allocate(2);
                        assertThat(file.read(into)).isEqualTo(2);
                        assertThat(client.sendFile(file, 3)).isEqualTo(3);
                        assertThat(client.sendFile(file, 0, 1)).isOne();
                        assertThat(file.read(into.clear())).isEqualTo(2);
                        assertThat(into.flip()).isEqualTo(bytes("56"));
                        ByteBuffer received = ByteBuffer.allocate(4);
                        assertThat(peer.recvAll(received)).isEqualTo(4);
                        assertThat(received.flip()).isEqualTo(bytes("2340"));
                    }
                });
    }

    @Test
    default void whoIsCancelledInTheQueueForThePositionLeavesItToTheOthers(@TempDir Path folder)
            throws Exception {
        int blocks = 64;
        Path path = blocks(folder, blocks);
        inFrame(
                rt -> {
                    for (int round = 0; round < 20; round++) {
                        BitSet seen = new BitSet();
                        try (File file = File.open(path)) {
                            List<Frame<Void>> readers = new ArrayList<>();
                            for (int i = 0; i < 8; i++) {
                                readers.add(rt.spawn(() -> readBlocks(file, true, seen)));
                            }
                            Frame.yield();
                            readers.get(round % 8).cancel();
                            readers.get((round + 3) % 8).cancel();
                            int cancelled = 0;
                            for (Frame<Void> reader : readers) {
                                try {
                                    reader.join();
                                } catch (FrameFailedException e) {
                                    assertThat(e).hasCauseInstanceOf(CancelledException.class);
                                    cancelled++;
                                }
                            }
                            assertThat(cancelled).isLessThanOrEqualTo(2);
                            // A read that was cancelled when it was over has moved the position.
                            assertThat(seen.cardinality()).isBetween(blocks - cancelled, blocks);
                        }
                    }
                });
    }

    @Test
    default void closingEndsWhoWaitsForThePosition(@TempDir Path folder) throws Exception {
        Path path = blocks(folder, 256);
        inFrame(
                rt -> {
                    File file = File.open(path);
                    List<Frame<Void>> readers = new ArrayList<>();
                    for (int i = 0; i < 8; i++) {
                        readers.add(
                                rt.spawn(
                                        () -> {
                                            ByteBuffer one = ByteBuffer.allocateDirect(1);
                                            while (file.read(one.clear()) >= 0) {
                                                assertThat(one.position()).isOne();
                                            }
                                        }));
                    }
                    Frame.yield();
                    file.close();
                    for (Frame<Void> reader : readers) {
                        assertThatExceptionOfType(FrameFailedException.class)
                                .isThrownBy(reader::join)
                                .withMessageContaining("INVALID_FD");
                    }
                });
    }

    @Test
    default void offsetsBelowZeroAreRefused(@TempDir Path folder) throws Exception {
        Path path = fileOf(folder.resolve("a"), "text".getBytes(StandardCharsets.US_ASCII));
        inFrame(
                rt -> {
                    try (File file = File.open(path, FileMode.READ_WRITE);
                            Socket socket = Socket.tcp("127.0.0.1", 0)) {
                        ByteBuffer buffer = ByteBuffer.allocate(4);
                        List<ThrowingCallable> calls =
                                List.of(
                                        () -> file.read(buffer, -5),
                                        () -> file.read(buffer, -1),
                                        () -> file.readAll(buffer, -1),
                                        () -> file.write(buffer, Long.MIN_VALUE),
                                        () -> file.writeAll(buffer, -1),
                                        () -> socket.sendFile(file, -1, 1),
                                        () -> socket.sendFile(file, 0, -1),
                                        () -> socket.sendFile(file, -1));
                        for (ThrowingCallable call : calls) {
                            assertThatIllegalArgumentException()
                                    .isThrownBy(call)
                                    .withMessageContaining("is negative");
                        }
                        assertThat(buffer.position()).isZero();
                    }
                });
        assertThat(textOf(path)).isEqualTo("text");
    }

    @Test
    @NotSimulated(NotSimulated.FIFO)
    default void aFifoHasNoOffsets(@TempDir Path folder) throws Exception {
        Path path = FileContract.makeFifo(folder.resolve("fifo"));
        inFrame(
                rt -> {
                    try (File fifo = File.open(path, FileMode.READ_WRITE)) {
                        assertFailure(
                                () -> fifo.write(bytes("x"), 1),
                                WriteError.NOT_SEEKABLE,
                                Errno.ESPIPE);
                        assertFailure(
                                () -> fifo.read(ByteBuffer.allocate(1), 0),
                                ReadError.NOT_SEEKABLE,
                                Errno.ESPIPE);
                    }
                });
    }

    @Test
    @NotSimulated(NotSimulated.FIFO)
    default void aReadThatWaitsForAFifoHoldsUpNoWriteOfTheSameFile(@TempDir Path folder)
            throws Exception {
        Path path = FileContract.makeFifo(folder.resolve("fifo"));
        inFrame(
                rt -> {
                    try (File fifo = File.open(path, FileMode.READ_WRITE)) {
                        Frame<Integer> reader =
                                rt.spawnCall(() -> fifo.read(ByteBuffer.allocate(10)));
                        Frame.yield();
                        assertThat(fifo.write(bytes("abc"))).isEqualTo(3);
                        assertThat(reader.join()).isEqualTo(3);
                    }
                });
    }

    /** The position's lock suspends the loop in the middle of the end, and then frames run. */
    @Test
    @NotSimulated(NotSimulated.THREADS)
    default void aFrameGoesOnOnlyWhenTheEndOfItsOperationIsDone(@TempDir Path folder)
            throws Exception {
        inFrame(
                rt -> {
                    Thread[] loop = new Thread[1];
                    rt.eventLoop().execute(() -> loop[0] = Thread.currentThread());
                    try (File file = File.create(folder.resolve("file"))) {
                        FilePosition position = ((FileHandle) file.handle()).position();
                        assertThat(position.tryTake()).isZero(); // the writers wait for us
                        Thread[] writing = new Thread[1];
                        AtomicBoolean isBack = new AtomicBoolean();
                        Frame<Integer> first =
                                rt.spawnCall(
                                        () -> {
                                            writing[0] = Thread.currentThread();
                                            int written = file.write(bytes("abc"));
                                            isBack.set(true);
                                            return written;
                                        });
                        Frame<Integer> second = rt.spawnCall(() -> file.write(bytes("de")));
                        while (rt.tasks(TaskState.WAIT_FOR_IO) < 2) {
                            Frame.yield();
                        }
                        Frame.delay(Duration.ofMillis(1)); // they have asked for the position
                        CountDownLatch mayRelease = new CountDownLatch(1);
                        Thread holder =
                                Thread.ofPlatform().start(() -> passOn(position, mayRelease));
                        while (loop[0].getState() != Thread.State.BLOCKED) {
                            Frame.yield();
                        }
                        writing[0].interrupt(); // wakes it, whatever it waits for
                        for (int turn = 0; turn < 100; turn++) {
                            Frame.yield();
                        }
                        boolean wasBack = isBack.get();
                        mayRelease.countDown();
                        holder.join();
                        assertThat(first.join()).isEqualTo(3);
                        assertThat(second.join()).isEqualTo(2);
                        assertThat(wasBack).isFalse();
                    }
                });
    }

    /** And keeps the lock, so that the next one cannot pass it on. */
    private static void passOn(FilePosition position, CountDownLatch mayRelease) {
        synchronized (position) {
            position.release(0);
            try {
                mayRelease.await();
            } catch (InterruptedException e) {
                throw new IllegalStateException(e);
            }
        }
    }
}
