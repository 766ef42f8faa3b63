package io.tardy.testsuite;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Collectors;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** What a wait costs the collector. */
class AllocationTest {

    /** Of a message, which is a receive and a send, and of a delay. */
    private static final long BYTES_MAX = 64;

    /** Of a file: a submission and, where the pool does it, a job with its places in queues. */
    private static final long FILE_BYTES_MAX = 192;

    private static final List<String> FLAGS =
            List.of("--add-opens=java.base/java.lang=ALL-UNNAMED", "-XX:+UseSerialGC", "-Xmx256m");

    @ParameterizedTest
    @ValueSource(strings = {"io_uring", "epoll", "poll"})
    void whatEveryMessageGoesThroughAllocatesNextToNothing(String transport) throws Exception {
        String output =
                OwnJvmTest.run(AllocationMain.class, FLAGS, OwnJvmTest.classPath(), transport);
        Map<String, Long> bytes =
                output.lines()
                        .map(line -> line.split(" "))
                        .collect(Collectors.toMap(line -> line[0], line -> Long.valueOf(line[1])));
        assertThat(bytes).as(output).containsOnlyKeys("echo", "lent", "delay", "read", "write");
        bytes.forEach(
                (what, allocated) ->
                        assertThat(allocated)
                                .as(output)
                                .isBetween(
                                        0L,
                                        Set.of("read", "write").contains(what)
                                                ? FILE_BYTES_MAX
                                                : BYTES_MAX));
    }
}
