package io.tardy.bench;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Map;
import org.junit.jupiter.api.Test;

/** When a goal is met. */
class GoalTest {

    @Test
    void aRatioIsMetFromItsBoundOn() {
        Goal goal = new Goal("", "PingPong", Map.of(), "virtualThreads", 1, 3);
        assertThat(goal.isMetBy(3)).isTrue();
        assertThat(goal.isMetBy(2.99)).isFalse();
    }

    @Test
    void aTimeIsMetBelowItsLimit() {
        Goal goal = new Goal("", "Deadlines", Map.of(), "", 1, 1);
        assertThat(goal.isMetBy(0.99)).isTrue();
        assertThat(goal.isMetBy(1)).isFalse();
    }

    @Test
    void theBenchmarksOfAGoalAreNoOthers() {
        Goal goal = new Goal("", "PingPong", Map.of(), "virtualThreads", 1, 3);
        assertThat("io.tardy.bench.micro.PingPong.frames").containsPattern(goal.pattern());
        assertThat("io.tardy.bench.micro.PingPong.virtualThreads").containsPattern(goal.pattern());
        assertThat("io.tardy.bench.micro.PingPong.nettyTasks")
                .doesNotContainPattern(goal.pattern());
        assertThat("io.tardy.bench.micro.RemotePingPong.frames")
                .doesNotContainPattern(goal.pattern());
    }
}
