package io.tardy.aio;

import static io.tardy.aio.TaskState.DEAD;
import static io.tardy.aio.TaskState.RUNNABLE;
import static io.tardy.aio.TaskState.WAIT_FOR_IO;
import static io.tardy.aio.TaskState.WAIT_FOR_TRIGGER;
import static org.assertj.core.api.Assertions.assertThat;

import java.util.Map;
import java.util.Set;
import org.junit.jupiter.api.Test;

class TaskStateTest {

    @Test
    void onlyTheLegalMovesAreAllowed() {
        Map<TaskState, Set<TaskState>> legal =
                Map.of(
                        RUNNABLE, Set.of(WAIT_FOR_IO, WAIT_FOR_TRIGGER, DEAD),
                        WAIT_FOR_IO, Set.of(RUNNABLE),
                        WAIT_FOR_TRIGGER, Set.of(RUNNABLE),
                        DEAD, Set.of());
        for (TaskState from : TaskState.values()) {
            for (TaskState to : TaskState.values()) {
                assertThat(from.mayMoveTo(to))
                        .as("%s -> %s", from, to)
                        .isEqualTo(legal.get(from).contains(to));
            }
        }
    }
}
