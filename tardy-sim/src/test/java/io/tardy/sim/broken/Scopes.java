package io.tardy.sim.broken;

import io.tardy.Frame;
import io.tardy.FrameFailedException;
import io.tardy.Scope;
import io.tardy.TardyRuntime;
import io.tardy.sim.Sim;
import io.tardy.sim.SimBody;
import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;

/** Frames in scopes. When one fails, or the scope is closed, the others end at that moment. */
final class Scopes implements SimBody {

    private static final int CHILDREN = 4;

    private Sim sim;

    @Override
    public void run(Sim sim) throws Exception {
        this.sim = sim;
        sim.host("a").start(this::start).await();
    }

    private void start(TardyRuntime rt) {
        for (int i = 0; i < 4; i++) {
            rt.spawn(this::joins);
            rt.spawn(this::closes);
            rt.spawn(this::comesLater);
        }
    }

    private Duration random() {
        return Duration.ofMillis(sim.random(50));
    }

    private void joins() throws IOException {
        Duration began = sim.now();
        List<Duration> delays = new ArrayList<>();
        int failing = sim.random(2 * CHILDREN);
        try (Scope scope = Scope.open()) {
            for (int i = 0; i < CHILDREN; i++) {
                delays.add(random());
                fork(scope, delays.get(i), i == failing);
            }
            scope.join();
            requireIsNow(began.plus(delays.stream().max(Duration::compareTo).orElseThrow()));
            if (failing < CHILDREN) {
                throw new AssertionError("its failure is lost");
            }
        } catch (FrameFailedException e) {
            requireIsNow(began.plus(delays.get(failing)));
        }
    }

    private static Frame<?> fork(Scope scope, Duration delay, boolean fails) {
        return scope.fork(
                () -> {
                    Frame.delay(delay);
                    if (fails) {
                        throw new IllegalStateException("as it should");
                    }
                });
    }

    private void closes() throws IOException {
        Duration closed;
        try (Scope scope = Scope.open()) {
            for (int i = 0; i < CHILDREN; i++) {
                fork(scope, Duration.ofHours(1), false);
            }
            Frame.delay(random());
            closed = sim.now();
        }
        requireIsNow(closed);
    }

    /** The owner waits for something else when one fails. */
    private void comesLater() throws IOException {
        List<Frame<?>> children = new ArrayList<>();
        try (Scope scope = Scope.open()) {
            Frame<?> failing = fork(scope, Duration.ofMillis(2), true);
            for (int i = 0; i < CHILDREN; i++) {
                children.add(fork(scope, Duration.ofMinutes(1), false));
            }
            Frame.delay(Duration.ofMillis(3));
            if (Frame.joinAny(children) == failing) {
                throw new AssertionError("it was not among them");
            }
            if (sim.now().compareTo(Duration.ofSeconds(1)) > 0) {
                throw new AssertionError("the others go on until " + sim.now());
            }
            failing.join();
            throw new AssertionError("its failure is lost");
        } catch (FrameFailedException e) {
            // as it should
        }
    }

    private void requireIsNow(Duration due) {
        if (!sim.now().equals(due)) {
            throw new AssertionError("due at " + due + ", and it is " + sim.now());
        }
    }
}
