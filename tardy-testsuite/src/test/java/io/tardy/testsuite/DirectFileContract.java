package io.tardy.testsuite;

import static io.tardy.testsuite.FileContract.assertFailure;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import io.tardy.Frame;
import io.tardy.FrameFailedException;
import io.tardy.aio.AllocateError;
import io.tardy.aio.AsyncOpenFlags;
import io.tardy.aio.AsyncType;
import io.tardy.aio.CancelledException;
import io.tardy.aio.Errno;
import io.tardy.aio.FileMode;
import io.tardy.aio.OpenError;
import io.tardy.aio.ReadError;
import io.tardy.aio.TardyIOException;
import io.tardy.fs.File;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What databases ask of files: past the system's cache, and room before it is needed. */
interface DirectFileContract extends TransportFixture {

    int PAGE = 4096;

    AsyncOpenFlags DIRECT =
            AsyncOpenFlags.of(FileMode.READ_WRITE).withCreate().withPermissions(0600).withDirect();

    private static ByteBuffer page(int value) {
        ByteBuffer page = ByteBuffer.allocateDirect(2 * PAGE).alignedSlice(PAGE).limit(PAGE);
        for (int i = 0; i < PAGE; i++) {
            page.put(i, (byte) value);
        }
        return page;
    }

    /** What is done with a file that was opened past the cache. */
    interface UseOfFile {
        void run(File file) throws Exception;
    }

    /** Some file systems have no such way, nor have systems other than Linux. */
    private static void withDirectFile(Path folder, UseOfFile use) throws Exception {
        File opened;
        try {
            opened = File.open(folder.resolve("direct"), DIRECT);
        } catch (TardyIOException e) {
            assertThat(e.error())
                    .isIn(OpenError.INVALID_ARGUMENTS, OpenError.OPERATION_NOT_SUPPORTED);
            return;
        }
        try (opened) {
            use.run(opened);
        }
    }

    @Test
    default void whatIsAlignedGoesPastTheCache(@TempDir Path folder) throws Exception {
        inFrame(
                rt ->
                        withDirectFile(
                                folder,
                                file -> {
                                    file.writeAll(page(1));
                                    file.writeAll(page(2), PAGE);
                                    ByteBuffer into = page(0);
                                    assertThat(file.readAll(into, PAGE)).isEqualTo(PAGE);
                                    assertThat(into.flip()).isEqualTo(page(2));
                                    file.truncate(PAGE + 100);
                                    assertThat(file.read(page(0), PAGE)).isEqualTo(100);
                                    assertThat(file.read(page(0), 2 * PAGE)).isEqualTo(-1);
                                    file.syncData();
                                }));
    }

    /** The read behind such an end is not aligned, at which some systems look first. */
    @Test
    default void allIsReadOfAFileThatEndsWithinABlock(@TempDir Path folder) throws Exception {
        inFrame(
                rt ->
                        withDirectFile(
                                folder,
                                file -> {
                                    file.writeAll(page(1));
                                    file.writeAll(page(2), PAGE);
                                    file.truncate(PAGE + 100);
                                    ByteBuffer into =
                                            ByteBuffer.allocateDirect(4 * PAGE)
                                                    .alignedSlice(PAGE)
                                                    .limit(2 * PAGE);
                                    assertThat(file.readAll(into, 0)).isEqualTo(PAGE + 100);
                                    assertThat(into.position()).isEqualTo(PAGE + 100);
                                    assertThat(into.get(PAGE + 99)).isEqualTo((byte) 2);
                                    into.clear().limit(2 * PAGE);
                                    assertThat(file.readAll(into)).isEqualTo(100);
                                    ByteBuffer odd = page(0).position(1);
                                    if (transport() == AsyncType.CUSTOM) { // which always minds
                                        assertFailure(
                                                () -> file.readAll(odd, 0),
                                                ReadError.INVALID_ARGUMENTS,
                                                Errno.EINVAL);
                                    }
                                }));
    }

    @Test
    default void whatWouldBeCopiedIsRefused(@TempDir Path folder) throws Exception {
        inFrame(
                rt ->
                        withDirectFile(
                                folder,
                                file -> {
                                    ByteBuffer heap = ByteBuffer.allocate(PAGE);
                                    assertThatIllegalArgumentException()
                                            .isThrownBy(() -> file.write(heap))
                                            .withMessageContaining("alignedSlice");
                                    assertThatIllegalArgumentException()
                                            .isThrownBy(() -> file.read(heap, 0));
                                    assertThat(file.stat().size()).isZero();
                                }));
    }

    /** Whether the system, or the file system, keeps room at all. */
    private static boolean hasAllocated(File file, long offset, long length) throws IOException {
        try {
            file.allocate(offset, length);
            return true;
        } catch (TardyIOException e) {
            assertThat(e.error()).isEqualTo(AllocateError.OPERATION_NOT_SUPPORTED);
            return false;
        }
    }

    @Test
    default void whatIsAllocatedReadsAsZerosAndTakesRoom(@TempDir Path folder) throws Exception {
        inFrame(
                rt -> {
                    try (File file = File.create(folder.resolve("room"))) {
                        file.writeAll(FileContract.bytes("0123456789"));
                        if (!hasAllocated(file, 4, 100_000)) {
                            return;
                        }
                        assertThat(file.stat().size()).isEqualTo(100_004);
                        assertThat(file.stat().blocks()).isGreaterThanOrEqualTo(100_000 / 512);
                        file.allocate(0, 10); // of what is there it changes nothing
                        file.writeAll(FileContract.bytes("x")); // where the position was left
                    }
                    try (File file = File.open(folder.resolve("room"))) {
                        ByteBuffer found = ByteBuffer.allocate(100_005);
                        assertThat(file.readAll(found)).isEqualTo(100_004);
                        byte[] expected = new byte[100_004];
                        System.arraycopy("0123456789x".getBytes(), 0, expected, 0, 11);
                        assertThat(found.flip()).isEqualTo(ByteBuffer.wrap(expected));
                        assertFailure(
                                () -> file.allocate(0, 1), AllocateError.INVALID_FD, Errno.EBADF);
                    }
                });
    }

    @Test
    default void whatCannotBeAllocatedIsRefused(@TempDir Path folder) throws Exception {
        inFrame(
                rt -> {
                    try (File file = File.create(folder.resolve("refused"))) {
                        assertThatIllegalArgumentException().isThrownBy(() -> file.allocate(-1, 1));
                        assertThatIllegalArgumentException().isThrownBy(() -> file.allocate(0, 0));
                        assertThatExceptionOfType(TardyIOException.class)
                                .isThrownBy(() -> file.allocate(Long.MAX_VALUE - 1, 1))
                                .satisfies(
                                        e ->
                                                assertThat(e.error())
                                                        .isIn(
                                                                AllocateError.FILE_TOO_BIG,
                                                                AllocateError
                                                                        .OPERATION_NOT_SUPPORTED));
                        Frame<Void> frame = rt.spawn(() -> file.allocate(0, PAGE));
                        frame.cancel();
                        assertThatExceptionOfType(FrameFailedException.class)
                                .isThrownBy(frame::join)
                                .withRootCauseInstanceOf(CancelledException.class);
                        assertThat(file.stat().size()).isZero();
                    }
                });
    }
}
