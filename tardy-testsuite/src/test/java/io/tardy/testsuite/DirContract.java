package io.tardy.testsuite;

import static io.tardy.testsuite.FileContract.assertFailure;
import static io.tardy.testsuite.FileContract.bytes;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.assertj.core.api.Assertions.catchThrowableOfType;
import static org.assertj.core.api.Assumptions.assumeThat;

import io.tardy.Frame;
import io.tardy.FrameFailedException;
import io.tardy.TardyRuntime;
import io.tardy.aio.AsyncOpenFlags;
import io.tardy.aio.CreateDirError;
import io.tardy.aio.DeleteError;
import io.tardy.aio.DeleteTreeError;
import io.tardy.aio.DirEntry;
import io.tardy.aio.Errno;
import io.tardy.aio.FileKind;
import io.tardy.aio.MkdirError;
import io.tardy.aio.OpenError;
import io.tardy.aio.RenameError;
import io.tardy.aio.StatEntry;
import io.tardy.aio.StatError;
import io.tardy.aio.TardyIOException;
import io.tardy.fs.CreateFlags;
import io.tardy.fs.Dir;
import io.tardy.fs.File;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.atomic.AtomicBoolean;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledOnOs;
import org.junit.jupiter.api.condition.OS;
import org.junit.jupiter.api.io.TempDir;

/** Directories, on a real file system. */
interface DirContract extends TransportFixture {

    @Test
    @NotSimulated(NotSimulated.FILES)
    default void pathsBeginAtTheDirectoryAlsoAfterItHasMoved(@TempDir Path folder)
            throws Exception {
        inFrame(
                rt -> {
                    try (Dir dir = Dir.create(folder.resolve("before"))) {
                        Files.move(folder.resolve("before"), folder.resolve("after"));
                        try (File file = dir.createFile(Path.of("a b"), CreateFlags.DEFAULT)) {
                            file.writeAll(bytes("text"));
                        }
                        try (File file = dir.openFile(Path.of("a b"), AsyncOpenFlags.READ)) {
                            assertThat(file.stat().size()).isEqualTo(4);
                        }
                        dir.createDir(Path.of("inner")).close();
                        try (Dir inner = dir.openDir(Path.of("inner"))) {
                            inner.createFile(Path.of("x"), CreateFlags.DEFAULT).close();
                        }
                        assertThat(dir.stat().isDirectory()).isTrue();
                        assertThat(dir.stat(Path.of("a b")).size()).isEqualTo(4);
                    }
                });
        assertThat(folder.resolve("after/a b")).hasContent("text");
        assertThat(folder.resolve("after/inner/x")).isEmptyFile();
    }

    @Test
    @NotSimulated(NotSimulated.FILES)
    default void filesAndEmptyDirectoriesAreDeleted(@TempDir Path folder) throws Exception {
        Files.writeString(folder.resolve("file"), "x");
        Files.createDirectories(folder.resolve("full/inner"));
        inFrame(
                rt -> {
                    try (Dir dir = Dir.open(folder)) {
                        assertFailure(
                                () -> dir.deleteFile(Path.of("full")),
                                DeleteError.IS_DIRECTORY,
                                Errno.EISDIR);
                        assertFailure(
                                () -> dir.deleteDir(Path.of("file")),
                                DeleteError.NOT_A_DIRECTORY,
                                Errno.ENOTDIR);
                        assertFailure(
                                () -> dir.deleteDir(Path.of("full")),
                                DeleteError.NOT_EMPTY,
                                Errno.ENOTEMPTY);
                        assertFailure(
                                () -> dir.deleteFile(Path.of("missing")),
                                DeleteError.NOT_FOUND,
                                Errno.ENOENT);
                        dir.deleteFile(Path.of("file"));
                        dir.deleteDir(Path.of("full/inner"));
                        dir.deleteDir(Path.of("full"));
                    }
                });
        assertThat(folder).isEmptyDirectory();
    }

    @Test
    default void makingADirectoryThatIsThereOrHasNoParentFails(@TempDir Path folder)
            throws Exception {
        inFrame(
                rt -> {
                    assertFailure(
                            () -> Dir.create(folder), MkdirError.ALREADY_EXISTS, Errno.EEXIST);
                    assertThat(MkdirError.ALREADY_EXISTS).isInstanceOf(CreateDirError.class);
                    assertFailure(
                            () -> Dir.create(folder.resolve("a/b")),
                            MkdirError.NOT_FOUND,
                            Errno.ENOENT);
                    assertFailure(
                            () -> Dir.open(folder.resolve("a")), OpenError.NOT_FOUND, Errno.ENOENT);
                });
    }

