package io.tardy.testsuite;

import static io.tardy.testsuite.GuideTest.ROOT;
import static io.tardy.testsuite.GuideTest.readWhole;
import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import io.tardy.Frame;
import io.tardy.Tardy;
import io.tardy.TardyEntry;
import io.tardy.TardyRuntime;
import io.tardy.Threading;
import io.tardy.net.Socket;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.atomic.AtomicReference;
import java.util.regex.MatchResult;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

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
        assertThat(blocks).hasSize(8).allSatisfy(block -> assertThat(sources).contains(block));
        assertThat(readWhole(ROOT.resolve("README.md"))).contains("(docs/load-balancers.md)");
    }

    /** A drain ends what {@code serve} does, but neither frames nor their daemons. */
    @Test
    @Timeout(value = 60, threadMode = Timeout.ThreadMode.SEPARATE_THREAD)
    void checksAreAnsweredInADrain() throws Exception {
        AtomicReference<String> answer = new AtomicReference<>();
        try (Tardy tardy = Tardy.builder().threading(Threading.single()).build()) {
            TardyEntry entry =
                    tardy.entryInNewThread(rt -> rt.spawn(() -> answer.set(checkInDrain(rt))));
            assertThat(entry.await(Duration.ofSeconds(30))).isTrue();
        }
        assertThat(answer).hasValue("true");
    }

    private static String checkInDrain(TardyRuntime rt) throws IOException {
        try (Socket listener = TransportFixture.listenAnywhere()) {
            LoadBalancerSamples.answerChecks(
                    rt,
                    listener,
                    peer -> peer.sendAll(ByteBuffer.wrap(("" + rt.isDraining()).getBytes(UTF_8))));
            rt.drain(Duration.ofMinutes(1));
            Frame.idle(null, () -> rt.await(new CompletableFuture<Void>())); // until serve ends
            try (Socket check = TransportFixture.connectTo(listener)) {
                return UTF_8.decode(check.reader().readExactly(4)).toString();
            }
        }
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
