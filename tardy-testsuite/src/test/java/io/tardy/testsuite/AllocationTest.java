package io.tardy.testsuite;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** What a wait costs the collector. */
class AllocationTest {

    /** A message is a receive and a send. */
    private static final long BYTES_MAX = 64;

    private static final List<String> FLAGS =
            List.of("--add-opens=java.base/java.lang=ALL-UNNAMED", "-XX:+UseSerialGC", "-Xmx256m");

    @ParameterizedTest
    @ValueSource(strings = {"io_uring", "epoll", "poll"})
    void whatEveryMessageGoesThroughAllocatesNextToNothing(String transport) throws Exception {
        String output =
                OwnJvmTest.run(AllocationMain.class, FLAGS, OwnJvmTest.classPath(), transport);
        assertThat(output.lines())
                .as(output)
                .hasSize(4)
                .allSatisfy(
                        line ->
                                assertThat(Long.parseLong(line.substring(line.indexOf(' ') + 1)))
                                        .as(line)
                                        .isBetween(0L, BYTES_MAX));
    }
}
