package io.tardy.testsuite;

import static org.assertj.core.api.Assertions.assertThat;

import io.tardy.Frame;
import io.tardy.FrameDump;
import io.tardy.RuntimeStats;
import io.tardy.Tardy;
import io.tardy.TardyRuntime;
import java.time.Duration;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** What {@code docs/observing.md} shows works. */
@Timeout(60)
class ObservingSamplesTest {

    @Test
    void samplesTellOfALongWaitAndOfABusyLoop() throws Exception {
        try (Tardy tardy = Tardy.builder().stallAfter(Duration.ofMillis(20)).build()) {
            tardy.run(
                    () -> {
                        TardyRuntime rt = TardyRuntime.current();
                        RuntimeStats before = rt.stats();
                        rt.spawn("sleeps", () -> Frame.delay(Duration.ofHours(1)));
                        Duration limit = Duration.ofMillis(20);
                        while (ObservingSamples.waitingLongerThan(rt, limit).isEmpty()) {
                            Frame.delay(Duration.ofMillis(5));
                        }
                        assertThat(ObservingSamples.waitingLongerThan(rt, limit))
                                .extracting(FrameDump::name)
                                .containsExactly("sleeps");
                        assertThat(ObservingSamples.busyShare(before, rt.stats()))
                                .isBetween(0.0, 0.9);
                        assertThat(ObservingSamples.busyShare(before, before)).isZero();
                    });
        }
    }
}
