package io.tardy.testsuite;

import static org.assertj.core.api.Assertions.assertThat;

import io.tardy.Frame;
import io.tardy.aio.CancelledException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.SplittableRandom;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;

/** Delays. */
interface TimerContract extends TransportFixture {

    @Test
    default void noDelayEndsEarly() throws Exception {
        long seed = Seeds.draw("noDelayEndsEarly");
        SplittableRandom random = new SplittableRandom(seed);
        AtomicInteger ended = new AtomicInteger();
        inFrame(
                rt -> {
                    List<Frame<Void>> frames = new ArrayList<>();
                    for (int i = 0; i < 500; i++) {
                        long nanos = random.nextLong(30_000_000);
                        frames.add(
                                rt.spawn(
                                        () -> {
                                            long began = TransportFixture.nanoTime();
                                            Frame.delay(Duration.ofNanos(nanos));
                                            assertThat(TransportFixture.nanoTime() - began)
                                                    .as("seed %d", seed)
                                                    .isGreaterThanOrEqualTo(nanos);
                                            ended.incrementAndGet();
                                        }));
                    }
                    for (Frame<Void> frame : frames) {
                        frame.join();
                    }
                });
        assertThat(ended).hasValue(500);
    }

    @Test
    @NotSimulated(NotSimulated.ORDER)
    default void aDelayOfZeroOrLessLetsOthersRunFirst() throws Exception {
        for (Duration delay : List.of(Duration.ZERO, Duration.ofSeconds(-1))) {
            List<String> order = new ArrayList<>();
            inFrame(
                    rt -> {
                        Frame<Boolean> other = rt.spawnCall(() -> order.add("other"));
                        Frame.delay(delay);
                        order.add("delayed");
                        other.join();
                    });
            assertThat(order).containsExactly("other", "delayed");
        }
    }

    @Test
    default void aVeryLongDelayWaitsAndCanBeCancelled() throws Exception {
        inFrame(
                rt -> {
                    Frame<Void> endless =
                            rt.spawn(() -> Frame.delay(Duration.ofSeconds(Long.MAX_VALUE)));
                    Frame.delay(Duration.ofMillis(5));
                    assertThat(rt.timersActive()).isEqualTo(1);
                    endless.cancel();
                    TransportFixture.assertFailedOf(endless, CancelledException.class);
                    assertThat(rt.timersActive()).isZero();
                });
    }

    @Test
    default void delaysEndInTheOrderOfTheirDeadlines() throws Exception {
        List<Integer> order = new ArrayList<>();
        inFrame(
                rt -> {
                    for (int millis : new int[] {30, 10, 20, 10}) {
                        rt.spawn(
                                () -> {
                                    Frame.delay(Duration.ofMillis(millis));
                                    order.add(millis);
                                });
                    }
                });
        assertThat(order).containsExactly(10, 10, 20, 30);
    }

    @Test
    default void manyPendingDelaysAreFine() throws Exception {
        int delays = 100_000;
        AtomicInteger ended = new AtomicInteger();
        inFrame(
                rt -> {
                    for (int i = 0; i < delays; i++) {
                        int micros = i;
                        rt.spawn(
                                () -> {
                                    Frame.delay(Duration.ofNanos(1000L * micros));
                                    ended.incrementAndGet();
                                });
                    }
                });
        assertThat(ended).hasValue(delays);
    }
}
