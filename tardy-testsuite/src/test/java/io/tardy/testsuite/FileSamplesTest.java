package io.tardy.testsuite;

import static org.assertj.core.api.Assertions.assertThat;

import io.tardy.Frame;
import io.tardy.Tardy;
import io.tardy.TardyRuntime;
import io.tardy.aio.OpenError;
import io.tardy.aio.TardyIOException;
import io.tardy.fs.Dir;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.condition.EnabledOnOs;
import org.junit.jupiter.api.condition.OS;
import org.junit.jupiter.api.io.TempDir;

/** What the page about files shows works; that it is the same code, {@link GuideTest} says. */
@EnabledOnOs(OS.LINUX)
@Timeout(60)
class FileSamplesTest {

    /** Full when a file of this name has come. */
    private static final class Seen implements FileSamples.Inbox {
        private static final Path LAST = Path.of("last");
        private final List<Path> names = new ArrayList<>();

        @Override
        public void take(Path path) {
            names.add(path);
        }

        @Override
        public boolean isFull() {
            return names.contains(LAST);
        }
    }

    @Test
    void aReleaseReplacesTheOneBefore(@TempDir Path folder) throws Exception {
        Tardy.builder()
                .build()
                .run(
                        () -> {
                            FileSamples.release(folder, Path.of("1.0"));
                            FileSamples.release(folder, Path.of("1.1"));
                        });
        assertThat(Files.readSymbolicLink(folder.resolve("current"))).isEqualTo(Path.of("1.1"));
        assertThat(folder.toFile().list()).containsExactly("current");
    }

    @Test
    void nothingIsLeftOfASort(@TempDir Path folder) throws Exception {
        Tardy.builder()
                .build()
                .run(
                        () -> {
                            try (Dir dir = Dir.open(folder)) {
                                assertThat(FileSamples.sorted(dir, List.of(3L, 1L, 2L)))
                                        .containsExactly(1L, 2L, 3L);
                            }
                        });
        assertThat(folder).isEmptyDirectory();
    }

    @Test
    void aCountHasAllThatCounted(@TempDir Path folder) throws Exception {
        Path path = Files.write(folder.resolve("count"), new byte[Long.BYTES]);
        Tardy.builder()
                .build()
                .run(
                        () -> {
                            List<Frame<Void>> frames = new ArrayList<>();
                            for (int i = 0; i < 10; i++) {
                                frames.add(
                                        TardyRuntime.current()
                                                .spawn(() -> FileSamples.count(path)));
                            }
                            for (Frame<Void> frame : frames) {
                                frame.join();
                            }
                        });
        assertThat(ByteBuffer.wrap(Files.readAllBytes(path)).getLong()).isEqualTo(10);
    }

    @Test
    void aTableHasItsRoom(@TempDir Path folder) throws Exception {
        Path path = folder.resolve("table");
        Tardy.builder()
                .build()
                .run(
                        () -> {
                            try {
                                FileSamples.makeTable(path, 4);
                                assertThat(Dir.cwd().stat(path).size()).isEqualTo(4 * 4096);
                            } catch (TardyIOException e) { // of another file system
                                assertThat(e.error()).isEqualTo(OpenError.INVALID_ARGUMENTS);
                            }
                        });
    }

    @Test
    void whatComesIsTaken(@TempDir Path folder) throws Exception {
        Files.writeString(folder.resolve("first"), "x");
        Seen seen = new Seen();
        Tardy.builder()
                .build()
                .run(
                        () -> {
                            try (Dir dir = Dir.open(folder)) {
                                Frame<Void> follower =
                                        TardyRuntime.current()
                                                .spawn(() -> FileSamples.follow(dir, seen));
                                while (seen.names.isEmpty()) {
                                    Frame.yield();
                                }
                                Files.writeString(folder.resolve("last"), "x");
                                follower.join();
                            }
                        });
        assertThat(seen.names).contains(Path.of("first"), Path.of("last"));
    }
}
