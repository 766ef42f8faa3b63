package io.tardy.sim.broken;

import io.tardy.Frame;
import io.tardy.FrameStatus;
import io.tardy.Pooling;
import io.tardy.TardyRuntime;
import io.tardy.sim.Sim;
import io.tardy.sim.SimBody;
import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;

/**
 * Many frames: all at once, from another runtime, in a pool that is full, cancelled at once and
 * waited for; and triggers that come too late.
 */
final class Spawns implements SimBody {

    private static final int AT_ONCE_MAX = 150;
    private static final int TASKS_MAX = 8;
    private static final int SPAWNERS = 5;

    private Sim sim;
    private TardyRuntime other;
    private int ran;
    private int done;

    /** The task that waits for a trigger; -1 before it does. */
    private long waiter;

    private boolean isTriggered;

    @Override
    public void run(Sim sim) throws Exception {
        this.sim = sim;
        sim.host("many").runtimes(2).start(this::many);
        sim.host("few")
                .options(b -> b.pooling(Pooling.STATIC).tasksInitial(TASKS_MAX))
                .start(rt -> rt.spawn(() -> few(rt)))
                .await();
        sim.host("many").await();
    }

    private void many(TardyRuntime rt) {
        if (rt.id() == 0) {
            rt.spawn(() -> spawn(rt));
            rt.spawn(() -> lateTriggers(rt));
        } else {
            other = rt;
        }
        rt.spawn(this::awaitOthers);
    }

    /** The runtime does not end before others have spawned all of their frames on it. */
    private void awaitOthers() throws IOException {
        while (done < 2) {
            Frame.delay(Duration.ofMillis(1));
        }
    }

    private void spawn(TardyRuntime rt) throws IOException {
        for (int round = 0; round < 3; round++) {
            List<Frame<?>> frames = new ArrayList<>();
            int before = ran;
            for (int wave = 0; wave < 2; wave++) { // the second comes while the first runs
                for (int i = sim.random(AT_ONCE_MAX); i > 0; i--) {
                    TardyRuntime on = other == null || sim.random(4) > 0 ? rt : other;
                    frames.add(on.spawn(this::runs));
                }
                Frame.yield();
            }
            Frame<?> cancelled = rt.spawn(() -> Frame.delay(Duration.ofHours(1)));
            cancelled.cancel();
            while (!frames.isEmpty()) {
                Frame<?> first = Frame.joinAny(frames);
                first.join();
                frames.remove(first);
                before++;
            }
            if (ran != before) {
                throw new AssertionError(ran + " frames have run, of " + before);
            }
            Frame.delay(Duration.ofMillis(1));
            if (cancelled.status() != FrameStatus.CANCELLED) {
                throw new AssertionError(cancelled);
            }
        }
        done++;
    }

    private void runs() throws IOException {
        switch (sim.random(3)) {
            case 0 -> Frame.delay(Duration.ofMillis(sim.random(3)));
            case 1 -> {
                Frame.yield();
                Frame.yield();
            }
            default -> {}
        }
        ran++;
    }

    /** A task's number is not given to another: a late trigger finds nobody. */
    private void lateTriggers(TardyRuntime rt) throws IOException {
        for (int i = 0; i < 5; i++) {
            long late = rt.spawnCall(() -> rt.scheduler().currentTask()).join();
            waiter = -1;
            isTriggered = false;
            Frame<?> waiting = rt.spawn(() -> awaitTrigger(rt));
            while (waiter < 0) {
                Frame.yield();
            }
            rt.trigger(late);
            Frame.delay(Duration.ofMillis(sim.random(2)));
            isTriggered = true;
            rt.trigger(waiter);
            waiting.join();
        }
        done++;
    }

    private void awaitTrigger(TardyRuntime rt) throws IOException {
        waiter = rt.scheduler().currentTask();
        rt.scheduler().triggerAwait();
        if (!isTriggered) {
            throw new AssertionError("triggered by whoever meant another");
        }
    }

    private void few(TardyRuntime rt) throws IOException {
        List<Frame<?>> spawners = new ArrayList<>();
        for (int i = 0; i < SPAWNERS; i++) {
            spawners.add(rt.spawn(() -> spawnAwaiting(rt)));
        }
        for (int i = sim.random(SPAWNERS); i > 0; i--) {
            Frame.delay(Duration.ofMillis(sim.random(5)));
            spawners.get(sim.random(SPAWNERS)).cancel();
        }
    }

    private void spawnAwaiting(TardyRuntime rt) throws IOException {
        for (int i = 0; i < TASKS_MAX; i++) {
            rt.spawnAwait(() -> Frame.delay(Duration.ofMillis(sim.random(5))));
            if (rt.tasks() > TASKS_MAX) {
                throw new AssertionError(rt.tasks() + " tasks, of " + TASKS_MAX);
            }
        }
    }
}
