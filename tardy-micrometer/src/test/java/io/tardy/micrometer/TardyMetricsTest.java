package io.tardy.micrometer;

import static org.assertj.core.api.Assertions.assertThat;

import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.Tags;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import io.micrometer.prometheusmetrics.PrometheusConfig;
import io.micrometer.prometheusmetrics.PrometheusMeterRegistry;
import io.tardy.Frame;
import io.tardy.FrameStatus;
import io.tardy.RuntimeStats;
import io.tardy.Tardy;
import io.tardy.TardyRuntime;
import io.tardy.Threading;
import io.tardy.aio.AsyncOp;
import io.tardy.aio.AsyncType;
import io.tardy.aio.TaskState;
import io.tardy.netty.TardyEventLoopGroup;
import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** What a registry tells of a runtime is what the runtime's counters say. */
@Timeout(60)
class TardyMetricsTest {

    private static double gauge(MeterRegistry registry, String name, String... tags) {
        return registry.get(name).tags(tags).gauge().value();
    }

    private static double counter(MeterRegistry registry, String name, String... tags) {
        return registry.get(name).tags(tags).functionCounter().count();
    }

    private static Tardy tardy(AsyncType transport) {
        return Tardy.builder().async(transport).threading(Threading.single()).build();
    }

    @ParameterizedTest
    @EnumSource(names = {"IO_URING", "EPOLL", "POLL"})
    void metersSayWhatTheCountersSay(AsyncType transport) throws IOException {
        MeterRegistry registry = new SimpleMeterRegistry();
        try (Tardy tardy = tardy(transport)) {
            tardy.run(
                    () -> {
                        TardyRuntime rt = TardyRuntime.current();
                        new TardyMetrics(rt.siblings()).bindTo(registry);
                        List<Frame<Void>> frames = new ArrayList<>();
                        for (int i = 0; i < 5; i++) {
                            frames.add(rt.spawn(() -> Frame.delay(Duration.ofHours(1))));
                        }
                        Frame.delay(Duration.ofMillis(1));
                        assertAgrees(registry, rt.stats(), transport.label());
                        frames.forEach(Frame::cancel);
                        for (Frame<Void> frame : frames) {
                            while (frame.status() == FrameStatus.ALIVE) {
                                Frame.yield();
                            }
                        }
                        assertThat(gauge(registry, "tardy.frames", "state", "wait_for_io"))
                                .isZero();
                        assertThat(counter(registry, "tardy.frames.begun")).isEqualTo(6);
                    });
        }
    }

    /** In a frame, during which nobody else counts. */
    private static void assertAgrees(MeterRegistry registry, RuntimeStats stats, String transport) {
        String[] tags = {"runtime", "0", "transport", transport};
        assertThat(registry.get("tardy.turns").tags(tags).functionCounters()).hasSize(1);
        assertThat(gauge(registry, "tardy.frames", "state", "runnable"))
                .isEqualTo(stats.frames(TaskState.RUNNABLE))
                .isEqualTo(1);
        assertThat(gauge(registry, "tardy.frames", "state", "wait_for_io"))
                .isEqualTo(stats.frames(TaskState.WAIT_FOR_IO))
                .isEqualTo(5);
        assertThat(gauge(registry, "tardy.timers")).isEqualTo(stats.timers()).isEqualTo(5);
        assertThat(counter(registry, "tardy.timers.expired")).isEqualTo(1);
        assertThat(counter(registry, "tardy.operations", "operation", "timer"))
                .isEqualTo(stats.operations(AsyncOp.TIMER))
                .isEqualTo(6);
        assertThat(counter(registry, "tardy.operations.waited")).isEqualTo(6);
        assertThat(counter(registry, "tardy.turns")).isEqualTo(stats.turns());
        assertThat(counter(registry, "tardy.turns.idle")).isEqualTo(stats.turnsIdle());
        assertThat(gauge(registry, "tardy.pool.jobs")).isZero();
        assertThat(gauge(registry, "tardy.buffers", "state", "lent")).isZero();
        assertThat(counter(registry, "tardy.stalls")).isEqualTo(stats.stalls());
    }

    @Test
    void prometheusReadsThem() throws IOException {
        PrometheusMeterRegistry registry = new PrometheusMeterRegistry(PrometheusConfig.DEFAULT);
        try (Tardy tardy = tardy(AsyncType.POLL)) {
            tardy.run(
                    () -> {
                        TardyRuntime rt = TardyRuntime.current();
                        new TardyMetrics(rt.siblings(), Tags.of("app", "chat")).bindTo(registry);
                        rt.offload(() -> 1);
                        Frame.delay(Duration.ofMillis(1));
                        String tags = "app=\"chat\",runtime=\"0\",transport=\"poll\"";
                        assertThat(registry.scrape().lines())
                                .contains(
                                        "tardy_frames{app=\"chat\",runtime=\"0\",state=\"runnable\",transport=\"poll\"}"
                                            + " 1.0",
                                        "tardy_pool_jobs_started_total{" + tags + "} 1.0",
                                        "tardy_operations_total{app=\"chat\",operation=\"timer\","
                                                + "runtime=\"0\",transport=\"poll\"} 1.0",
                                        "tardy_stalls_total{" + tags + "} 0.0",
                                        "# TYPE tardy_turns_total counter",
                                        "# TYPE tardy_timers gauge");
                    });
        }
    }

    @Test
    void allRuntimesOfAGroupAreMeasured() throws Exception {
        MeterRegistry registry = new SimpleMeterRegistry();
        try (TardyEventLoopGroup group = new TardyEventLoopGroup(3)) {
            TardyRuntime any = group.submit(TardyRuntime::current).get();
            new TardyMetrics(any.siblings()).bindTo(registry);
            assertThat(registry.get("tardy.turns").functionCounters())
                    .extracting(meter -> meter.getId().getTag("runtime"))
                    .containsExactlyInAnyOrder("0", "1", "2");
        }
    }
}
