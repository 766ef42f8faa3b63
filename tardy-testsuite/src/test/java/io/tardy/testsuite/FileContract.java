package io.tardy.testsuite;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.assertj.core.api.Assertions.assertThatIllegalStateException;
import static org.assertj.core.api.Assumptions.assumeThat;

import io.tardy.Deadline;
import io.tardy.Frame;
import io.tardy.FrameFailedException;
import io.tardy.aio.AsyncError;
import io.tardy.aio.AsyncOpenFlags;
import io.tardy.aio.CancelledException;
import io.tardy.aio.Errno;
import io.tardy.aio.FileKind;
import io.tardy.aio.FileMode;
import io.tardy.aio.OpenError;
import io.tardy.aio.ReadError;
import io.tardy.aio.Stat;
import io.tardy.aio.StatError;
import io.tardy.aio.SyncError;
import io.tardy.aio.TardyIOException;
import io.tardy.aio.TruncateError;
import io.tardy.aio.WriteError;
import io.tardy.fs.CreateFlags;
import io.tardy.fs.Dir;
import io.tardy.fs.File;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.SplittableRandom;
import java.util.concurrent.atomic.AtomicInteger;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Files, on a real file system. */
interface FileContract extends TransportFixture {

    static ByteBuffer bytes(String text) {
        return ByteBuffer.wrap(text.getBytes(StandardCharsets.UTF_8));
    }

    static void assertFailure(ThrowingCallable call, AsyncError error, Errno errno) {
        assertThatExceptionOfType(TardyIOException.class)
                .isThrownBy(call)
                .satisfies(
                        e -> {
                            assertThat(e.error()).isEqualTo(error);
                            assertThat(e.errno()).isEqualTo(errno.number());
                            assertThat(e).hasMessageContaining(errno.name());
                        });
    }

    /** Of an error that several operations have, each in its own enum. */
    static void assertFailureNamed(ThrowingCallable call, String error, Errno errno) {
        assertThatExceptionOfType(TardyIOException.class)
                .isThrownBy(call)
                .satisfies(
                        e -> {
                            assertThat(((Enum<?>) e.error()).name()).isEqualTo(error);
                            assertThat(e.errno()).isEqualTo(errno.number());
                        });
    }

    static Path makeFifo(Path path) throws IOException, InterruptedException {
        SystemCommand.succeed("mkfifo", path.toString());
        return path;
    }

    @Test
    @NotSimulated(NotSimulated.FILES)
    default void whatTheKernelHasInMemoryIsReadWithoutAWait(@TempDir Path folder) throws Exception {
        Path path = Files.write(folder.resolve("cached"), new byte[3 * 4096]);
        inFrame(
                rt -> {
                    try (File file = File.open(path)) {
                        AtomicInteger turnsOfOthers = new AtomicInteger();
                        Frame<Integer> other = rt.spawnCall(turnsOfOthers::incrementAndGet);
                        ByteBuffer direct = ByteBuffer.allocateDirect(4096);
                        ByteBuffer heap = ByteBuffer.allocate(4096);
                        assertThat(file.read(direct)).isEqualTo(4096);
                        assertThat(file.read(heap)).isEqualTo(4096);
                        assertThat(file.read(direct.clear(), 100)).isEqualTo(4096);
                        assertThat(turnsOfOthers).hasValue(0);
                        other.join();
                    }
                });
    }

    /** Whose poll(2) tells when the content changes, not when it can be read. */
    @Test
    @NotSimulated(NotSimulated.FILES)
    default void aFileThatTheKernelWritesWhenItIsReadIsReadToItsEnd() throws Exception {
        Path devices = Path.of("/proc/bus/input/devices");
        assumeThat(devices).exists();
        byte[] content = Files.readAllBytes(devices);
        inFrame(
                rt -> {
                    try (File file = File.open(devices)) {
                        ByteBuffer into = ByteBuffer.allocateDirect(content.length + 1);
                        Deadline.within(
                                patience(),
                                () -> {
                                    file.readAll(into);
                                    assertThat(file.read(into)).isEqualTo(-1);
                                });
                        assertThat(into.flip()).isEqualTo(ByteBuffer.wrap(content));
                    }
                });
    }

