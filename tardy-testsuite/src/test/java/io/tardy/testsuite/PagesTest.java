package io.tardy.testsuite;

import static io.tardy.testsuite.GuideTest.ROOT;
import static io.tardy.testsuite.GuideTest.files;
import static io.tardy.testsuite.GuideTest.readWhole;
import static org.assertj.core.api.Assertions.assertThat;

import io.tardy.Tardy;
import io.tardy.TardyRuntime;
import io.tardy.netty.TardyEventLoopGroup;
import java.io.File;
import java.io.IOException;
import java.lang.reflect.Member;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.regex.MatchResult;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

/** What the pages refer to is there, and so is a page for what users program against. */
class PagesTest {

    private static final List<String> PUBLISHED =
            List.of(
                    "tardy-api",
                    "tardy-transport-iouring",
                    "tardy-transport-poll",
                    "tardy-websocket",
                    "tardy-micrometer",
                    "tardy-sim");
    private static final Pattern PUBLIC_TYPE = Pattern.compile("(?m)^public ");
    private static final Path CHANGELOG = ROOT.resolve("CHANGELOG.md");
    private static final Pattern BLOCK = Pattern.compile("```.*?```", Pattern.DOTALL);
    private static final Pattern LINK = Pattern.compile("]\\(([^)\\s]+)\\)");
    private static final Pattern JAVA = Pattern.compile("```java\n(.*?)```", Pattern.DOTALL);
    private static final Pattern TYPE = Pattern.compile("\\b[A-Z]\\w+");
    private static final Pattern ROW =
            Pattern.compile("(?m)^\\| `(io\\.tardy[\\w.]*)`[^|]*\\| (.*) \\|$");
    private static final Pattern EXPORT = Pattern.compile("exports ([\\w.]+);");
    private static final Pattern CODE = Pattern.compile("`([^`\n]+)`");
    private static final Pattern MEMBER =
            Pattern.compile("(?<![\\w.])([A-Z]\\w+|rt|tardy|group)\\.([A-Za-z]\\w*)");

    @Test
    void everyLinkLeadsSomewhere() throws IOException {
        int links = 0;
        for (Path page : pages()) {
            Matcher link = LINK.matcher(proseOf(page));
            while (link.find()) {
                String[] to = link.group(1).split("#", 2);
                if (!to[0].contains(":")) { // not into the network
                    Path target = to[0].isEmpty() ? page : page.resolveSibling(to[0]);
                    assertThat(target).as("in %s", page).exists();
                    assertThat(to.length == 1 || headings(target).contains(to[1]))
                            .as("%s in %s", link.group(1), page)
                            .isTrue();
                    links++;
                }
            }
        }
        assertThat(links).isGreaterThan(40);
    }

    /** In the last column of the table that says what goes wrong. */
    @Test
    void everyTestOfTheReliabilityPageIsThere() throws IOException {
        Set<String> sources =
                files(ROOT, ".java")
                        .map(path -> path.getFileName().toString().replace(".java", ""))
                        .collect(Collectors.toSet());
        List<String> rows =
                readWhole(ROOT.resolve("docs/reliability.md"))
                        .lines()
                        .filter(line -> line.startsWith("|"))
                        .skip(2)
                        .toList();
        assertThat(rows).hasSizeGreaterThan(25);
        for (String row : rows) {
            List<String> tests =
                    CODE.matcher(row.substring(row.lastIndexOf('|', row.length() - 2)))
                            .results()
                            .map(code -> code.group(1))
                            .filter(code -> !code.contains(" "))
                            .toList();
            assertThat(tests).as(row).isNotEmpty();
            assertThat(sources).as(row).containsAll(tests);
        }
    }

    /** Their code has no imports. */
    @Test
    void gettingStartedHasThePackageOfEachTypeInTheCodeOfThePages() throws IOException {
        Map<String, Set<String>> table =
                ROW.matcher(readWhole(ROOT.resolve("docs/getting-started.md")))
                        .results()
                        .collect(Collectors.toMap(row -> row.group(1), row -> codes(row.group(2))));
        Map<String, String> packages = packagesOfPublicTypes();
        Set<String> used =
                files(ROOT.resolve("docs"), ".md")
                        .flatMap(page -> JAVA.matcher(readWhole(page)).results())
                        .flatMap(block -> TYPE.matcher(block.group(1)).results())
                        .map(MatchResult::group)
                        .filter(packages::containsKey)
                        .filter(type -> !type.equals("Transport")) // a word of a comment
                        .collect(Collectors.toSet());
        assertThat(used).hasSizeGreaterThan(50);
        for (String type : used) {
            assertThat(table.getOrDefault(packages.get(type), Set.of()))
                    .as("the classes of %s", packages.get(type))
                    .contains(type);
        }
        table.forEach(
                (name, types) ->
                        types.forEach(type -> assertThat(packages).containsEntry(type, name)));
    }

    private static Set<String> codes(String text) {
        return CODE.matcher(text).results().map(code -> code.group(1)).collect(Collectors.toSet());
    }

