package io.tardy.websocket;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;

/** The code in the guide compiles. */
class GuideTest {

    private static final Path PAGE = Path.of("..", "docs", "websocket.md");
    private static final Path SAMPLES =
            Path.of("src", "test", "java", "io", "tardy", "websocket", "GuideSamples.java");
    private static final Pattern BLOCK = Pattern.compile("```java\\n(.*?)```", Pattern.DOTALL);

    @Test
    void everyLineOfTheGuideIsCompiled() throws IOException {
        String samples = withoutIndent(Files.readString(SAMPLES));
        Matcher block = BLOCK.matcher(Files.readString(PAGE));
        int blocks = 0;
        for (; block.find(); blocks++) {
            for (String part : partsOf(block.group(1))) {
                assertThat(samples).contains(part);
            }
        }
        assertThat(blocks).isEqualTo(7);
    }

    /** A block may have several statements, from different methods of the samples. */
    private static List<String> partsOf(String block) {
        return List.of(withoutIndent(block).split("(?<=;)\n(?=[A-Z])"));
    }

    private static String withoutIndent(String code) {
        return code.lines().map(String::strip).collect(Collectors.joining("\n"));
    }
}
