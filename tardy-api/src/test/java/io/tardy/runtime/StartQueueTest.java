package io.tardy.runtime;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.List;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;

class StartQueueTest {

    @Test
    void whatIsAddedTakenAndGivenUpComesOutAsAModelSays() {
        long seed = Long.getLong("tardy.seed", System.nanoTime());
        SplittableRandom random = new SplittableRandom(seed);
        StartQueue queue = new StartQueue();
        List<TaskOperation> model = new ArrayList<>();
        List<TaskOperation> outside = new ArrayList<>();
        for (int step = 0; step < 50_000; step++) {
            int choice = random.nextInt(20);
            if (choice < 9 || outside.isEmpty() && model.isEmpty()) {
                // Often one that was in before, with the place that it had then.
                TaskOperation operation =
                        outside.isEmpty() || choice < 3
                                ? new TaskOperation(null)
                                : outside.remove(random.nextInt(outside.size()));
                queue.add(operation);
                model.add(operation);
            } else if (choice < 13) {
                TaskOperation next = model.isEmpty() ? null : model.removeFirst();
                assertThat(queue.poll()).as("seed %d", seed).isSameAs(next);
                if (next != null) {
                    outside.add(next);
                }
            } else if (choice < 17 && !model.isEmpty()) {
                TaskOperation givenUp = model.remove(random.nextInt(model.size()));
                assertThat(queue.remove(givenUp)).as("seed %d", seed).isTrue();
                outside.add(givenUp);
            } else if (!outside.isEmpty()) {
                TaskOperation other = outside.get(random.nextInt(outside.size()));
                assertThat(queue.remove(other)).as("seed %d", seed).isFalse();
            }
            assertThat(queue.count()).as("seed %d", seed).isEqualTo(model.size());
            assertThat(queue.isEmpty()).isEqualTo(model.isEmpty());
        }
    }

    @Test
    void whatIsGivenUpBeforeItsStartLeavesNoRoomBehind() {
        StartQueue queue = new StartQueue();
        TaskOperation operation = new TaskOperation(null);
        int room = queue.room();
        for (int i = 0; i < 10 * room; i++) {
            queue.add(operation);
            assertThat(queue.remove(operation)).isTrue();
        }
        assertThat(queue.room()).isEqualTo(room);
    }
}
