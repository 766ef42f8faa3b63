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
import io.tardy.aio.ChmodError;
import io.tardy.aio.Errno;
import io.tardy.aio.FileKind;
import io.tardy.aio.FileMode;
import io.tardy.aio.LinkError;
import io.tardy.aio.OpenError;
import io.tardy.aio.ReadlinkError;
import io.tardy.aio.Stat;
import io.tardy.aio.StatError;
import io.tardy.aio.SymlinkError;
import io.tardy.fs.CreateFlags;
import io.tardy.fs.Dir;
import io.tardy.fs.File;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Links, permissions, and what is told of a file. */
interface LinkContract extends TransportFixture {

    private static void put(Dir dir, String name, String text) throws IOException {
        try (File file = dir.createFile(Path.of(name), CreateFlags.DEFAULT)) {
            file.writeAll(bytes(text));
        }
    }

    private static ByteBuffer content(Dir dir, String name) throws IOException {
        try (File file = dir.openFile(Path.of(name), AsyncOpenFlags.READ)) {
            ByteBuffer text = ByteBuffer.allocate(100);
            file.readAll(text);
            return text.flip();
        }
    }

    @Test
    @NotSimulated("files of the simulated disk have one name")
    default void aLinkIsOneMoreName(@TempDir Path folder) throws Exception {
        inFrame(
                rt -> {
                    try (Dir dir = Dir.open(folder)) {
                        put(dir, "a", "text");
                        dir.createDir(Path.of("inner")).close();
                        dir.link(Path.of("a"), Path.of("inner/b"));
                        Stat a = dir.stat(Path.of("a"));
                        Stat b = dir.stat(Path.of("inner/b"));
                        assertThat(a.links()).isEqualTo(2);
                        assertThat(b.inode()).isEqualTo(a.inode());
                        assertThat(b.device()).isEqualTo(a.device());
                        dir.deleteFile(Path.of("a"));
                        assertThat(content(dir, "inner/b")).isEqualTo(bytes("text"));
                        assertFailure(
                                () -> dir.link(Path.of("a"), Path.of("c")),
                                LinkError.NOT_FOUND,
                                Errno.ENOENT);
                        put(dir, "c", "");
                        assertFailure(
                                () -> dir.link(Path.of("inner/b"), Path.of("c")),
                                LinkError.ALREADY_EXISTS,
                                Errno.EEXIST);
                        assertFailure(
                                () -> dir.link(Path.of("inner"), Path.of("d")),
                                LinkError.ACCESS_DENIED,
                                Errno.EPERM);
                    }
                });
    }

    @Test
    default void aSymbolicLinkLeadsWhereItWasMadeTo(@TempDir Path folder) throws Exception {
        inFrame(
                rt -> {
                    try (Dir dir = Dir.open(folder)) {
                        dir.createDir(Path.of("inner")).close();
                        put(dir, "inner/file", "text");
                        dir.symlink(Path.of("inner/file"), Path.of("link"));
                        dir.symlink(Path.of("file"), Path.of("inner/near"));
                        dir.symlink(Path.of("inner"), Path.of("way"));
                        assertThat(dir.readlink(Path.of("link"))).isEqualTo(Path.of("inner/file"));
                        assertThat(dir.readlink(Path.of("way/near"))).isEqualTo(Path.of("file"));
                        assertThat(content(dir, "link")).isEqualTo(bytes("text"));
                        assertThat(content(dir, "way/near")).isEqualTo(bytes("text"));
                        assertThat(dir.stat(Path.of("link")).size()).isEqualTo(4);
                        Stat itself = dir.stat(Path.of("link"), false);
                        assertThat(itself.kind()).isEqualTo(FileKind.SYMBOLIC_LINK);
                        assertThat(itself.size()).isEqualTo("inner/file".length());
                        assertFailure(
                                () ->
                                        dir.openFile(
                                                Path.of("link"),
                                                AsyncOpenFlags.READ.withoutFollowingLinks()),
                                OpenError.LOOP,
                                Errno.ELOOP);
                        assertFailure(
                                () -> dir.symlink(Path.of("x"), Path.of("link")),
                                SymlinkError.ALREADY_EXISTS,
                                Errno.EEXIST);
                        assertFailure(
                                () -> dir.readlink(Path.of("inner/file")),
                                ReadlinkError.INVALID_ARGUMENTS,
                                Errno.EINVAL);
                        dir.deleteFile(Path.of("link"));
                        assertThat(content(dir, "inner/file")).isEqualTo(bytes("text"));
                        dir.deleteTree(Path.of("way"));
                        assertThat(content(dir, "inner/near")).isEqualTo(bytes("text"));
                    }
                });
    }

