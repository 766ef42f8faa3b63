package io.tardy.examples;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.api.Test;
import picocli.CommandLine;

class ReadmeTest {

    private static final Path MODULE = Path.of(System.getProperty("basedir", "."));

    @Test
    void theReadmesServerIsTheExample() throws IOException {
        String source =
                Files.readString(MODULE.resolve("src/main/java/io/tardy/examples/Echo.java"));
        String withoutPackage = source.substring(source.indexOf("import "));
        assertThat(Files.readString(MODULE.resolve("../README.md")))
                .contains("```java\n" + withoutPackage + "```\n");
    }

    @Test
    void theReadmeListsTheExamplesOfTheLauncher() throws IOException {
        List<String> listed =
                Files.readString(MODULE.resolve("../README.md"))
                        .lines()
                        .dropWhile(line -> !line.startsWith("| `./tardy`"))
                        .skip(2)
                        .takeWhile(line -> line.startsWith("|"))
                        .map(line -> line.split("\\|")[1].strip())
                        .flatMap(names -> Arrays.stream(names.split(", ")))
                        .toList();
        assertThat(listed)
                .containsExactlyInAnyOrderElementsOf(
                        Main.commandLine().getSubcommands().values().stream()
                                .map(CommandLine::getCommandSpec)
                                .filter(spec -> !spec.usageMessage().hidden())
                                .map(spec -> "`" + spec.name() + "`")
                                .toList());
    }
}
