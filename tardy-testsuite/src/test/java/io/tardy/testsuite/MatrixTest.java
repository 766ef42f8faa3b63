package io.tardy.testsuite;

import static org.assertj.core.api.Assertions.assertThat;

import io.tardy.aio.AsyncOp;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;

/**
 * What each transport does natively, as the suite asserts it of the running transport, is what the
 * page about testing shows.
 */
class MatrixTest {

    private static final Path PAGE = Path.of("..", "docs", "testing.md");

    private static final List<TransportFixture> TRANSPORTS =
            List.of(new IoUringTest(), new EpollTest(), new PollTest(), new KQueueTest());

    @Test
    void thePageShowsTheMatrix() throws IOException {
        assertThat(Files.readString(PAGE))
                .as("copy this into docs/testing.md:%n%s", matrix())
                .contains(matrix());
    }

    private static String matrix() {
        StringBuilder table = new StringBuilder("| operation |");
        TRANSPORTS.forEach(fixture -> table.append(' ' + fixture.transport().label() + " |"));
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
}
