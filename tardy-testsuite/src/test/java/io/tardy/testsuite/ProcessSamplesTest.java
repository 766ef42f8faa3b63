package io.tardy.testsuite;

import static org.assertj.core.api.Assertions.assertThat;

import io.tardy.Tardy;
import io.tardy.fs.File;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.condition.EnabledOnOs;
import org.junit.jupiter.api.condition.OS;
import org.junit.jupiter.api.io.TempDir;

/** What {@code docs/processes.md} shows works. */
@Timeout(60)
@EnabledOnOs(OS.LINUX)
class ProcessSamplesTest {

    private static final Duration PATIENCE = Duration.ofSeconds(20);

    @Test
    void samplesRunProcesses(@TempDir Path folder) throws Exception {
        Path from = Files.writeString(folder.resolve("from"), "shout");
        Path to = folder.resolve("to");
        try (Tardy tardy = Tardy.builder().build()) {
            String sorted = tardy.runCall(() -> ProcessSamples.sorted("b\na\n"));
            assertThat(sorted).isEqualTo("a\nb\n");
            ProcessBuilder failing = new ProcessBuilder("false");
            int status = tardy.runCall(() -> ProcessSamples.status(failing, PATIENCE));
            assertThat(status).isEqualTo(1);
            long copied = tardy.runCall(() -> shout(from, to));
            assertThat(copied).isEqualTo(5);
        }
        assertThat(to).hasContent("SHOUT");
    }

    private static long shout(Path from, Path to) throws IOException {
        try (File source = File.open(from);
                File sink = File.create(to)) {
            ProcessBuilder tr = new ProcessBuilder("tr", "a-z", "A-Z");
            return ProcessSamples.copyThrough(tr, source, sink);
        }
    }
}
