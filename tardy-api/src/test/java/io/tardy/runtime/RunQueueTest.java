package io.tardy.runtime;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;

class RunQueueTest {

    private static final class IdleTask extends Task {

        IdleTask(int number) {
            super(null, "f" + number);
        }

        @Override
        public void run() {}

        @Override
        protected void started() {}

        @Override
        protected boolean isCancelRequested() {
            return false;
        }

        @Override
        protected boolean ended() {
            return true;
        }

        @Override
        protected void abandoned(Throwable reason) {}
    }

    private static Task task(int number) {
        return new IdleTask(number);
    }

    @Test
    void firstComeFirstServedThroughGrowthAndWrap() {
        RunQueue queue = new RunQueue(null);
        Deque<Task> model = new ArrayDeque<>();
        SplittableRandom random = new SplittableRandom(7);
        for (int i = 0; i < 2000; i++) {
            if (random.nextInt(5) < 3) {
                Task task = task(i);
                queue.add(task);
                model.add(task);
            } else if (!model.isEmpty()) {
                assertThat(queue.take()).isSameAs(model.poll());
            }
            assertThat(queue.count()).isEqualTo(model.size());
        }
    }

    @Test
    void anInjectedOrderChoosesAndLosesNone() {
        SplittableRandom random = new SplittableRandom(7);
        RunQueue queue = new RunQueue(random::nextInt);
        List<Task> added = new ArrayList<>();
        for (int i = 0; i < 100; i++) {
            added.add(task(i));
            queue.add(added.get(i));
        }
        List<Task> taken = new ArrayList<>();
        while (!queue.isEmpty()) {
            taken.add(queue.take());
        }
        assertThat(taken).containsExactlyInAnyOrderElementsOf(added).isNotEqualTo(added);
    }
}