    @Test
    default void whatIsWrittenIsReadBackWhateverTheBuffer(@TempDir Path folder) throws Exception {
        Path path = folder.resolve("a");
        inFrame(
                rt -> {
                    try (File file = File.create(path)) {
                        file.writeAll(bytes("heap"));
                        file.writeAll(ByteBuffer.allocateDirect(8).put(bytes(" direct ")).flip());
                        file.writeAll(bytes("read only").asReadOnlyBuffer());
                        file.writeAll(bytes("HEAP"), 0);
                    }
                    ByteBuffer heap = ByteBuffer.allocate(6);
                    ByteBuffer direct = ByteBuffer.allocateDirect(100);
                    try (File file = File.open(path)) {
                        assertThat(file.readAll(heap)).isEqualTo(6);
                        assertThat(file.readAll(direct)).isEqualTo(15);
                        assertThat(file.read(direct)).isEqualTo(-1);
                        assertThat(file.readAll(direct)).isEqualTo(-1);
                        heap.clear().limit(4);
                        assertThat(file.readAll(heap, 5)).isEqualTo(4);
                        assertThat(heap.flip()).isEqualTo(bytes("dire"));
                        assertThat(file.read(heap.clear(), 1000)).isEqualTo(-1);
                        assertThat(file.read(ByteBuffer.allocate(0))).isZero();
                    }
                    assertThat(direct.flip()).isEqualTo(bytes("irect read only"));
                });
        assertThat(textOf(path)).isEqualTo("HEAP direct read only");
    }

    @Test
    default void createMeansWhatItsFlagsSay(@TempDir Path folder) throws Exception {
        Path path = folder.resolve("a");
        inFrame(
                rt -> {
                    try (File file = File.create(path)) {
                        file.writeAll(bytes("first"));
                    }
                    CreateFlags isNew = new CreateFlags(FileMode.WRITE, 0600, false, false);
                    assertFailure(
                            () -> File.create(path, isNew),
                            OpenError.FILE_ALREADY_EXISTS,
                            Errno.EEXIST);
                    CreateFlags keep = new CreateFlags(FileMode.READ_WRITE, 0600, false, true);
                    try (File file = File.create(path, keep)) {
                        ByteBuffer one = ByteBuffer.allocate(1);
                        assertThat(file.read(one)).isOne();
                        file.writeAll(bytes("U"), 0);
                    }
                    assertThat(textOf(path)).isEqualTo("Uirst");
                    File.create(path).close();
                    assertThat(textOf(path)).isEmpty();
                    AsyncOpenFlags append =
                            AsyncOpenFlags.of(FileMode.WRITE)
                                    .withCreate()
                                    .withPermissions(0600)
                                    .withAppend();
                    for (String part : List.of("one ", "two")) {
                        try (File file = File.open(path, append)) {
                            file.writeAll(bytes(part));
                        }
                    }
                    assertThat(textOf(path)).isEqualTo("one two");
                    try (File file = File.create(folder.resolve("b"), isNew)) {
                        assertThat(file.stat().mode()).isEqualTo(0600);
                    }
                });
    }

    @Test
    @NotSimulated(NotSimulated.FILES)
    default void whatIsNotThereOrNotAllowedSaysSo(@TempDir Path folder) throws Exception {
        Path file = Files.writeString(folder.resolve("file"), "text");
        Path loop = Files.createSymbolicLink(folder.resolve("loop"), Path.of("loop"));
        inFrame(
                rt -> {
                    Path missing = folder.resolve("missing");
                    assertFailure(() -> File.open(missing), OpenError.NOT_FOUND, Errno.ENOENT);
                    assertThatExceptionOfType(TardyIOException.class)
                            .isThrownBy(() -> File.open(missing))
                            .withMessage("open failed: NOT_FOUND (ENOENT, errno 2): " + missing);
                    assertFailure(() -> File.open(loop), OpenError.LOOP, Errno.ELOOP);
                    assertFailure(
                            () -> File.open(file.resolve("x")),
                            OpenError.NOT_A_DIRECTORY,
                            Errno.ENOTDIR);
                    assertFailure(
                            () -> File.open(folder.resolve("x".repeat(256))),
                            OpenError.NAME_TOO_LONG,
                            Errno.ENAMETOOLONG);
                    assertFailure(() -> File.create(folder), OpenError.IS_DIRECTORY, Errno.EISDIR);
                    try (File directory = File.open(folder)) {
                        assertFailure(
                                () -> directory.read(ByteBuffer.allocate(1)),
                                ReadError.IS_DIRECTORY,
                                Errno.EISDIR);
                    }
                    try (File readOnly = File.open(file)) {
                        assertFailure(
                                () -> readOnly.write(bytes("x")),
                                WriteError.INVALID_FD,
                                Errno.EBADF);
                    }
                    try (File full = File.open(Path.of("/dev/full"), FileMode.WRITE)) {
                        assertFailure(
                                () -> full.writeAll(bytes("x")), WriteError.NO_SPACE, Errno.ENOSPC);
                    }
                    assertFailure(() -> Dir.cwd().stat(missing), StatError.NOT_FOUND, Errno.ENOENT);
                });
    }

