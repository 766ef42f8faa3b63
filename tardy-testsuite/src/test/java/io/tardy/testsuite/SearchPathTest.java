package io.tardy.testsuite;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledOnOs;
import org.junit.jupiter.api.condition.OS;
import org.junit.jupiter.api.io.TempDir;

/** Programs that are named without a directory: the JVM's {@code PATH} is the test's. */
@EnabledOnOs(OS.LINUX)
class SearchPathTest {

    @Test
    void whatIsFoundAndDoesNotStartIsNotCalledMissing(@TempDir Path folder) throws Exception {
        program(folder, "orphan", "#!/no/such/interpreter\n");
        program(folder, "well", "#!/bin/sh\n");
        String said =
                OwnJvmTest.run(
                        SearchPathMain.class, "PATH=/no/such:" + folder, "orphan", "well", "none");
        assertThat(said.lines())
                .satisfiesExactly(
                        orphan ->
                                assertThat(orphan)
                                        .contains("NOT_FOUND", "orphan, whose interpreter or"),
                        well -> assertThat(well).isEqualTo("well: 0"),
                        none -> assertThat(none).contains("none, which no directory of PATH has"));
    }

    private static void program(Path folder, String name, String text) throws Exception {
        Path program = Files.writeString(folder.resolve(name), text);
        assertThat(program.toFile().setExecutable(true)).isTrue();
    }
}
