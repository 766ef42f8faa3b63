package io.tardy.runtime;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.concurrent.RejectedExecutionException;
import org.junit.jupiter.api.Test;

class TaskRoomTest {

    private final TaskRoom room = new TaskRoom(null, 2);

    @Test
    void aFullRoomLetsNobodyInUntilOneLeaves() {
        assertThat(room.tryEnter()).isTrue();
        assertThat(room.tryEnter()).isTrue();
        assertThat(room.tryEnter()).isFalse();
        assertThat(room.count()).isEqualTo(2);
        room.leave();
        assertThat(room.tryEnter()).isTrue();
    }

    @Test
    void onlyAnEmptyRoomCanBeEndedInOrder() {
        room.tryEnter();
        assertThat(room.tryEnd()).isFalse();
        room.leave();
        assertThat(room.tryEnd()).isTrue();
        assertThatThrownBy(room::tryEnter).isInstanceOf(RejectedExecutionException.class);
    }

    @Test
    void aPlaceThatIsGivenBackAfterTheEndOpensNothing() {
        room.tryEnter();
        room.end();
        room.leaveUnused();
        assertThat(room.count()).isZero();
        assertThat(room.tryEnd()).isTrue();
        assertThatThrownBy(room::tryEnter).isInstanceOf(RejectedExecutionException.class);
    }
}
