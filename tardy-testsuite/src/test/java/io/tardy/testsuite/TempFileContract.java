package io.tardy.testsuite;

import static io.tardy.testsuite.FileContract.assertFailure;
import static io.tardy.testsuite.FileContract.bytes;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.assertj.core.api.Assertions.assertThatIllegalStateException;
import static org.assertj.core.api.Assertions.assertThatNullPointerException;

import io.tardy.Frame;
import io.tardy.FrameFailedException;
import io.tardy.aio.CancelledException;
import io.tardy.aio.Errno;
import io.tardy.aio.FileKind;
import io.tardy.aio.StatError;
import io.tardy.fs.CreateFlags;
import io.tardy.fs.Dir;
import io.tardy.fs.File;
import io.tardy.fs.TempDirectory;
import java.nio.ByteBuffer;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What is made for a while leaves nothing. */
interface TempFileContract extends TransportFixture {

    @Test
    default void aTemporaryFileHasNoName(@TempDir Path folder) throws Exception {
        inFrame(
                rt -> {
                    try (Dir dir = Dir.open(folder)) {
                        try (File file = dir.createTempFile();
                                File other = dir.createTempFile()) {
                            assertThat(dir.list()).isEmpty();
                            file.writeAll(bytes("kept"));
                            other.writeAll(bytes("of another"));
                            ByteBuffer text = ByteBuffer.allocate(100);
                            assertThat(file.readAll(text, 0)).isEqualTo(4);
                            assertThat(text.flip()).isEqualTo(bytes("kept"));
                        }
                        assertThat(dir.list()).isEmpty();
                    }
                });
    }

    @Test
    default void aTemporaryDirectoryIsDeletedWithWhatIsInIt(@TempDir Path folder) throws Exception {
        inFrame(
                rt -> {
                    try (Dir dir = Dir.open(folder)) {
                        try (TempDirectory temp = dir.createTempDir("work-");
                                TempDirectory other = dir.createTempDir("work-")) {
                            assertThat(other.name()).isNotEqualTo(temp.name());
                            assertThat(temp.name().toString()).startsWith("work-");
                            assertThat(temp.path()).isEqualTo(folder.resolve(temp.name()));
                            assertThat(dir.stat(temp.name()).mode()).isEqualTo(0700);
                            temp.dir().createDir(Path.of("inner")).close();
                            temp.dir()
                                    .createFile(Path.of("inner/file"), CreateFlags.DEFAULT)
                                    .close();
                            assertThat(dir.list())
                                    .hasSize(2)
                                    .allMatch(entry -> entry.kind() == FileKind.DIRECTORY);
                            temp.close(); // and again behind the block
                            assertThat(dir.list()).hasSize(1);
                        }
                        assertThat(dir.list()).isEmpty();
                    }
                });
    }

    @Test
    default void aTemporaryDirectoryIsOpenUntilItIsDeleted(@TempDir Path folder) throws Exception {
        inFrame(
                rt -> {
                    try (Dir dir = Dir.open(folder);
                            TempDirectory temp = dir.createTempDir("work-")) {
                        rt.offload(
                                () -> {
                                    assertThatIllegalStateException()
                                            .isThrownBy(temp::close)
                                            .withMessageContaining("frame");
                                    return null;
                                });
                        temp.dir().createDir(Path.of("inner")).close();
                        dir.deleteTree(temp.name()); // and somebody makes it again
                        assertFailure(temp::close, StatError.NOT_FOUND, Errno.ENOENT);
                        dir.createDir(temp.name()).close();
                        temp.close();
                        assertThat(dir.list()).isEmpty();
                    }
                });
    }

    @Test
    default void aTemporaryDirectoryIsMadeNowhereElse(@TempDir Path folder) throws Exception {
        inFrame(
                rt -> {
                    try (Dir dir = Dir.create(folder.resolve("dir"))) {
                        dir.createDir(Path.of("inner")).close();
                        for (String prefix :
                                List.of("../x", "inner/", "inner/x", folder.resolve("x") + "")) {
                            assertThatIllegalArgumentException()
                                    .isThrownBy(() -> dir.createTempDir(prefix))
                                    .withMessageContaining(prefix);
                        }
                        assertThatNullPointerException().isThrownBy(() -> dir.createTempDir(null));
                        dir.createTempDir("").close();
                        dir.createTempDir("..").close();
                        assertThat(dir.list()).hasSize(1);
                    }
                });
    }

    @Test
    default void aCancelledFrameDeletesItsTemporaryDirectory(@TempDir Path folder)
            throws Exception {
        inFrame(
                rt -> {
                    try (Dir dir = Dir.open(folder)) {
                        Frame<Void> frame =
                                rt.spawn(
                                        () -> {
                                            try (TempDirectory temp = dir.createTempDir("x")) {
                                                temp.dir()
                                                        .createFile(
                                                                Path.of("a"), CreateFlags.DEFAULT)
                                                        .close();
                                                Frame.delay(Duration.ofMinutes(10));
                                            }
                                        });
                        while (dir.list().isEmpty()) {
                            Frame.delay(Duration.ofMillis(1));
                        }
                        frame.cancel();
                        assertThatExceptionOfType(FrameFailedException.class)
                                .isThrownBy(frame::join)
                                .withRootCauseInstanceOf(CancelledException.class);
                        assertThat(dir.list()).isEmpty();
                    }
                });
    }
}
