package io.tardy.testsuite;

import static io.tardy.testsuite.GuideTest.ROOT;
import static io.tardy.testsuite.GuideTest.files;
import static io.tardy.testsuite.GuideTest.readWhole;
import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.regex.MatchResult;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

/**
 * A type is public because somebody needs it: a guide names it, or its comment says in one sentence
 * whom it is public for. Nested types go with the type that they are in.
 */
class PublicTypesTest {

    /** To all, not to some modules of ours. */
    private static final Pattern EXPORT = Pattern.compile("exports ([\\w.]+);");

    private static final Pattern PUBLIC_TYPE =
            Pattern.compile(
                    "(?m)^public (?:[\\w-]+ )*?(?:class|interface|enum|record|@interface) (\\w+)");
    private static final Pattern REASON = Pattern.compile("Public for \\w");

    /** What a guide shows as code; prose may use the same words. */
    private static final Pattern CODE =
            Pattern.compile("```.*?```|(?m:^ {4}[^\n]*$)|`[^`\n]+`", Pattern.DOTALL);

    @Test
    void everyPublicTypeIsInAGuideOrSaysWhomItIsFor() throws IOException {
        List<String> sources = exportedSources();
        assertThat(sources.stream().filter(source -> PUBLIC_TYPE.matcher(source).find()))
                .hasSizeGreaterThan(80);
        assertThat(unexplained(sources, code(guides()))).isEmpty();
    }

    @Test
    void aTypeWithoutAReasonIsFound() {
        String orphan =
                """
                package io.tardy;

                /** Does something. */
                public final class Orphan {
                    /** Public for nobody: a member explains no type. */
                    public void run() {}
                }
                """;
        assertThat(unexplained(List.of(orphan), code("`Frame`, and an Orphan in prose")))
                .containsExactly("Orphan");
        assertThat(unexplained(List.of(orphan), code("call `Orphan.run()`"))).isEmpty();
        assertThat(unexplained(List.of(orphan), code("```java\nnew Orphan();\n```"))).isEmpty();
        String explained = orphan.replace("something.", "something. Public for this test.");
        assertThat(unexplained(List.of(explained), "")).isEmpty();
        String hidden = orphan.replace("public final class", "final class");
        assertThat(unexplained(List.of(hidden), "")).isEmpty();
    }

    private static List<String> unexplained(List<String> sources, String code) {
        List<String> found = new ArrayList<>();
        for (String source : sources) {
            Matcher type = PUBLIC_TYPE.matcher(source);
            if (type.find()
                    && !Pattern.compile("\\b" + type.group(1) + "\\b").matcher(code).find()
                    && !REASON.matcher(commentBefore(source, type.start())).find()) {
                found.add(type.group(1));
            }
        }
        return found;
    }

    private static String commentBefore(String source, int declaration) {
        String before = source.substring(0, declaration);
        int begin = before.lastIndexOf("/**");
        return begin < 0 ? "" : before.substring(begin).replaceAll("\\s*\\n \\*\\s*", " ");
    }

    /** Of all modules. */
    private static List<String> exportedSources() throws IOException {
        List<String> sources = new ArrayList<>();
        for (Path module : files(ROOT, "module-info.java").toList()) {
            for (MatchResult export : EXPORT.matcher(readWhole(module)).results().toList()) {
                Path folder = module.resolveSibling(export.group(1).replace('.', '/'));
                try (Stream<Path> types = Files.list(folder)) {
                    types.filter(type -> type.toString().endsWith(".java"))
                            .forEach(type -> sources.add(readWhole(type)));
                }
            }
        }
        return sources;
    }

    /** The pages for users: not the one that goes through our own files. */
    private static String guides() throws IOException {
        Path docs = ROOT.resolve("docs");
        try (Stream<Path> pages = Files.list(docs)) {
            return Stream.concat(Stream.of(ROOT.resolve("README.md")), pages)
                    .filter(page -> page.toString().endsWith(".md"))
                    .filter(page -> !page.endsWith("design.md"))
                    .map(GuideTest::readWhole)
                    .collect(Collectors.joining("\n"));
        }
    }

    private static String code(String pages) {
        return CODE.matcher(pages)
                .results()
                .map(MatchResult::group)
                .collect(Collectors.joining("\n"));
    }
}