    @Test
    default void aSymbolicLinkMayLeadToNothingOrToItself(@TempDir Path folder) throws Exception {
        inFrame(
                rt -> {
                    try (Dir dir = Dir.open(folder)) {
                        dir.symlink(Path.of("later"), Path.of("early"));
                        assertFailure(
                                () -> dir.stat(Path.of("early")),
                                StatError.NOT_FOUND,
                                Errno.ENOENT);
                        assertFailure(
                                () ->
                                        dir.createFile(
                                                Path.of("early"),
                                                new CreateFlags(
                                                        FileMode.WRITE, 0644, false, false)),
                                OpenError.FILE_ALREADY_EXISTS,
                                Errno.EEXIST);
                        put(dir, "early", "made");
                        assertThat(content(dir, "later")).isEqualTo(bytes("made"));
                        dir.symlink(Path.of("self"), Path.of("self"));
                        assertFailure(() -> dir.stat(Path.of("self")), StatError.LOOP, Errno.ELOOP);
                        assertFailure(
                                () -> dir.stat(Path.of("self/x")), StatError.LOOP, Errno.ELOOP);
                    }
                });
    }

    @Test
    default void permissionsAreSetAsTheyAreGiven(@TempDir Path folder) throws Exception {
        inFrame(
                rt -> {
                    try (Dir dir = Dir.open(folder)) {
                        put(dir, "file", "");
                        dir.symlink(Path.of("file"), Path.of("link"));
                        dir.chmod(Path.of("file"), 0777);
                        assertThat(dir.stat(Path.of("file")).mode()).isEqualTo(0777);
                        dir.chmod(Path.of("link"), 0640);
                        assertThat(dir.stat(Path.of("file")).mode()).isEqualTo(0640);
                        Path file = Path.of("file");
                        try (File open = dir.openFile(file, AsyncOpenFlags.READ)) {
                            open.chmod(0400);
                            assertThat(open.stat().mode()).isEqualTo(0400);
                            assertThatIllegalArgumentException()
                                    .isThrownBy(() -> open.chmod(010000));
                        }
                        assertFailure(
                                () -> dir.chmod(Path.of("none"), 0600),
                                ChmodError.NOT_FOUND,
                                Errno.ENOENT);
                    }
                });
    }

    @Test
    default void aStatTellsWhereAFileIsAndWhatItTakes(@TempDir Path folder) throws Exception {
        inFrame(
                rt -> {
                    try (Dir dir = Dir.open(folder)) {
                        put(dir, "a", "");
                        put(dir, "b", "x".repeat(100));
                        Path b = Path.of("b");
                        try (File file = dir.openFile(b, AsyncOpenFlags.of(FileMode.READ_WRITE))) {
                            file.sync(); // before, it may be in memory only
                        }
                        Stat of = dir.stat(b);
                        Stat other = dir.stat(Path.of("a"));
                        assertThat(of.device()).isNotZero().isEqualTo(other.device());
                        assertThat(of.inode()).isNotEqualTo(other.inode());
                        assertThat(of.owner()).isEqualTo(dir.stat().owner());
                        assertThat(of.blocks()).isNotZero();
                        assertThat(of.blockSize()).isNotZero();
                    }
                });
    }

    @Test
    @NotSimulated(NotSimulated.FILES)
    default void aStatTellsWhatTheJdkTells(@TempDir Path folder) throws Exception {
        Path path = Files.writeString(folder.resolve("file"), "text");
        inFrame(
                rt -> {
                    Stat stat = Dir.cwd().stat(path);
                    assertThat(stat.device()).isEqualTo(Files.getAttribute(path, "unix:dev"));
                    assertThat(stat.inode()).isEqualTo(Files.getAttribute(path, "unix:ino"));
                    assertThat(stat.owner()).isEqualTo(Files.getAttribute(path, "unix:uid"));
                    assertThat(stat.group()).isEqualTo(Files.getAttribute(path, "unix:gid"));
                });
    }

    @Test
    default void aCancelledFrameMakesNoLink(@TempDir Path folder) throws Exception {
        inFrame(
                rt -> {
                    try (Dir dir = Dir.open(folder)) {
                        Frame<Void> frame =
                                rt.spawn(() -> dir.symlink(Path.of("x"), Path.of("link")));
                        frame.cancel();
                        assertThatExceptionOfType(FrameFailedException.class)
                                .isThrownBy(frame::join)
                                .withRootCauseInstanceOf(CancelledException.class);
                        assertThat(dir.list()).isEmpty();
                    }
                });
    }
}