    @Test
    default void aRenameReplacesWhatHasTheName(@TempDir Path folder) throws Exception {
        inFrame(
                rt -> {
                    try (Dir dir = Dir.open(folder)) {
                        put(dir, "old", "old text");
                        put(dir, "next", "new text");
                        dir.createDir(Path.of("inner")).close();
                        dir.rename(Path.of("next"), Path.of("old"));
                        assertThat(dir.list()).extracting(DirEntry::name).contains("old");
                        assertThat(dir.list()).extracting(DirEntry::name).doesNotContain("next");
                        dir.rename(Path.of("old"), Path.of("inner/moved"));
                        try (File moved =
                                dir.openFile(Path.of("inner/moved"), AsyncOpenFlags.READ)) {
                            ByteBuffer text = ByteBuffer.allocate(20);
                            moved.readAll(text);
                            assertThat(text.flip()).isEqualTo(bytes("new text"));
                        }
                        assertFailure(
                                () -> dir.rename(Path.of("old"), Path.of("older")),
                                RenameError.NOT_FOUND,
                                Errno.ENOENT);
                        assertFailure(
                                () -> dir.rename(Path.of("inner"), Path.of("inner/inner")),
                                RenameError.INVALID_ARGUMENTS,
                                Errno.EINVAL);
                        put(dir, "file", "");
                        assertFailure(
                                () -> dir.rename(Path.of("file"), Path.of("inner")),
                                RenameError.IS_DIRECTORY,
                                Errno.EISDIR);
                        assertFailure(
                                () -> dir.rename(Path.of("inner"), Path.of("file")),
                                RenameError.NOT_A_DIRECTORY,
                                Errno.ENOTDIR);
                        dir.createDir(Path.of("empty")).close();
                        assertFailure(
                                () -> dir.rename(Path.of("empty"), Path.of("inner")),
                                RenameError.NOT_EMPTY,
                                Errno.ENOTEMPTY);
                        dir.rename(Path.of("inner"), Path.of("empty"));
                        assertThat(dir.stat(Path.of("empty/moved")).size()).isEqualTo(8);
                        dir.deleteFile(Path.of("empty/moved"));
                        dir.deleteDir(Path.of("empty"));
                        dir.deleteFile(Path.of("file"));
                    }
                });
    }

    private static void put(Dir dir, String name, String text) throws IOException {
        try (File file = dir.createFile(Path.of(name), CreateFlags.DEFAULT)) {
            file.writeAll(bytes(text));
        }
    }

    @Test
    @NotSimulated(NotSimulated.FILES)
    default void theWorkingDirectoryIsListed() throws Exception {
        inFrame(
                rt ->
                        assertThat(Dir.cwd().list())
                                .doesNotHaveDuplicates()
                                .contains(
                                        new DirEntry(Path.of("pom.xml"), FileKind.FILE),
                                        new DirEntry(Path.of("src"), FileKind.DIRECTORY)));
    }

    @Test
    @NotSimulated(NotSimulated.FILES)
    default void listingNamesEverythingOnce(@TempDir Path folder) throws Exception {
        for (int i = 0; i < 2000; i++) {
            Files.createFile(folder.resolve("file with a rather long name, number " + i));
        }
        Files.createDirectory(folder.resolve("Verzeichnis für alles"));
        Files.createSymbolicLink(folder.resolve("link"), Path.of("nowhere"));
        inFrame(
                rt -> {
                    try (Dir dir = Dir.open(folder)) {
                        assertThat(dir.list())
                                .hasSize(2002)
                                .doesNotHaveDuplicates()
                                .contains(
                                        new DirEntry(
                                                Path.of("Verzeichnis für alles"),
                                                FileKind.DIRECTORY),
                                        new DirEntry(Path.of("link"), FileKind.SYMBOLIC_LINK));
                        assertThat(dir.list()).hasSize(2002);
                    }
                });
    }