    private static Map<String, String> packagesOfPublicTypes() throws IOException {
        Map<String, String> packages = new HashMap<>();
        for (String module : PUBLISHED) {
            Path sources = ROOT.resolve(module).resolve("src/main/java");
            for (Path source : files(sources, ".java").toList()) {
                if (PUBLIC_TYPE.matcher(readWhole(source)).find()) {
                    String folder = sources.relativize(source).getParent().toString();
                    packages.put(
                            source.getFileName().toString().replace(".java", ""),
                            folder.replace(File.separatorChar, '.'));
                }
            }
        }
        return packages;
    }

    @Test
    void theSupportPageHasAPromiseForEveryPackageThatIsExported() throws IOException {
        String promises = readWhole(ROOT.resolve("docs/support.md"));
        int exports = 0;
        for (String module : PUBLISHED) {
            String descriptor =
                    readWhole(ROOT.resolve(module).resolve("src/main/java/module-info.java"));
            for (MatchResult export : EXPORT.matcher(descriptor).results().toList()) {
                assertThat(promises).as(module).contains("`" + export.group(1) + "`");
                exports++;
            }
        }
        assertThat(exports).isGreaterThan(12);
    }

    private static String proseOf(Path page) {
        return BLOCK.matcher(readWhole(page)).replaceAll("");
    }

    /** As they are addressed. */
    private static List<String> headings(Path page) {
        return readWhole(page)
                .lines()
                .filter(line -> line.startsWith("#"))
                .map(line -> line.replaceFirst("#+ ", "").toLowerCase(Locale.ROOT))
                .map(line -> line.replaceAll("[^\\w\\- ]", "").replace(' ', '-'))
                .toList();
    }

    /** In the packages that are exported. */
    @Test
    void everyPublicTypeAndMethodHasAComment() throws IOException {
        int types = 0;
        for (String module : PUBLISHED) {
            Path sources = ROOT.resolve(module).resolve("src/main/java");
            for (Path source : files(sources, ".java").toList()) {
                if (PUBLIC_TYPE.matcher(readWhole(source)).find()) {
                    assertThat(uncommented(source)).as("%s", source).isEmpty();
                    types++;
                }
            }
        }
        assertThat(types).isGreaterThan(80);
    }

    private static List<String> uncommented(Path source) {
        List<String> found = new ArrayList<>();
        List<String> lines = readWhole(source).lines().map(String::strip).toList();
        for (int i = 0; i < lines.size(); i++) {
            String line = lines.get(i);
            if (line.startsWith("public ") && !line.matches("public \\w+ \\{")) { // a record's own
                int before = i - 1;
                while (lines.get(before).startsWith("@")) {
                    before--;
                }
                if (!lines.get(before).endsWith("*/")
                        && !lines.subList(before, i).contains("@Override")) {
                    found.add(line);
                }
            }
        }
        return found;
    }

    /** In running text: {@code Type.member} of a type of ours. */
    @Test
    void everyMemberIsThere() throws IOException {
        Map<String, Class<?>> types = types();
        int members = 0;
        List<Path> pages = new ArrayList<>(pages());
        pages.remove(CHANGELOG); // which has what is gone, too
        for (Path page : pages) {
            String text = proseOf(page);
            if (page.getFileName().toString().startsWith("from-")) {
                text = text.replaceAll("(?m)^\\|[^|]*\\|", ""); // the others' names
            }
            for (MatchResult member : members(text)) {
                Class<?> type = types.get(member.group(1));
                if (type != null) {
                    assertThat(membersOf(type))
                            .as("%s in %s", member.group(), page)
                            .contains(member.group(2));
                    members++;
                }
            }
        }
        assertThat(members).isGreaterThan(60);
    }

    private static List<MatchResult> members(String text) {
        return CODE.matcher(text)
                .results()
                .flatMap(code -> MEMBER.matcher(code.group(1)).results())
                .toList();
    }

    private static Map<String, Class<?>> types() throws IOException {
        Path sources = ROOT.resolve("tardy-api/src/main/java");
        Map<String, Class<?>> types = new HashMap<>();
        for (Path source : files(sources, ".java").toList()) {
            String name = sources.relativize(source).toString().replace(".java", "");
            if (!name.endsWith("-info")) {
                type(name.replace(File.separatorChar, '.'))
                        .ifPresent(type -> types.put(type.getSimpleName(), type));
            }
        }
        types.put("rt", TardyRuntime.class);
        types.put("tardy", Tardy.class);
        types.put("group", TardyEventLoopGroup.class);
        return types;
    }

    /** None if it needs an optional library that is not here: no page need name it. */
    private static Optional<Class<?>> type(String name) {
        try {
            return Optional.of(Class.forName(name, false, GuideTest.class.getClassLoader()));
        } catch (NoClassDefFoundError e) {
            return Optional.empty();
        } catch (ClassNotFoundException e) {
            throw new AssertionError(e);
        }
    }

    private static Set<String> membersOf(Class<?> type) {
        Stream<Member> members =
                Stream.of(type.getMethods(), type.getDeclaredMethods(), type.getDeclaredFields())
                        .flatMap(Stream::of);
        Stream<String> nested = Stream.of(type.getDeclaredClasses()).map(Class::getSimpleName);
        return Stream.concat(members.map(Member::getName), nested).collect(Collectors.toSet());
    }

    private static List<Path> pages() throws IOException {
        return Stream.concat(
                        Stream.of(ROOT.resolve("README.md"), CHANGELOG),
                        files(ROOT.resolve("docs"), ".md"))
                .toList();
    }
}
