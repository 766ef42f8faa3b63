package io.tardy.testsuite;

import static io.tardy.testsuite.GuideTest.ROOT;
import static io.tardy.testsuite.GuideTest.files;
import static io.tardy.testsuite.GuideTest.readWhole;
import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

/** A file holds one idea: one that has become long has a second, which wants a file of its own. */
class FileLengthTest {

    private static final int LINES_MAX = 500;
    private static final int LINES_MEDIAN_MAX = 150;

    private static Map<Path, Long> lines() throws IOException {
        Map<Path, Long> lines = new TreeMap<>();
        Stream.concat(files(ROOT, ".java"), files(ROOT, ".kt"))
                .forEach(file -> lines.put(ROOT.relativize(file), readWhole(file).lines().count()));
        return lines;
    }

    @Test
    void noSourceIsLong() throws IOException {
        Map<Path, Long> lines = lines();
        assertThat(lines).hasSizeGreaterThan(500);
        lines.values().removeIf(count -> count <= LINES_MAX);
        assertThat(lines).as("split by idea, into files that each define one noun").isEmpty();
    }

    @Test
    void halfOfTheSourcesAreShort() throws IOException {
        List<Long> lengths = lines().values().stream().sorted().toList();
        assertThat(lengths.get(lengths.size() / 2)).isLessThan(LINES_MEDIAN_MAX);
    }
}
