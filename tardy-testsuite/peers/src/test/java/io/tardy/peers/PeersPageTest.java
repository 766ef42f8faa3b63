package io.tardy.peers;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

/** The page about peers names each test, and the version that it is tested with. */
class PeersPageTest {

    private static final Path MODULE = Path.of(System.getProperty("basedir", "."));
    private static final Path SOURCES = MODULE.resolve("src/test/java/io/tardy/peers");
    private static final Pattern TEST = Pattern.compile("`(\\w+Test)` \\|$", Pattern.MULTILINE);

    @Test
    void thePageHasARowForEachTest() throws IOException {
        List<String> rows = TEST.matcher(page()).results().map(row -> row.group(1)).toList();
        try (Stream<Path> sources = Files.list(SOURCES)) {
            assertThat(rows)
                    .containsExactlyInAnyOrderElementsOf(
                            sources.map(source -> source.getFileName().toString())
                                    .filter(name -> name.endsWith("Test.java"))
                                    .map(name -> name.replace(".java", ""))
                                    .filter(name -> !name.equals("PeersPageTest"))
                                    .toList());
        }
    }

    @Test
    void thePageHasTheVersionsOfTheBuild() throws IOException {
        String page = page();
        assertThat(page)
                .contains("| Jetty | " + version("jetty") + " | client")
                .contains("| Tyrus | " + version("tyrus") + " | client")
                .contains("| Java-WebSocket | " + version("java-websocket") + " | client")
                .contains("| OkHttp | " + version("okhttp") + " | client");
    }

    private static String page() throws IOException {
        return Files.readString(MODULE.resolve("../../docs/peers.md"));
    }

    private static String version(String library) throws IOException {
        String pom = Files.readString(MODULE.resolve("../../pom.xml"));
        return Pattern.compile("<" + library + "\\.version>(.*?)<")
                .matcher(pom)
                .results()
                .map(result -> result.group(1))
                .findFirst()
                .orElseThrow();
    }
}
