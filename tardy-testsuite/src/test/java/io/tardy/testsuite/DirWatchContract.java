package io.tardy.testsuite;

import static io.tardy.testsuite.FileContract.assertFailure;
import static io.tardy.testsuite.FileContract.assertFailureNamed;
import static io.tardy.testsuite.FileContract.bytes;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.assertj.core.api.Assertions.assertThatIllegalStateException;
import static org.assertj.core.api.Assumptions.assumeThat;

import io.tardy.Deadline;
import io.tardy.Frame;
import io.tardy.FrameFailedException;
import io.tardy.TardyRuntime;
import io.tardy.aio.AsyncOpenFlags;
import io.tardy.aio.CancelledException;
import io.tardy.aio.DeadlineExceededException;
import io.tardy.aio.Errno;
import io.tardy.aio.FileMode;
import io.tardy.aio.ReadError;
import io.tardy.aio.WatchError;
import io.tardy.fs.CreateFlags;
import io.tardy.fs.Dir;
import io.tardy.fs.DirEvent;
import io.tardy.fs.DirWatch;
import io.tardy.fs.File;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A directory that is watched: everything is told, or that something was not. */
interface DirWatchContract extends TransportFixture {

    /** More events than this the test does not make. */
    int EVENTS_MAX = 100_000;

    /** Whether the system tells. */
    default boolean hasWatches() {
        return true;
    }

    /** Somebody who watches. */
    @FunctionalInterface
    interface Watching {
        void use(TardyRuntime rt, Dir dir, DirWatch watch) throws Exception;
    }

    /** In a frame, where the system tells; both are closed afterwards. */
    private void watching(Path path, Watching body) throws Exception {
        assumeThat(hasWatches()).isTrue();
        inFrame(
                rt -> {
                    try (Dir dir = Dir.open(path);
                            DirWatch watch = dir.watch()) {
                        body.use(rt, dir, watch);
                    }
                });
    }

    private static void assertNext(DirWatch watch, DirEvent.Kind kind, String name)
            throws IOException {
        DirEvent event = watch.next();
        assertThat(event.kind()).as("%s", event).isEqualTo(kind);
        assertThat(event.path()).as("%s", event).isEqualTo(Path.of(name));
    }

    @Test
    default void whereNobodyTellsThatIsSaid(@TempDir Path folder) throws Exception {
        inFrame(
                rt -> {
                    try (Dir dir = Dir.open(folder)) {
                        if (hasWatches()) {
                            dir.watch().close();
                        } else {
                            assertFailure(
                                    dir::watch,
                                    WatchError.OPERATION_NOT_SUPPORTED,
                                    Errno.EOPNOTSUPP);
                        }
                    }
                });
    }

    @Test
    @NotSimulated("a simulated disk tells nobody")
    default void whatBecomesOfADirectoryIsTold(@TempDir Path folder) throws Exception {
        watching(
                folder,
                (rt, dir, watch) -> {
                    try (File file = dir.createFile(Path.of("a b"), CreateFlags.DEFAULT)) {
                        file.writeAll(bytes("text"));
                    }
                    assertNext(watch, DirEvent.Kind.CREATED, "a b");
                    assertNext(watch, DirEvent.Kind.MODIFIED, "a b");
                    assertNext(watch, DirEvent.Kind.WRITTEN, "a b");
                    dir.rename(Path.of("a b"), Path.of("c"));
                    DirEvent out = watch.next();
                    DirEvent in = watch.next();
                    assertThat(out.kind()).isEqualTo(DirEvent.Kind.MOVED_OUT);
                    assertThat(in.kind()).isEqualTo(DirEvent.Kind.MOVED_IN);
                    assertThat(in.path()).isEqualTo(Path.of("c"));
                    assertThat(in.rename()).isNotZero().isEqualTo(out.rename());
                    dir.chmod(Path.of("c"), 0600);
                    assertNext(watch, DirEvent.Kind.ATTRIBUTES, "c");
                    dir.deleteFile(Path.of("c"));
                    assertNext(watch, DirEvent.Kind.DELETED, "c");
                    dir.createDir(Path.of("inner")).close();
                    DirEvent inner = watch.next();
                    assertThat(inner.isDirectory()).isTrue();
                    dir.createFile(Path.of("inner/x"), CreateFlags.DEFAULT).close();
                    dir.deleteTree(Path.of("inner"));
                    assertNext(watch, DirEvent.Kind.DELETED, "inner");
                });
    }

