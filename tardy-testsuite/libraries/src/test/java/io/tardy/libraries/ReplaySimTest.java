package io.tardy.libraries;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.lang.management.ManagementFactory;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** The same seed gives the same run of a library, as it does of a program. */
@Simulated
class ReplaySimTest {

    private static final int SEEDS = 20;

    @ParameterizedTest
    @EnumSource
    void aSeedGivesTheSameTraceAgain(Scene scene) {
        for (long seed = 1; seed <= SEEDS; seed++) {
            StringBuilder first = new StringBuilder();
            scene.run(seed, first);
            StringBuilder second = new StringBuilder();
            scene.run(seed, second);
            assertThat(second.toString().lines())
                    .as("trace of seed %d", seed)
                    .containsExactlyElementsOf(first.toString().lines().toList());
        }
    }

    @ParameterizedTest
    @EnumSource
    void twoProcessesHaveTheSameTraces(Scene scene) throws Exception {
        assertThat(inAnotherProcess(scene)).isEqualTo(inAnotherProcess(scene));
    }

    private static String inAnotherProcess(Scene scene) throws IOException {
        List<String> command = new ArrayList<>();
        command.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
        command.addAll(ManagementFactory.getRuntimeMXBean().getInputArguments());
        command.add("-cp");
        command.add(classPath());
        command.add(Replay.class.getName());
        command.add(scene.name());
        command.add(Integer.toString(SEEDS));
        Process process = new ProcessBuilder(command).redirectErrorStream(true).start();
        try {
            String said =
                    new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
            return said.lines()
                    .filter(line -> line.startsWith(Replay.HASHES))
                    .findFirst()
                    .orElseThrow(() -> new AssertionError(said));
        } finally {
            process.destroyForcibly();
        }
    }

    /** Surefire has it in the manifest of a jar, and says what it is here. */
    private static String classPath() {
        return System.getProperty(
                "surefire.test.class.path", System.getProperty("java.class.path"));
    }
}
