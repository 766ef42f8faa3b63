package io.tardy.sim;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.tardy.aio.OpenError;
import io.tardy.aio.TardyIOException;
import io.tardy.fs.Dir;
import io.tardy.fs.File;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
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
}
