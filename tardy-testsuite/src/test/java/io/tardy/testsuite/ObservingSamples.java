package io.tardy.testsuite;

import io.tardy.FrameDump;
import io.tardy.RuntimeStats;
import io.tardy.TardyRuntime;
import java.time.Duration;
import java.util.List;

/** What {@code docs/observing.md} shows, compiled; {@link GuideTest} compares and runs it. */
final class ObservingSamples {

    private ObservingSamples() {}

    /** Of the turns between two readings, those in which the loop had something to do. */
    static double busyShare(RuntimeStats before, RuntimeStats after) {
        long turns = after.turns() - before.turns();
        long idle = after.turnsIdle() - before.turnsIdle();
        return turns == 0 ? 0 : (double) (turns - idle) / turns;
    }

    static List<FrameDump> waitingLongerThan(TardyRuntime rt, Duration limit) {
        return rt.dump().frames().stream()
                .filter(frame -> frame.waiting() != null)
                .filter(frame -> frame.waiting().compareTo(limit) > 0)
                .toList();
    }
}
