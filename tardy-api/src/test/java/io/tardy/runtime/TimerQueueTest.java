package io.tardy.runtime;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;

class TimerQueueTest {

    private record Named(int name) implements TimerQueue.Expiring {
        @Override
        public void expire() {}
    }

    /** What the model knows of a timer. */
    private record Timed(TimerQueue.Entry entry, Named operation, long deadline, int sequence) {}

    @Test
    void anythingAddedRemovedAndExpiredComesOutAsAModelSays() {
        long seed = Long.getLong("tardy.seed", System.nanoTime());
        System.out.println(
                "TimerQueueTest: seed "
                        + seed
                        + "; replay with ./mvnw verify -pl tardy-api -Dtest=TimerQueueTest"
                        + " -Dtardy.seed="
                        + seed);
        SplittableRandom random = new SplittableRandom(seed);
        TimerQueue queue = new TimerQueue();
        List<Timed> model = new ArrayList<>();
        // Near the wrap of nanoTime, where a comparison of absolute values would fail.
        long now = Long.MAX_VALUE - 5_000;
        for (int step = 0; step < 20_000; step++) {
            int choice = random.nextInt(10);
            if (choice < 5) {
                long delay = random.nextLong(-10, 1000);
                Named operation = new Named(step);
                TimerQueue.Entry entry = queue.add(operation, now, delay);
                model.add(new Timed(entry, operation, now + Math.max(delay, 0), step));
            } else if (choice < 8 && !model.isEmpty()) {
                Timed removed = model.remove(random.nextInt(model.size()));
                assertThat(queue.remove(removed.entry())).isTrue();
                assertThat(queue.remove(removed.entry())).isFalse();
            } else {
                now += random.nextInt(100);
                expire(queue, model, now, seed);
            }
            assertThat(queue.count()).as("seed %d", seed).isEqualTo(model.size());
        }
    }

    private static void expire(TimerQueue queue, List<Timed> model, long now, long seed) {
        List<Timed> due =
                new ArrayList<>(model.stream().filter(t -> t.deadline() - now <= 0).toList());
        due.sort(
                Comparator.<Timed>comparingLong(t -> t.deadline() - now)
                        .thenComparingInt(Timed::sequence));
        model.removeAll(due);
        for (Timed expected : due) {
            Named polled = (Named) queue.pollExpired(now);
            assertThat(polled).isNotNull();
            assertThat(polled.name).as("seed %d", seed).isEqualTo(expected.operation().name);
        }
        assertThat(queue.pollExpired(now)).isNull();
        if (queue.count() > 0) {
            assertThat(queue.delayNanos(now)).isPositive();
        }
    }

    @Test
    void whatWasClearedIsGone() {
        TimerQueue queue = new TimerQueue();
        List<TimerQueue.Entry> entries = new ArrayList<>();
        for (int i = 0; i < 100; i++) {
            entries.add(queue.add(new Named(i), 0, 100 - i));
        }
        queue.clear();
        assertThat(queue.count()).isZero();
        assertThat(entries).noneMatch(queue::remove);
        queue.add(new Named(1), 0, 1);
        assertThat(queue.pollExpired(1)).isEqualTo(new Named(1));
    }

    @Test
    void oneMillionTimersCanPend() {
        TimerQueue queue = new TimerQueue();
        int count = 1_000_000;
        for (int i = 0; i < count; i++) {
            queue.add(new Named(i), 0, (i * 7919L) % count);
        }
        for (int i = 0; i < count; i++) {
            assertThat(queue.delayNanos(0)).isEqualTo(i);
            assertThat(queue.pollExpired(i)).isNotNull();
        }
        assertThat(queue.count()).isZero();
    }

    @Test
    void aDelayBeyondAllMeasureIsCutAndNotOverflowed() {
        TimerQueue queue = new TimerQueue();
        queue.add(new Named(1), Long.MAX_VALUE - 1, Long.MAX_VALUE);
        assertThat(queue.delayNanos(Long.MAX_VALUE - 1)).isEqualTo(TimerQueue.DELAY_NANOS_MAX);
        assertThat(queue.pollExpired(Long.MAX_VALUE)).isNull();
    }
}
