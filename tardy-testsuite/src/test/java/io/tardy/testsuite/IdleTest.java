package io.tardy.testsuite;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** What an idle connection holds. */
class IdleTest {

    /**
     * Interpreted, so that it is the same each time: compiled, the stack takes a third to a half of
     * that.
     */
    private static final List<String> FLAGS =
            List.of(OwnJvmTest.FLAG, "-Xint", "-XX:+UseSerialGC", "-Xmx256m");

    @ParameterizedTest
    @CsvSource({"io_uring, 4800, 950, 22", "epoll, 2900, 950, 24", "poll, 2900, 1750, 55"})
    void anIdleConnectionHoldsFewObjects(
            String transport, long stackBytesMax, long bytesMax, long objectsMax) throws Exception {
        String output = OwnJvmTest.run(IdleMain.class, FLAGS, OwnJvmTest.classPath(), transport);
        Map<String, Long> held =
                output.lines()
                        .map(line -> line.split(" "))
                        .collect(Collectors.toMap(line -> line[0], line -> Long.valueOf(line[1])));
        assertThat(held).as(output).containsOnlyKeys("stack", "bytes", "objects");
        assertThat(held.get("stack")).as(output).isBetween(1L, stackBytesMax);
        assertThat(held.get("bytes")).as(output).isBetween(1L, bytesMax);
        assertThat(held.get("objects")).as(output).isBetween(1L, objectsMax);
    }
}
