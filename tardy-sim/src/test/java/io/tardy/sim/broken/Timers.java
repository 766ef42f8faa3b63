package io.tardy.sim.broken;

import io.tardy.Deadline;
import io.tardy.Frame;
import io.tardy.FrameStatus;
import io.tardy.TardyRuntime;
import io.tardy.aio.DeadlineExceededException;
import io.tardy.sim.Sim;
import io.tardy.sim.SimBody;
import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;

/**
 * Many delays and deadlines at the same time, of which some are given up. Virtual time moves only
 * when nothing else can, so each ends when its time has come, and not a nanosecond beside it.
 */
final class Timers implements SimBody {

    private static final int FRAMES = 24;
    private static final int ROUNDS = 6;
    private static final Duration LATE_MAX = Duration.ofNanos(1);

    private Sim sim;

    @Override
    public void run(Sim sim) throws Exception {
        this.sim = sim;
        sim.host("a").start(this::start).await();
    }

    private void start(TardyRuntime rt) {
        List<Frame<?>> frames = new ArrayList<>();
        for (int i = 0; i < FRAMES; i++) {
            frames.add(rt.spawn(this::delays));
            frames.add(rt.spawn(this::deadlines));
        }
        rt.spawn(
                () -> {
                    for (int i = 0; i < FRAMES / 2; i++) {
                        Frame.delay(random());
                        frames.get(sim.random(frames.size())).cancel();
                    }
                    Deadline.within(Duration.ofHours(1), () -> awaitEnd(frames));
                    if (rt.timersActive() != 0) {
                        throw new AssertionError(rt.timersActive() + " timers are left");
                    }
                });
    }

    /** Not by a join, which would take what they fail with. */
    private static void awaitEnd(List<Frame<?>> frames) throws IOException {
        while (frames.stream().anyMatch(frame -> frame.status() == FrameStatus.ALIVE)) {
            Frame.delay(Duration.ofMillis(1));
        }
    }

    /** Some at the same time, some next to each other. */
    private Duration random() {
        return sim.random(2) == 0
                ? Duration.ofMillis(sim.random(20))
                : Duration.ofNanos(sim.random(2_000_000));
    }

    private void delays() throws IOException {
        for (int i = 0; i < ROUNDS; i++) {
            Duration delay = random();
            Duration due = sim.now().plus(delay);
            Frame.delay(delay);
            requireIsNow(due);
        }
    }

    private void deadlines() throws IOException {
        for (int i = 0; i < ROUNDS; i++) {
            Duration within = random();
            Duration delay = random();
            Duration due = sim.now().plus(within.compareTo(delay) < 0 ? within : delay);
            boolean late = false;
            try {
                Deadline.within(within, () -> Frame.delay(delay));
            } catch (DeadlineExceededException e) {
                late = true;
            }
            requireIsNow(due);
            if (late ? within.compareTo(delay) > 0 : within.compareTo(delay) < 0) {
                throw new AssertionError(delay + " within " + within + ": late " + late);
            }
        }
    }

    private void requireIsNow(Duration due) {
        Duration late = sim.now().minus(due);
        if (late.isNegative() || late.compareTo(LATE_MAX) > 0) {
            throw new AssertionError("due at " + due + ", and it is " + sim.now());
        }
    }
}