    @Test
    @NotSimulated("a simulated disk tells nobody")
    default void aWaitThatWasGivenUpLosesNothing(@TempDir Path folder) throws Exception {
        watching(
                folder,
                (rt, dir, watch) -> {
                    assertThatExceptionOfType(DeadlineExceededException.class)
                            .isThrownBy(() -> Deadline.within(Duration.ofMillis(10), watch::next));
                    Frame<DirEvent> waiting = rt.spawnCall(watch::next);
                    Frame.delay(Duration.ofMillis(1));
                    assertThatIllegalStateException()
                            .isThrownBy(watch::next)
                            .withMessageContaining("another frame");
                    waiting.cancel();
                    assertThatExceptionOfType(FrameFailedException.class)
                            .isThrownBy(waiting::join)
                            .withRootCauseInstanceOf(CancelledException.class);
                    Frame<DirEvent> next = rt.spawnCall(watch::next);
                    Frame.delay(Duration.ofMillis(1));
                    dir.createDir(Path.of("x")).close();
                    assertThat(next.join().path()).isEqualTo(Path.of("x"));
                });
    }

    @Test
    @NotSimulated("a simulated disk tells nobody")
    default void aWatchThatIsClosedEndsItsWait(@TempDir Path folder) throws Exception {
        watching(
                folder,
                (rt, dir, watch) -> {
                    Frame<Void> waiting =
                            rt.spawn(
                                    () ->
                                            assertFailureNamed(
                                                    watch::next,
                                                    ReadError.INVALID_FD.name(),
                                                    Errno.EBADF));
                    Frame.delay(Duration.ofMillis(1));
                    watch.close();
                    watch.close();
                    waiting.join();
                    assertFailureNamed(watch::next, ReadError.INVALID_FD.name(), Errno.EBADF);
                });
    }

    @Test
    @NotSimulated("a simulated disk tells nobody")
    default void aWatchOutlivesItsDirAndEndsWithTheDirectory(@TempDir Path folder)
            throws Exception {
        Path path = folder.resolve("watched");
        Files.createDirectory(path);
        watching(
                path,
                (rt, dir, watch) -> {
                    dir.close();
                    Files.move(path, folder.resolve("moved"));
                    DirEvent moved = watch.next();
                    assertThat(moved.kind()).isEqualTo(DirEvent.Kind.MOVED);
                    assertThat(moved.isDirectory()).isTrue();
                    Files.delete(folder.resolve("moved"));
                    DirEvent last = watch.next();
                    while (last.kind() == DirEvent.Kind.ATTRIBUTES) {
                        last = watch.next(); // some kernels say first that it has fewer names
                    }
                    assertThat(last.kind()).isEqualTo(DirEvent.Kind.GONE);
                    assertNext(watch, DirEvent.Kind.GONE, "");
                });
    }

    /** Who asks on and on still lets the others go on, and hears of a cancel. */
    @Test
    @NotSimulated("a simulated disk tells nobody")
    default void aDirectoryThatIsGoneHoldsUpNobody(@TempDir Path folder) throws Exception {
        Path path = folder.resolve("watched");
        Files.createDirectory(path);
        watching(
                path,
                (rt, dir, watch) -> {
                    dir.close();
                    Files.delete(path);
                    while (watch.next().kind() != DirEvent.Kind.GONE) {}
                    Frame<Void> asking =
                            rt.spawn(
                                    () -> {
                                        for (int i = 0; i < 1_000_000; i++) {
                                            watch.next();
                                        }
                                    });
                    Frame.yield();
                    asking.cancel();
                    assertThatExceptionOfType(FrameFailedException.class)
                            .isThrownBy(asking::join)
                            .withRootCauseInstanceOf(CancelledException.class);
                });
    }

    /** In one read, for the kernel gives it once; those of the JDK begin with one byte. */
    private static int eventsQueued() throws IOException {
        try (File file = File.open(Path.of("/proc/sys/fs/inotify/max_queued_events"))) {
            ByteBuffer text = ByteBuffer.allocate(32);
            file.read(text);
            return Integer.parseInt(StandardCharsets.UTF_8.decode(text.flip()).toString().strip());
        }
    }

    @Test
    @NotSimulated("a simulated disk tells nobody")
    default void whatTheSystemHasNoRoomForIsTold(@TempDir Path folder) throws Exception {
        watching(
                folder,
                (rt, dir, watch) -> {
                    int queued = eventsQueued();
                    assumeThat(queued)
                            .as("the limit of the system")
                            .isLessThanOrEqualTo(EVENTS_MAX);
                    for (int i = 0; i <= queued; i++) { // each at least one event
                        Files.createFile(folder.resolve("f" + i));
                    }
                    int told = 0;
                    while (watch.next().kind() != DirEvent.Kind.OVERFLOW) {
                        told++;
                    }
                    assertThat(told).isEqualTo(queued);
                    AsyncOpenFlags append = AsyncOpenFlags.of(FileMode.WRITE).withAppend();
                    try (File file = dir.openFile(Path.of("f0"), append)) {
                        file.writeAll(bytes("x"));
                    }
                    assertNext(watch, DirEvent.Kind.MODIFIED, "f0");
                });
    }
}
