package io.tardy.micrometer;

import io.micrometer.core.instrument.FunctionCounter;
import io.micrometer.core.instrument.Gauge;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.Tag;
import io.micrometer.core.instrument.Tags;
import io.micrometer.core.instrument.binder.MeterBinder;
import io.tardy.RuntimeStats;
import io.tardy.TardyRuntime;
import io.tardy.aio.AsyncOp;
import io.tardy.aio.TaskState;
import java.util.Collection;
import java.util.List;
import java.util.Locale;
import java.util.function.ToDoubleFunction;

/**
 * Meters for the counters of runtimes, {@link TardyRuntime#stats()}. Each has the tags {@code
 * runtime}, the runtime's number in its entry or group, and {@code transport}; give further tags if
 * a process has several entries or groups. {@code docs/observing.md} lists the meters.
 *
 * <p>A runtime pays nothing for being measured: whoever reads the registry reads the counters, on
 * any thread, and waits for no one. A registry does not keep a runtime from the collector. The
 * meters of a runtime that has ended stay, and do not change, until they are removed.
 */
public final class TardyMetrics implements MeterBinder {

    private final List<TardyRuntime> runtimes;
    private final Tags tags;

    /**
     * @param runtimes such as {@code rt.siblings()}: all of the entry or group of {@code rt}
     */
    public TardyMetrics(Collection<TardyRuntime> runtimes) {
        this(runtimes, Tags.empty());
    }

    /**
     * @param tags of all meters, beside their own
     */
    public TardyMetrics(Collection<TardyRuntime> runtimes, Iterable<Tag> tags) {
        this.runtimes = List.copyOf(runtimes);
        this.tags = Tags.of(tags);
    }

    @Override
    public void bindTo(MeterRegistry registry) {
        for (TardyRuntime runtime : runtimes) {
            new Meters(
                            registry,
                            runtime,
                            tags.and("runtime", Integer.toString(runtime.id()))
                                    .and("transport", runtime.backend().type().label()))
                    .register();
        }
    }

    /** Of one runtime. */
    private record Meters(MeterRegistry registry, TardyRuntime runtime, Tags tags) {

        void register() {
            for (TaskState state : TaskState.values()) {
                if (state != TaskState.DEAD) {
                    String name = state.name().toLowerCase(Locale.ROOT);
                    gauge(
                            "tardy.frames",
                            "Frames that live",
                            tags.and("state", name),
                            stats -> stats.frames(state));
                }
            }
            counter("tardy.frames.begun", "Frames that have begun", RuntimeStats::framesBegun);
            counter("tardy.frames.ended", "Frames that have ended", RuntimeStats::framesEnded);
            counter("tardy.frames.failed", "Frames that have failed", RuntimeStats::framesFailed);
            for (AsyncOp op : AsyncOp.values()) {
                counter(
                        "tardy.operations",
                        "Operations that frames have begun",
                        tags.and("operation", op.label()),
                        stats -> stats.operations(op));
            }
            counter(
                    "tardy.operations.waited",
                    "Operations and offloaded calls that were not over at once",
                    RuntimeStats::operationsWaited);
            counter("tardy.turns", "Turns of the loop", RuntimeStats::turns);
            counter(
                    "tardy.turns.idle",
                    "Turns in which the loop was free to wait",
                    RuntimeStats::turnsIdle);
            gauge("tardy.timers", "Delays and deadlines that run", tags, RuntimeStats::timers);
            counter("tardy.timers.expired", "Timers that expired", RuntimeStats::timersExpired);
            gauge("tardy.pool.jobs", "Jobs of the pool of threads", tags, RuntimeStats::poolJobs);
            counter(
                    "tardy.pool.jobs.started",
                    "Jobs that the pool was given",
                    RuntimeStats::poolJobsStarted);
            counter(
                    "tardy.pool.jobs.refused",
                    "Jobs that have found no thread",
                    RuntimeStats::poolJobsRefused);
            gauge(
                    "tardy.buffers",
                    "Buffers to receive into",
                    tags.and("state", "lent"),
                    RuntimeStats::lentBuffers);
            gauge(
                    "tardy.buffers",
                    "Buffers to receive into",
                    tags.and("state", "spare"),
                    RuntimeStats::spareBuffers);
            counter("tardy.stalls", "Stalls of the loop", RuntimeStats::stalls);
        }

        private void gauge(
                String name, String description, Tags tags, ToDoubleFunction<RuntimeStats> value) {
            Gauge.builder(name, runtime, rt -> value.applyAsDouble(rt.stats()))
                    .description(description)
                    .tags(tags)
                    .register(registry);
        }

        private void counter(
                String name, String description, ToDoubleFunction<RuntimeStats> value) {
            counter(name, description, tags, value);
        }

        private void counter(
                String name, String description, Tags tags, ToDoubleFunction<RuntimeStats> value) {
            FunctionCounter.builder(name, runtime, rt -> value.applyAsDouble(rt.stats()))
                    .description(description)
                    .tags(tags)
                    .register(registry);
        }
    }
}
