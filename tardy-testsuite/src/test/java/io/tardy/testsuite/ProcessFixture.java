package io.tardy.testsuite;

import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import io.tardy.Deadline;
import io.tardy.aio.DeadlineExceededException;
import java.time.Duration;

/** Processes for the contracts about them: shells and their tools. */
interface ProcessFixture extends TransportFixture {

    /** It ends in the minute in which a test that fails leaves it behind. */
    ProcessBuilder SLEEP = new ProcessBuilder("sleep", "60");

    static ProcessBuilder shell(String script) {
        return new ProcessBuilder("sh", "-c", script);
    }

    static void assertLate(java.util.concurrent.Callable<?> wait) {
        assertThatExceptionOfType(DeadlineExceededException.class)
                .isThrownBy(() -> Deadline.callWithin(Duration.ofMillis(50), wait));
    }
}
