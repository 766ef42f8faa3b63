package io.tardy.libraries;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.lang.management.ManagementFactory;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** The same seed gives the same run of a library, as it does of a program. */
@Simulated
class ReplaySimTest {

    private static final int SEEDS = 10;

    /** So many lines before and behind the first that differs. */
    private static final int SHOWN = 10;

    @ParameterizedTest
    @EnumSource
    void aSeedGivesTheSameTraceAgain(Scene scene) {
        for (long seed = 1; seed <= SEEDS; seed++) {
            List<String> first = trace(scene, seed);
            List<String> second = trace(scene, seed);
            int same = 0;
            while (same < Math.min(first.size(), second.size())
                    && first.get(same).equals(second.get(same))) {
                same++;
            }
            assertThat(around(second, same))
                    .as("trace of seed %d from line %d on", seed, same)
                    .isEqualTo(around(first, same));
        }
    }

    private static List<String> trace(Scene scene, long seed) {
        StringBuilder trace = new StringBuilder();
        scene.run(seed, trace);
        return trace.toString().lines().toList();
    }

    private static List<String> around(List<String> lines, int line) {
        return lines.subList(Math.max(0, line - SHOWN), Math.min(lines.size(), line + SHOWN));
    }

    @Test
    void twoProcessesHaveTheSameTraces() throws Exception {
        List<String> hashes = inAnotherProcess();
        assertThat(hashes).hasSize(Scene.values().length).isEqualTo(inAnotherProcess());
    }

    private static List<String> inAnotherProcess() throws IOException, InterruptedException {
        List<String> command = new ArrayList<>();
        command.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
        command.addAll(ManagementFactory.getRuntimeMXBean().getInputArguments());
        command.add("-cp");
        command.add(classPath());
        command.add(Replay.class.getName());
        command.add(Integer.toString(SEEDS));
        Process process = new ProcessBuilder(command).redirectErrorStream(true).start();
        try {
            String said =
                    new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
            assertThat(process.waitFor()).as(said).isZero();
            return said.lines().filter(line -> line.startsWith(Replay.HASHES)).toList();
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
