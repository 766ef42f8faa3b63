package io.tardy.examples;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;

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
}