    @Test
    default void aClosedFileFailsAndClosingAgainDoesNothing(@TempDir Path folder) throws Exception {
        inFrame(
                rt -> {
                    File file = File.create(folder.resolve("a"));
                    file.close();
                    file.close();
                    assertThat(file.isClosed()).isTrue();
                    assertFailure(() -> file.write(bytes("x")), WriteError.INVALID_FD, Errno.EBADF);
                    assertFailure(file::stat, StatError.INVALID_FD, Errno.EBADF);
                });
    }

    @Test
    @NotSimulated(NotSimulated.OUTSIDE)
    default void outsideOfAFrameItIsAProgrammersError(@TempDir Path folder) {
        assertThatIllegalStateException()
                .isThrownBy(() -> File.open(folder.resolve("a")))
                .withMessageContaining("rt.spawn");
    }

    @Test
    @NotSimulated(NotSimulated.FILES)
    default void statIsTheSystems(@TempDir Path folder) throws Exception {
        Path file = Files.writeString(folder.resolve("file"), "12345");
        Files.createLink(folder.resolve("second"), file);
        Path link = Files.createSymbolicLink(folder.resolve("link"), Path.of("file"));
        Path fifo = makeFifo(folder.resolve("fifo"));
        Instant modified = Instant.parse("2001-02-03T04:05:06.123456789Z");
        Files.setLastModifiedTime(file, FileTime.from(modified));
        Files.setPosixFilePermissions(file, PosixFilePermissions.fromString("rw-r-x---"));
        long inode = (Long) Files.getAttribute(file, "unix:ino");
        inFrame(
                rt -> {
                    Dir cwd = Dir.cwd();
                    Stat stat = cwd.stat(file);
                    assertThat(stat.size()).isEqualTo(5);
                    assertThat(stat.kind()).isEqualTo(FileKind.FILE);
                    assertThat(stat.isFile()).isTrue();
                    assertThat(stat.mode()).isEqualTo(0650);
                    assertThat(stat.modified()).isEqualTo(modified);
                    assertThat(stat.changed()).isAfter(modified);
                    assertThat(stat.accessed()).isAfter(modified);
                    assertThat(stat.inode()).isEqualTo(inode);
                    assertThat(stat.links()).isEqualTo(2);
                    try (File opened = File.open(file)) {
                        assertThat(opened.stat().inode()).isEqualTo(inode);
                    }
                    assertThat(cwd.stat(link)).isEqualTo(cwd.stat(file));
                    assertThat(cwd.stat(link, false).kind()).isEqualTo(FileKind.SYMBOLIC_LINK);
                    assertThat(cwd.stat(folder).isDirectory()).isTrue();
                    assertThat(cwd.stat(fifo).kind()).isEqualTo(FileKind.FIFO);
                    assertThat(cwd.stat(Path.of("/dev/null")).kind())
                            .isEqualTo(FileKind.CHARACTER_DEVICE);
                    assertThat(cwd.stat().isDirectory()).isTrue();
                });
    }

    @Test
    default void namesWithSpacesAndForeignLettersWork(@TempDir Path folder) throws Exception {
        Path path = folder.resolve("zwei Wörter, 日本 🙂");
        inFrame(
                rt -> {
                    try (File file = File.create(path)) {
                        file.writeAll(bytes("ü"));
                    }
                    assertThat(Dir.cwd().stat(path).size()).isEqualTo(2);
                });
    }

    @Test
    default void offsetsGoBeyondThreeGiB(@TempDir Path folder) throws Exception {
        Path path = folder.resolve("sparse");
        long far = 3L << 30;
        inFrame(
                rt -> {
                    CreateFlags flags = new CreateFlags(FileMode.READ_WRITE, 0600, true, true);
                    try (File file = File.create(path, flags)) {
                        file.writeAll(bytes("end"), far);
                        assertThat(file.stat().size()).isEqualTo(far + 3);
                        ByteBuffer into = ByteBuffer.allocate(6);
                        assertThat(file.readAll(into, far - 3)).isEqualTo(6);
                        assertThat(into.flip()).isEqualTo(bytes("\0\0\0end"));
                    }
                });
    }

