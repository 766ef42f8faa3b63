package io.tardy.examples.sim;

import io.tardy.Deadline;
import io.tardy.Frame;
import io.tardy.TardyRuntime;
import io.tardy.aio.CancelledException;
import io.tardy.aio.DeadlineExceededException;
import io.tardy.sim.Sim;
import io.tardy.sim.SimHost;
import io.tardy.sync.Latch;
import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.SplittableRandom;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.atomic.AtomicBoolean;

/**
 * Frames of all runtimes of a host call each other, and are cancelled, late, and ended with their
 * runtimes at random. What a call returns is done, once; and of no call that has ended a frame
 * still runs.
 */
final class CallScenario implements Scenario {

    @Override
    public String name() {
        return "call";
    }

    @Override
    public void run(Sim sim) throws Exception {
        SimHost host = sim.host("host").runtimes(1 + sim.random(4));
        Traffic traffic = new Traffic(new SplittableRandom(sim.random(1 << 30)));
        host.start(traffic::enter);
        host.await();
        traffic.check();
    }

    /** The frames of a host run one at a time. */
    private static final class Traffic {

        private final SplittableRandom random;
        private final int callers;
        private final int callsMax;
        private final boolean isOneStopped;
        private final Latch over;
        private final List<Frame<?>> frames = new ArrayList<>();

        private int ended;
        private int begun;
        private int counted;
        private int returned;

        Traffic(SplittableRandom random) {
            this.random = random;
            this.callers = random.nextInt(1, 6);
            this.callsMax = random.nextInt(1, 30);
            this.isOneStopped = random.nextInt(3) == 0;
            this.over = new Latch(callers);
        }

        void enter(TardyRuntime rt) {
            rt.storage().store("traffic", this);
            rt.spawn("staying", this::stay);
            if (rt.id() > 0) {
                return;
            }
            List<TardyRuntime> all = rt.siblings();
            for (int i = 0; i < callers; i++) {
                TardyRuntime from = all.get(random.nextInt(all.size()));
                frames.add(from.spawn("caller " + i, () -> callAll(from)));
            }
            int disturbances = random.nextInt(8);
            rt.spawn(
                    "disturber",
                    () -> {
                        Pace.disturb(
                                random,
                                disturbances,
                                () -> frames.get(random.nextInt(frames.size())));
                        if (isOneStopped) {
                            all.get(random.nextInt(all.size())).stop();
                        }
                    });
        }

        private void stay() throws IOException {
            try {
                over.await();
            } catch (CancelledException e) {
                Check.that(isOneStopped, "a runtime was stopped");
            }
        }

        private void callAll(TardyRuntime from) throws IOException {
            try {
                for (int i = random.nextInt(callsMax); i >= 0; i--) {
                    callOne(from);
                    Pace.pause(random);
                }
            } catch (CancelledException e) {
                // it was cancelled, or stopped
            } catch (RejectedExecutionException e) {
                Check.that(isOneStopped, "a runtime has ended");
            } finally {
                ended++;
                over.countDown();
            }
        }

        private void callOne(TardyRuntime from) throws IOException {
            List<TardyRuntime> all = from.siblings();
            TardyRuntime to = all.get(random.nextInt(all.size()));
            AtomicBoolean runs = new AtomicBoolean();
            begun++;
            try {
                Deadline.within(patience(), () -> to.call(() -> count(to, runs)));
                returned++;
            } catch (DeadlineExceededException e) {
                // it was perhaps not counted
            } finally {
                Check.that(!runs.get(), "the body of a call that is over runs");
            }
        }

        private Object count(TardyRuntime to, AtomicBoolean runs) throws IOException {
            Check.equal(to, TardyRuntime.current(), "where the body runs");
            Traffic found = to.storage().get("traffic", Traffic.class);
            Check.equal(this, found, "what the entry function has prepared");
            runs.set(true);
            try {
                Pace.pause(random);
                counted++;
                return null;
            } finally {
                runs.set(false);
            }
        }

        private Duration patience() {
            return random.nextInt(4) == 0
                    ? Duration.ofMillis(random.nextInt(3))
                    : Duration.ofDays(1);
        }

        void check() {
            Check.equal(callers, ended, "callers that have ended");
            Check.that(returned <= counted, returned + " returned, " + counted + " counted");
            Check.that(counted <= begun, counted + " counted of " + begun);
        }
    }
}
