package io.tardy.testsuite;

import static org.assertj.core.api.Assertions.assertThat;

import io.tardy.aio.AsyncOp;
import java.io.IOException;
import java.lang.reflect.Method;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.SortedSet;
import java.util.TreeSet;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

/**
 * What each transport does natively, as the suite asserts it of the running transport, is what the
 * page about testing shows.
 */
class MatrixTest {

    private static final Path PAGE = Path.of("..", "docs", "testing.md");

    private static final List<TransportFixture> TRANSPORTS =
            List.of(
                    new IoUringTest(),
                    new EpollTest(),
                    new PollTest(),
                    new KQueueTest(),
                    new SimulatedTest());

    @Test
    void thePageShowsTheMatrix() throws IOException {
        assertThat(Files.readString(PAGE))
                .as("copy this into docs/testing.md:%n%s", matrix())
                .contains(whole(matrix()));
    }

    private static String matrix() {
        StringBuilder table = new StringBuilder("| operation |");
        TRANSPORTS.forEach(fixture -> table.append(' ' + fixture.label() + " |"));
        table.append("\n| --- |").append(" --- |".repeat(TRANSPORTS.size())).append('\n');
        for (AsyncOp op : AsyncOp.values()) {
            table.append(
                    TRANSPORTS.stream()
                            .map(fixture -> fixture.nativeOps().contains(op))
                            .map(isNative -> isNative ? "native" : "fallback")
                            .collect(Collectors.joining(" | ", "| " + op.label() + " | ", " |\n")));
        }
        return table.toString();
    }

    @Test
    void thePageShowsWhatIsSimulated() throws IOException {
        assertThat(Files.readString(PAGE))
                .as("copy this into docs/testing.md:%n%s", simulated())
                .contains(whole(simulated()));
    }

    /** With no other row below it, such as one that a merge has left there. */
    private static String whole(String table) {
        return "\n\n" + table + "\n";
    }

    private static String simulated() {
        StringBuilder table =
                new StringBuilder(
                                "| contract | tests | simulated | the others are not, because |\n")
                        .append("| --- | --- | --- | --- |\n");
        for (Class<?> contract : TransportContract.class.getInterfaces()) {
            List<Method> tests =
                    Stream.of(contract.getDeclaredMethods())
                            .filter(method -> method.isAnnotationPresent(Test.class))
                            .toList();
            SortedSet<String> reasons = new TreeSet<>();
            tests.forEach(test -> SimulatedTest.whyNot(test).ifPresent(reasons::add));
            long simulated =
                    tests.stream().filter(test -> SimulatedTest.whyNot(test).isEmpty()).count();
            table.append(
                    "| %s | %d | %d | %s |\n"
                            .formatted(
                                    contract.getSimpleName(),
                                    tests.size(),
                                    simulated,
                                    String.join("; ", reasons)));
        }
        return table.toString();
    }
}
