package io.tardy.libraries;

import static org.assertj.core.api.Assertions.assertThat;

import io.micrometer.core.instrument.Gauge;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.binder.netty4.NettyAllocatorMetrics;
import io.micrometer.core.instrument.binder.netty4.NettyEventExecutorMetrics;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.PooledByteBufAllocator;
import io.netty.util.concurrent.EventExecutor;
import io.netty.util.concurrent.SingleThreadEventExecutor;
import io.tardy.Frame;
import io.tardy.TardyRuntime;
import io.tardy.aio.AsyncType;
import io.tardy.micrometer.TardyMetrics;
import io.tardy.netty.TardyEventLoopGroup;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.stream.StreamSupport;
import org.junit.jupiter.api.extension.ExtendWith;

/** Micrometer's meters of Netty on a group of Tardy's. */
@ExtendWith(LeakCheck.class)
class MicrometerTest {

    private static final String PENDING = "netty.eventexecutor.tasks.pending";

    private final MeterRegistry registry = new SimpleMeterRegistry();

    private static void measure(TardyEventLoopGroup group, MeterRegistry registry) {
        new NettyEventExecutorMetrics(group).bindTo(registry);
        new NettyAllocatorMetrics(PooledByteBufAllocator.DEFAULT).bindTo(registry);
    }

    @OnEachTransport
    void eachLoopHasAGauge(AsyncType transport) throws Exception {
        Groups.withGroup(
                3,
                transport,
                group -> {
                    measure(group, registry);
                    List<String> threads =
                            StreamSupport.stream(group.spliterator(), false)
                                    .map(loop -> (SingleThreadEventExecutor) loop)
                                    .map(loop -> loop.threadProperties().name())
                                    .toList();
                    assertThat(threads).hasSize(3).doesNotHaveDuplicates();
                    assertThat(registry.get(PENDING).gauges())
                            .extracting(gauge -> gauge.getId().getTag("name"))
                            .containsExactlyInAnyOrderElementsOf(threads);
                    assertThat(registry.get("netty.eventexecutor.workers").gauge().value())
                            .isEqualTo(3);
                });
    }

    @OnEachTransport
    void aGaugeCountsTheTasksOfItsLoop(AsyncType transport) throws Exception {
        Groups.withGroup(
                2,
                transport,
                group -> {
                    measure(group, registry);
                    EventExecutor busy = group.iterator().next();
                    CountDownLatch begun = new CountDownLatch(1);
                    CountDownLatch go = new CountDownLatch(1);
                    busy.execute(
                            () -> {
                                begun.countDown();
                                awaitUninterruptibly(go);
                            });
                    begun.await();
                    for (int i = 0; i < 7; i++) {
                        busy.execute(() -> {});
                    }
                    double ofTheBusyOne = pending(busy).value();
                    double ofAll =
                            registry.get(PENDING).gauges().stream().mapToDouble(Gauge::value).sum();
                    go.countDown();
                    busy.submit(() -> {}).get(Groups.PATIENCE_SECONDS, TimeUnit.SECONDS);
                    assertThat(ofTheBusyOne).isEqualTo(7);
                    assertThat(ofAll).isEqualTo(7);
                    assertThat(pending(busy).value()).isZero();
                });
    }

    private Gauge pending(EventExecutor loop) {
        String thread = ((SingleThreadEventExecutor) loop).threadProperties().name();
        return registry.get(PENDING).tag("name", thread).gauge();
    }

    private static void awaitUninterruptibly(CountDownLatch latch) {
        try {
            latch.await();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    @OnEachTransport
    void framesCanBeCounted(AsyncType transport) throws Exception {
        Groups.withGroup(
                2,
                transport,
                group -> {
                    countFrames(group, registry);
                    TardyRuntime runtime = Groups.runtimeOf(group);
                    CompletableFuture<Void> go = new CompletableFuture<>();
                    List<Frame<Void>> frames = new ArrayList<>();
                    for (int i = 0; i < 5; i++) {
                        frames.add(runtime.spawn(() -> runtime.await(go)));
                    }
                    for (int turn = 0; turn < 10_000 && waiting(runtime).value() < 5; turn++) {
                        Groups.runtimeOf(group);
                    }
                    assertThat(waiting(runtime).value()).isEqualTo(5);
                    go.complete(null);
                    for (Frame<Void> frame : frames) {
                        frame.join();
                    }
                    Groups.runtimeOf(group); // another turn of each loop
                    Groups.runtimeOf(group);
                    assertThat(waiting(runtime).value()).isZero();
                });
    }

    private Gauge waiting(TardyRuntime runtime) {
        return registry.get("tardy.frames")
                .tag("runtime", Integer.toString(runtime.id()))
                .tag("state", "wait_for_trigger")
                .gauge();
    }

    private static void countFrames(TardyEventLoopGroup group, MeterRegistry registry)
            throws Exception {
        TardyRuntime any = group.next().submit(TardyRuntime::current).get();
        new TardyMetrics(any.siblings()).bindTo(registry);
    }

    @OnEachTransport
    void theLoopsAllocatorHasGauges(AsyncType transport) throws Exception {
        Groups.withGroup(
                1,
                transport,
                group -> {
                    measure(group, registry);
                    double used =
                            group.submit(MicrometerTest.this::usedDirect)
                                    .get(Groups.PATIENCE_SECONDS, TimeUnit.SECONDS);
                    assertThat(used).isPositive();
                });
    }

    /** In the loop: memory comes from the arena of its thread. */
    private double usedDirect() {
        ByteBuf buffer = PooledByteBufAllocator.DEFAULT.directBuffer(1000);
        try {
            return registry.get("netty.allocator.memory.used")
                    .tag("memory.type", "direct")
                    .gauge()
                    .value();
        } finally {
            buffer.release();
        }
    }
}
