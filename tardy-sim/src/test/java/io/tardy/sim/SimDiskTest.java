package io.tardy.sim;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.tardy.aio.AsyncOpenFlags;
import io.tardy.aio.FileMode;
import io.tardy.aio.LockMode;
import io.tardy.aio.OpenError;
import io.tardy.aio.TardyIOException;
import io.tardy.fs.Dir;
import io.tardy.fs.File;
import io.tardy.fs.FileLock;
import io.tardy.sim.faults.DiskFaults;
import io.tardy.sim.faults.Faults;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

/** Files of programs that are simulated. */
class SimDiskTest {

    private static void write(String path, String text) throws Exception {
        try (File file = File.create(Path.of(path))) {
            file.writeAll(ByteBuffer.wrap(text.getBytes(StandardCharsets.UTF_8)));
        }
    }

    private static String read(String path) throws Exception {
        try (File file = File.open(Path.of(path))) {
            ByteBuffer into = ByteBuffer.allocate(100);
            while (file.read(into) >= 0 && into.hasRemaining()) {}
            return new String(into.array(), 0, into.position(), StandardCharsets.UTF_8);
        }
    }

    private static void files() throws Exception {
        try (Dir data = Dir.create(Path.of("/data"))) {
            assertThat(data).isNotNull();
        }
        write("/data/a", "one");
        write("/data/b", "two");
        assertThat(read("/data/a") + read("/data/b")).isEqualTo("onetwo");
        assertThat(Dir.cwd().stat(Path.of("/data/a")).size()).isEqualTo(3);
        Dir.cwd().deleteTree(Path.of("/data"));
        assertThatThrownBy(() -> File.open(Path.of("/data/a")))
                .isInstanceOfSatisfying(
                        TardyIOException.class,
                        e -> assertThat(e.error()).isEqualTo(OpenError.NOT_FOUND));
    }

    @Test
    void filesAreOfTheHost() {
        Sim.run(
                1,
                sim -> {
                    SimHost a = sim.host("a").spawn(() -> files());
                    a.await();
                    SimHost b = sim.host("b").spawn(() -> write("/x", "b"));
                    b.await();
                    b.run(() -> assertThat(read("/x")).isEqualTo("b"));
                    a.run(
                            () ->
                                    assertThatThrownBy(() -> read("/x"))
                                            .isInstanceOf(TardyIOException.class));
                });
    }

    private static Duration timeOf(Sim sim, AsyncOpenFlags flags) throws Exception {
        try (File file = File.open(Path.of("/log"), flags)) {
            Duration began = sim.now();
            file.writeAll(ByteBuffer.allocate(100));
            return sim.now().minus(began);
        }
    }

    /** Else no crash would ever meet one that is half done. */
    @Test
    void aWriteTakesItsTimeHoweverTheFileWasOpened() {
        DiskFaults slow = DiskFaults.none().withLatency(5_000_000, 5_000_000);
        List<Duration> times = new ArrayList<>();
        Sim.run(
                1,
                SimOptions.defaults().faults(Faults.none().disk(slow)),
                sim ->
                        sim.host("a")
                                .run(
                                        () -> {
                                            for (FileMode mode :
                                                    List.of(FileMode.WRITE, FileMode.READ_WRITE)) {
                                                times.add(timeOf(sim, flags(mode, false)));
                                                times.add(timeOf(sim, flags(mode, true)));
                                            }
                                        }));
        assertThat(times).hasSize(4).containsOnly(Duration.ofMillis(5));
    }

    /** Of a disk that takes too long. */
    @Test
    void aLockThatCouldNotBeGivenBackCanBeClosedAgain() {
        DiskFaults slow = DiskFaults.none().withLatency(20_000_000_000L, 20_000_000_000L);
        Sim.run(
                1,
                sim ->
                        sim.host("a")
                                .run(
                                        () -> {
                                            write("/locked", "");
                                            Path path = Path.of("/locked");
                                            try (File one = File.open(path, FileMode.READ_WRITE);
                                                    File other =
                                                            File.open(path, FileMode.READ_WRITE)) {
                                                FileLock lock = one.lock(LockMode.EXCLUSIVE);
                                                sim.faults(Faults.none().disk(slow));
                                                assertThatThrownBy(lock::close)
                                                        .isInstanceOf(TardyIOException.class);
                                                sim.faults(Faults.none());
                                                assertThatThrownBy(
                                                                () -> one.tryLock(LockMode.SHARED))
                                                        .isInstanceOf(IllegalStateException.class);
                                                assertThat(other.tryLock(LockMode.SHARED)).isNull();
                                                lock.close();
                                                FileLock now = other.tryLock(LockMode.EXCLUSIVE);
                                                assertThat(now).isNotNull();
                                            }
                                        }));
    }

    private static AsyncOpenFlags flags(FileMode mode, boolean appends) {
        AsyncOpenFlags flags = AsyncOpenFlags.of(mode).withCreate().withPermissions(0644);
        return appends ? flags.withAppend() : flags;
    }
}