    @Test
    @NotSimulated(NotSimulated.FILES)
    default void listingWithStatsTellsOfEachEntryWhatStatDoes(@TempDir Path folder)
            throws Exception {
        Files.writeString(folder.resolve("file"), "four");
        Files.createDirectory(folder.resolve("Verzeichnis für alles"));
        Files.createSymbolicLink(folder.resolve("link"), Path.of("file"));
        Files.createSymbolicLink(folder.resolve("dangling"), Path.of("nowhere"));
        inFrame(
                rt -> {
                    try (Dir dir = Dir.open(folder)) {
                        List<StatEntry> entries = dir.listStats();
                        assertThat(entries)
                                .extracting(StatEntry::name)
                                .containsExactlyInAnyOrder(
                                        "file", "Verzeichnis für alles", "link", "dangling");
                        for (StatEntry entry : entries) {
                            assertThat(entry.stat()).isEqualTo(dir.stat(entry.path(), false));
                        }
                    }
                });
    }

    /** Whoever keeps names in memory is the system, which knows when they change. */
    @Test
    @NotSimulated(NotSimulated.FILES)
    default void whatANameLeadsToIsAskedAnewEachTime(@TempDir Path folder) throws Exception {
        Path path = Path.of("name");
        Path name = folder.resolve(path);
        inFrame(
                rt -> {
                    try (Dir dir = Dir.open(folder)) {
                        for (int i = 0; i < 3; i++) {
                            assertFailure(() -> dir.stat(path), StatError.NOT_FOUND, Errno.ENOENT);
                            assertFailure(
                                    () -> dir.openDir(path), OpenError.NOT_FOUND, Errno.ENOENT);
                            Files.writeString(name, "four");
                            assertThat(dir.stat(path).size()).isEqualTo(4);
                            Files.writeString(name, "longer");
                            assertThat(dir.stat(path).size()).isEqualTo(6);
                            dir.openFile(path, AsyncOpenFlags.READ).close();
                            Files.delete(name);
                            Files.createDirectory(name);
                            assertThat(dir.stat(path).isDirectory()).isTrue();
                            dir.openDir(path).close();
                            Files.delete(name);
                            Files.createSymbolicLink(name, Path.of("."));
                            assertThat(dir.stat(path).isDirectory()).isTrue();
                            assertThat(dir.stat(path, false).kind())
                                    .isEqualTo(FileKind.SYMBOLIC_LINK);
                            Files.delete(name);
                        }
                    }
                });
    }

    /** Where the kernel can tell that it is, and the file system is one that we know. */
    @Test
    @EnabledOnOs(OS.LINUX)
    @NotSimulated(NotSimulated.FILES)
    default void aNameThatIsInMemoryIsAskedWithoutAWait(@TempDir Path folder) throws Exception {
        assumeThat(Files.getFileStore(folder).type()).isIn("ext4", "xfs", "btrfs", "f2fs", "tmpfs");
        Files.writeString(folder.resolve("file"), "four");
        inFrame(
                rt -> {
                    try (Dir dir = Dir.open(folder)) {
                        dir.stat(Path.of("file")); // may be the first to ask on this mount
                        assertThat(waits(rt, () -> dir.stat(Path.of("file")))).isFalse();
                        assertThat(waits(rt, () -> dir.stat(folder.resolve("file")))).isFalse();
                        assertThat(waits(rt, dir::stat)).isFalse();
                        assertThat(waits(rt, () -> Dir.open(folder).close())).isFalse();
                        assertThat(waits(rt, () -> dir.openDir(Path.of(".")).close())).isFalse();
                        assertThat(waits(rt, () -> File.open(folder.resolve("file")).close()))
                                .isFalse();
                    }
                });
    }

    /** Its file system makes them when it is asked; another may ask its server. */
    @Test
    @EnabledOnOs(OS.LINUX)
    @NotSimulated(NotSimulated.FILES)
    default void aNameOnAnotherFileSystemIsWaitedFor() throws Exception {
        inFrame(
                rt -> {
                    Path self = Path.of("/proc/self");
                    for (int i = 0; i < 3; i++) {
                        assertThat(waits(rt, () -> Dir.cwd().stat(self))).isTrue();
                        assertThat(waits(rt, () -> Dir.open(self).close())).isTrue();
                    }
                });
    }

    /** What a frame does that may wait. */
    interface Asking {
        void run() throws Exception;
    }

    /** Whether another frame gets its turn meanwhile. */
    private static boolean waits(TardyRuntime rt, Asking asking) throws Exception {
        AtomicBoolean hasRun = new AtomicBoolean();
        Frame<Void> other = rt.spawn(() -> hasRun.set(true));
        asking.run();
        boolean hasWaited = hasRun.get();
        other.join();
        return hasWaited;
    }

