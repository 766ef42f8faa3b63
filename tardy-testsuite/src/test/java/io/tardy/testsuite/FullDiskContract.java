package io.tardy.testsuite;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import io.tardy.Frame;
import io.tardy.aio.TardyIOException;
import io.tardy.aio.WriteError;
import io.tardy.fs.CreateFlags;
import io.tardy.fs.File;
import io.tardy.net.Socket;
import io.tardy.stream.Stream;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** A disk that has room for a part: what fits is right to the last byte, and the rest is told. */
@NotSimulated("its disks are real")
interface FullDiskContract extends TransportFixture {

    /** More than fits, and every byte of it tells where it belongs. */
    private static byte[] content() {
        ByteBuffer numbers = ByteBuffer.allocate(8 << 20);
        while (numbers.hasRemaining()) {
            numbers.putInt(numbers.position() * 0x9E3779B1);
        }
        return numbers.array();
    }

    private static void assertIsBeginning(Path path, byte[] content) throws Exception {
        byte[] written = Files.readAllBytes(path);
        assertThat(written.length).isBetween(1, content.length - 1);
        assertThat(Arrays.mismatch(written, 0, written.length, content, 0, written.length))
                .as("the first of %d bytes that is wrong", written.length)
                .isEqualTo(-1);
    }

    private static ByteBuffer buffer(byte[] content, boolean isDirect) {
        return isDirect
                ? ByteBuffer.allocateDirect(content.length).put(content).flip()
                : ByteBuffer.wrap(content);
    }

    @ParameterizedTest
    @EnumSource
    default void whatFitsIsWrittenRightAndTheRestIsTold(FullDisk disk, @TempDir Path folder)
            throws Exception {
        byte[] content = content();
        for (boolean isDirect : new boolean[] {true, false}) {
            inFrame(rt -> {}); // the transport's library is unpacked, which takes room
            Path mounted = Files.createDirectories(folder.resolve("disk"));
            ByteBuffer from = buffer(content, isDirect);
            try (AutoCloseable room = disk.open(mounted)) {
                Path path = mounted.resolve("file");
                inFrame(
                        rt -> {
                            try (File file = File.create(path)) {
                                TardyIOException full =
                                        catchThrowableOfType(
                                                TardyIOException.class, () -> file.writeAll(from));
                                assertThat(full).as("what a full disk says").isNotNull();
                                assertThat(full.error())
                                        .isIn(WriteError.NO_SPACE, WriteError.FILE_TOO_BIG);
                            }
                        });
                assertIsBeginning(path, content);
                assertThat(Files.size(path)).isEqualTo(from.position());
                Files.delete(path);
            }
        }
    }

    @ParameterizedTest
    @EnumSource
    default void whatIsCopiedFromASocketIsWrittenRightAsFarAsItFits(
            FullDisk disk, @TempDir Path folder) throws Exception {
        byte[] content = content();
        inFrame(rt -> {}); // as above
        Path mounted = Files.createDirectories(folder.resolve("disk"));
        try (AutoCloseable room = disk.open(mounted)) {
            Path path = mounted.resolve("file");
            inFrame(
                    rt -> {
                        try (Socket listener = TransportFixture.listenAnywhere();
                                File file = File.create(path)) {
                            Frame<Void> sender =
                                    rt.spawn(
                                            () -> {
                                                try (Socket client =
                                                        TransportFixture.connectTo(listener)) {
                                                    client.sendAll(ByteBuffer.wrap(content));
                                                } catch (TardyIOException e) {
                                                    // Who reads has given up: as it should.
                                                }
                                            });
                            TardyIOException full;
                            try (Socket peer = listener.accept()) {
                                full =
                                        catchThrowableOfType(
                                                TardyIOException.class,
                                                () -> Stream.copy(peer, file));
                            }
                            assertThat(full).as("what a full disk says").isNotNull();
                            assertThat(full.error())
                                    .isIn(WriteError.NO_SPACE, WriteError.FILE_TOO_BIG);
                            sender.join();
                        }
                    });
            assertIsBeginning(path, content);
        }
    }

    /** Room comes while the file is open: what is written next goes on where the last has ended. */
    @ParameterizedTest
    @EnumSource(names = "FILE_SIZE_LIMIT")
    default void whereThereIsRoomAgainItGoesOn(FullDisk disk, @TempDir Path folder)
            throws Exception {
        byte[] content = content();
        Path path = folder.resolve("file");
        ByteBuffer from = buffer(content, true);
        inFrame(
                rt -> {
                    try (File file = File.create(path, CreateFlags.DEFAULT)) {
                        try (AutoCloseable room = disk.open(folder)) {
                            assertThat(
                                            catchThrowableOfType(
                                                    TardyIOException.class,
                                                    () -> file.writeAll(from)))
                                    .isNotNull();
                        }
                        file.writeAll(from);
                    }
                });
        assertThat(Files.readAllBytes(path)).isEqualTo(content);
    }
}
