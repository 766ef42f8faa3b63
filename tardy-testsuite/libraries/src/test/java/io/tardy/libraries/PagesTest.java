package io.tardy.libraries;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.regex.MatchResult;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** The pages about libraries show code that is tested, with the versions that it is tested with. */
class PagesTest {

    private static final Path MODULE = Path.of(System.getProperty("basedir", "."));
    private static final Path PAGES = MODULE.resolve("../../docs/libraries");
    private static final Path SOURCES = MODULE.resolve("src/test/java/io/tardy/libraries");
    private static final Pattern BLOCK = Pattern.compile("```java\n(.*?)```\n", Pattern.DOTALL);

    @ParameterizedTest(name = "{0}")
    @CsvSource({
        "grpc, GrpcTest, grpc",
        "reactor-netty, ReactorNettyTest, reactor-netty",
        "lettuce, LettuceTest, lettuce",
        "vertx, VertxTest TardyTransport, vertx",
        "micrometer, MicrometerTest, micrometer",
        "futures, FuturesTest, reactor-netty",
        "blockhound, BlockHoundTest, blockhound",
        "tracing, TracedServer RequestContexts ContextPropagationTest, opentelemetry-agent",
        "tracing, TracedServer RequestContexts ContextPropagationTest, context-propagation"
    })
    void pagesShowTestedCode(String page, String sources, String version) throws IOException {
        requireTested(page, sources, version);
    }

    /** Of the module that runs: there is another one with more libraries. */
    static void requireTested(String page, String sources, String version) throws IOException {
        String text = Files.readString(PAGES.resolve(page + ".md"));
        List<String> blocks =
                BLOCK.matcher(text).results().map(PagesTest::code).map(PagesTest::flat).toList();
        String tested =
                Stream.of(sources.split(" ")).map(PagesTest::source).collect(Collectors.joining());
        assertThat(blocks).isNotEmpty().allSatisfy(block -> assertThat(tested).contains(block));
        assertThat(text).contains(version(version));
        assertThat(Files.readString(PAGES.resolve("README.md")))
                .contains("(" + page + ".md)", version(version));
    }

    private static String code(MatchResult block) {
        return block.group(1);
    }

    private static String source(String name) {
        try {
            return flat(Files.readString(SOURCES.resolve(name + ".java")));
        } catch (IOException e) {
            throw new AssertionError(e);
        }
    }

    /** Without indentation, which depends on where the code stands. */
    private static String flat(String code) {
        return code.lines().map(String::strip).collect(Collectors.joining("\n", "", "\n"));
    }

    /** Of a property of the module's, or of its parent. */
    static String version(String library) throws IOException {
        String pom =
                Files.readString(MODULE.resolve("pom.xml"))
                        + Files.readString(MODULE.resolve("../../pom.xml"));
        return Pattern.compile("<" + library + "\\.version>(.*?)<")
                .matcher(pom)
                .results()
                .map(result -> result.group(1))
                .findFirst()
                .orElseThrow();
    }
}