    @Test
    default void manyFramesUseFilesAtOnceAndTheCollectorTakesNoBufferInUse(@TempDir Path folder)
            throws Exception {
        long seed = Seeds.draw("manyFramesUseFilesAtOnceAndTheCollectorTakesNoBufferInUse");
        AtomicInteger verified = new AtomicInteger();
        inFrame(
                rt -> {
                    List<Frame<Void>> frames = new ArrayList<>();
                    for (int i = 0; i < 200; i++) {
                        SplittableRandom random = new SplittableRandom(seed + i);
                        Path path = folder.resolve("file " + i);
                        frames.add(
                                rt.spawn(
                                        () -> {
                                            writeAndVerify(path, random);
                                            verified.incrementAndGet();
                                        }));
                    }
                    Frame<Void> collector =
                            rt.spawn(
                                    () -> {
                                        for (int i = 0; i < 5; i++) {
                                            rt.offload(
                                                    () -> {
                                                        System.gc();
                                                        return null;
                                                    });
                                        }
                                    });
                    for (Frame<Void> frame : frames) {
                        frame.join();
                    }
                    collector.join();
                });
        assertThat(verified).as("seed %d", seed).hasValue(200);
    }

    private static void writeAndVerify(Path path, SplittableRandom random) throws IOException {
        byte[] content = new byte[random.nextInt(1, 100_000)];
        random.nextBytes(content);
        try (File file = File.create(path)) {
            for (int at = 0; at < content.length; ) {
                int length = Math.min(random.nextInt(1, 30_000), content.length - at);
                // Nobody but the operation knows this buffer.
                file.writeAll(
                        ByteBuffer.allocateDirect(length).put(content, at, length).flip(), at);
                at += length;
            }
        }
        try (File file = File.open(path)) {
            ByteBuffer all =
                    random.nextBoolean()
                            ? ByteBuffer.allocate(content.length + 1)
                            : ByteBuffer.allocateDirect(content.length + 1);
            assertThat(file.readAll(all)).isEqualTo(content.length);
            assertThat(all.flip()).isEqualTo(ByteBuffer.wrap(content));
        }
    }

    /** Whether it survives a crash, only a simulation can tell. */
    @Test
    default void whatWasWrittenIsSynced(@TempDir Path folder) throws Exception {
        inFrame(
                rt -> {
                    Path path = folder.resolve("synced");
                    try (File file = File.create(path);
                            Dir dir = Dir.open(folder)) {
                        file.writeAll(ByteBuffer.wrap(new byte[] {1, 2, 3}));
                        file.syncData();
                        file.writeAll(ByteBuffer.wrap(new byte[] {4}));
                        file.sync();
                        dir.sync();
                        Dir.cwd().sync();
                        assertThat(file.stat().size()).isEqualTo(4);
                    }
                    File closed = File.open(path);
                    closed.close();
                    assertFailure(closed::sync, SyncError.INVALID_FD, Errno.EBADF);
                });
    }

    @Test
    default void aFileIsMadeShorterAndLonger(@TempDir Path folder) throws Exception {
        inFrame(
                rt -> {
                    Path path = folder.resolve("cut");
                    try (File file = File.create(path)) {
                        file.writeAll(bytes("0123456789"));
                        file.truncate(4);
                        assertThat(file.stat().size()).isEqualTo(4);
                        file.truncate(10_000);
                        file.writeAll(bytes("x")); // where the position was left
                        assertThat(file.stat().size()).isEqualTo(10_000);
                    }
                    try (File file = File.open(path)) {
                        ByteBuffer found = ByteBuffer.allocate(10_001);
                        assertThat(file.readAll(found)).isEqualTo(10_000);
                        byte[] expected = new byte[10_000];
                        System.arraycopy(new byte[] {'0', '1', '2', '3'}, 0, expected, 0, 4);
                        expected[10] = 'x';
                        assertThat(found.flip()).isEqualTo(ByteBuffer.wrap(expected));
                        assertFailure(
                                () -> file.truncate(0),
                                TruncateError.INVALID_ARGUMENTS,
                                Errno.EINVAL);
                    }
                });
    }

    @Test
    default void aSyncInACancelledFrameFails(@TempDir Path folder) throws Exception {
        inFrame(
                rt -> {
                    try (File file = File.create(folder.resolve("cancelled"))) {
                        Frame<Void> frame = rt.spawn(file::sync);
                        frame.cancel();
                        assertThatExceptionOfType(FrameFailedException.class)
                                .isThrownBy(frame::join)
                                .withRootCauseInstanceOf(CancelledException.class);
                    }
                });
    }
}
