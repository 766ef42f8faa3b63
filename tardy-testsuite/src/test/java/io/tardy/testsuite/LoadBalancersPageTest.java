package io.tardy.testsuite;

import static io.tardy.testsuite.GuideTest.ROOT;
import static io.tardy.testsuite.GuideTest.readWhole;
import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
import java.util.List;
import java.util.regex.MatchResult;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;

/** The code of the page about load balancers compiles, and {@code .ci/balancer} finds the rest. */
class LoadBalancersPageTest {

    private static final Path PAGE = ROOT.resolve("docs/load-balancers.md");
    private static final List<Path> SOURCES =
            List.of(
                    ROOT.resolve(
                            "tardy-testsuite/src/test/java/io/tardy/testsuite/LoadBalancerSamples.java"),
                    ROOT.resolve("tardy-examples/src/main/java/io/tardy/examples/Health.java"));
    private static final Pattern JAVA = Pattern.compile("```java\n(.*?)```\n", Pattern.DOTALL);
    private static final Pattern CONFIGURATION =
            Pattern.compile("```\n# ([\\w.]+)\n(.*?)```\n", Pattern.DOTALL);

    private static String flat(String code) {
        return code.lines().map(String::strip).collect(Collectors.joining("\n", "", "\n"));
    }

    @Test
    void everyBlockIsCompiled() {
        String sources =
                SOURCES.stream()
                        .map(GuideTest::readWhole)
                        .map(LoadBalancersPageTest::flat)
                        .collect(Collectors.joining());
        List<String> blocks =
                JAVA.matcher(readWhole(PAGE)).results().map(b -> flat(b.group(1))).toList();
        assertThat(blocks).hasSize(7).allSatisfy(block -> assertThat(sources).contains(block));
        assertThat(readWhole(ROOT.resolve("README.md"))).contains("(docs/load-balancers.md)");
    }

    /** The script replaces these ports by free ones, and looks at these servers. */
    @Test
    void theScriptRunsTheConfigurationsOfThePage() {
        List<MatchResult> found = CONFIGURATION.matcher(readWhole(PAGE)).results().toList();
        assertThat(found)
                .extracting(each -> each.group(1))
                .containsExactly("haproxy.cfg", "nginx.conf");
        String script = readWhole(ROOT.resolve(".ci/balancer"));
        for (MatchResult each : found) {
            assertThat(script).contains("block \"# " + each.group(1) + "\"");
            Pattern.compile("127\\.0\\.0\\.1:(\\d+)")
                    .matcher(each.group(2))
                    .results()
                    .forEach(port -> assertThat(script).contains(" " + port.group(1) + " "));
        }
    }
}
