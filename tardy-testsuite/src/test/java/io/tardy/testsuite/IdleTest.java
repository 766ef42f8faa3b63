package io.tardy.testsuite;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** What an idle connection holds. */
class IdleTest {

    /** Of a stack whose code is compiled; interpreted, it is three times as long. */
    private static final long STACK_BYTES_MAX = 1000;

    private static final List<String> FLAGS =
            List.of(OwnJvmTest.FLAG, "-XX:+UseSerialGC", "-Xmx256m");

    @ParameterizedTest
    @CsvSource({"io_uring, 1200, 30", "epoll, 1200, 30", "poll, 1600, 40"})
    void anIdleConnectionHoldsFewObjects(String transport, long bytesMax, long objectsMax)
            throws Exception {
        String output = OwnJvmTest.run(IdleMain.class, FLAGS, OwnJvmTest.classPath(), transport);
        Map<String, Long> held =
                output.lines()
                        .map(line -> line.split(" "))
                        .collect(Collectors.toMap(line -> line[0], line -> Long.valueOf(line[1])));
        assertThat(held).as(output).containsOnlyKeys("stack", "bytes", "objects");
        assertThat(held.get("stack")).as(output).isBetween(1L, STACK_BYTES_MAX);
        assertThat(held.get("bytes")).as(output).isBetween(1L, bytesMax);
        assertThat(held.get("objects")).as(output).isBetween(1L, objectsMax);
    }
}