    @Test
    @NotSimulated(NotSimulated.FILES)
    default void aTreeIsDeletedAndLinksOutOfItAreNotFollowed(@TempDir Path folder)
            throws Exception {
        Path outside = Files.createDirectory(folder.resolve("outside"));
        Files.writeString(outside.resolve("precious"), "x");
        Path tree = folder.resolve("tree");
        Path deep = tree;
        for (int depth = 0; depth < 30; depth++) {
            deep = deep.resolve("depth " + depth);
            Files.createDirectories(deep);
            Files.writeString(deep.resolve("file"), "x");
        }
        Files.createSymbolicLink(deep.resolve("way out"), outside);
        Files.createSymbolicLink(folder.resolve("link"), outside);
        inFrame(
                rt -> {
                    try (Dir dir = Dir.open(folder)) {
                        dir.deleteTree(Path.of("tree"));
                        dir.deleteTree(Path.of("link"));
                        assertFailure(
                                () -> dir.deleteTree(Path.of("tree")),
                                StatError.NOT_FOUND,
                                Errno.ENOENT);
                        assertThat(StatError.NOT_FOUND).isInstanceOf(DeleteTreeError.class);
                    }
                });
        assertThat(tree).doesNotExist();
        assertThat(folder.resolve("link")).doesNotExist();
        assertThat(outside.resolve("precious")).exists();
    }

    @Test
    @NotSimulated(NotSimulated.FILES)
    default void aTreeThatIsDeeperThanThereAreDescriptorsIsDeleted(@TempDir Path folder)
            throws Exception {
        Path tree = folder.resolve("tree");
        String deep = "d/".repeat(1_600);
        Files.createDirectories(tree.resolve(deep));
        for (String level : List.of("", "d/".repeat(20), "d/".repeat(800), deep)) {
            Files.writeString(tree.resolve(level + "file"), "x");
        }
        inFrame(
                rt -> {
                    Dir.cwd().stat(folder); // whatever is needed for the first time
                    try (AutoCloseable limit = FullDisk.leaveDescriptors(40)) {
                        Dir.cwd().deleteTree(tree);
                    }
                });
        assertThat(tree).doesNotExist();
    }

    /** In /proc nobody deletes anything. */
    @Test
    @NotSimulated(NotSimulated.FILES)
    default void theFailureOfATreeNamesThePathThatCouldNotBeDeleted() throws Exception {
        inFrame(
                rt -> {
                    TardyIOException failure =
                            catchThrowableOfType(
                                    TardyIOException.class,
                                    () -> Dir.cwd().deleteTree(Path.of("/proc/self/task")));
                    assertThat(failure).hasMessageMatching(".*: /proc/self/task/\\d+/.+");
                });
    }

    /** The way back up from what was moved leads into another tree, which must stay. */
    @Test
    @NotSimulated(NotSimulated.FILES)
    default void aTreeThatIsMovedWhileItIsDeletedTakesNothingElseWithIt(@TempDir Path folder)
            throws Exception {
        Path tree = folder.resolve("tree");
        Path inner = tree.resolve("d/".repeat(5));
        for (int depth = 0; depth <= 60; depth++) {
            Path level = Files.createDirectories(inner.resolve("d/".repeat(depth)));
            for (int i = 0; i < 20; i++) {
                Files.createFile(level.resolve("file" + i));
            }
        }
        Path other = Files.createDirectories(folder.resolve("other/inner"));
        Files.writeString(other.resolveSibling("precious"), "x");
        inFrame(
                rt -> {
                    Frame<Void> deletion = rt.spawn(() -> Dir.cwd().deleteTree(tree));
                    while (Files.exists(inner.resolve("d/".repeat(40)))) {
                        Frame.delay(Duration.ofNanos(1)); // it is on its way up then
                    }
                    Files.move(inner, other.resolveSibling("moved"));
                    assertThatExceptionOfType(FrameFailedException.class)
                            .isThrownBy(deletion::join)
                            .withMessageContaining("NOT_FOUND");
                });
        assertThat(other).isEmptyDirectory();
        assertThat(other.resolveSibling("precious")).exists();
        assertThat(other.resolveSibling("moved")).exists();
    }
}
