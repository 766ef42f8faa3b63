package io.tardy.examples.sim;

import io.tardy.Deadline;
import io.tardy.Frame;
import io.tardy.TardyRuntime;
import io.tardy.aio.CancelledException;
import io.tardy.aio.DeadlineExceededException;
import io.tardy.channel.Select;
import io.tardy.sim.Sim;
import io.tardy.sim.SimHost;
import io.tardy.sync.Barrier;
import io.tardy.sync.BarrierBrokenException;
import io.tardy.sync.Latch;
import java.io.IOException;
import java.time.Duration;
import java.util.Arrays;
import java.util.List;
import java.util.SplittableRandom;

/**
 * Frames on all runtimes of a host go through rounds together. They are cancelled and late at
 * random, which breaks the barrier for all: the last one to hear of it resets it, and all try that
 * round again. So no frame is ever a round ahead of one that has not been in it.
 */
final class BarrierScenario implements Scenario {

    @Override
    public String name() {
        return "barrier";
    }

    @Override
    public void run(Sim sim) throws Exception {
        SimHost host = sim.host("host").runtimes(1 + sim.random(4));
        Rounds rounds = new Rounds(new SplittableRandom(sim.random(1 << 30)));
        Crowd.run(host, rounds::start);
        rounds.check();
    }

    /** What the frames have done. Those of a host run one at a time. */
    private static final class Rounds {

        private final SplittableRandom random;
        private final int count;
        private final Barrier barrier;

        /** In which round each frame is. */
        private final int[] done;

        /** The last attempt that each has seen fail. */
        private final int[] failedIn;

        private int attempt;
        private int failures;
        private int last;
        private Latch nextAttempt = new Latch(1);

        Rounds(SplittableRandom random) {
            this.random = random;
            this.count = random.nextInt(1, 20);
            this.barrier = new Barrier(random.nextInt(1, 6));
            this.done = new int[barrier.parties()];
            this.failedIn = new int[barrier.parties()];
            Arrays.fill(failedIn, -1);
        }

        void start(List<TardyRuntime> runtimes) {
            Crowd crowd = new Crowd(random, runtimes);
            for (int i = 0; i < done.length; i++) {
                int frame = i;
                crowd.start(() -> work(frame));
            }
            crowd.disturb(random.nextInt(12));
            crowd.any().spawn("supervisor", () -> awaitAll(crowd.frames()));
        }

        /** Those too that come meanwhile. */
        private void awaitAll(List<Frame<?>> frames) throws IOException {
            for (int i = 0; i < frames.size(); ) {
                boolean hasEnded =
                        new Select<Boolean>()
                                .join(frames.get(i), nothing -> true)
                                .after(patience(), () -> false)
                                .run();
                i += hasEnded ? 1 : 0;
            }
        }

        private void work(int frame) throws IOException {
            while (done[frame] < count) {
                if (failedIn[frame] == attempt) {
                    nextAttempt.await();
                } else {
                    attempt(frame);
                }
                Pace.pause(random);
            }
        }

        private void attempt(int frame) throws IOException {
            int missing;
            try {
                missing = Deadline.callWithin(patience(), barrier::await);
            } catch (BarrierBrokenException | DeadlineExceededException e) {
                failed(frame);
                return;
            } catch (CancelledException e) {
                failed(frame);
                throw e;
            }
            last += missing == 0 ? 1 : 0;
            done[frame]++;
            for (int other : done) {
                Check.that(other >= done[frame] - 1, "a frame goes on without another");
            }
        }

        private void failed(int frame) {
            failedIn[frame] = attempt;
            if (++failures == barrier.parties()) {
                failures = 0;
                attempt++;
                barrier.reset();
                Latch all = nextAttempt;
                nextAttempt = new Latch(1);
                all.countDown();
            }
        }

        private Duration patience() {
            return random.nextInt(4) == 0
                    ? Duration.ofMillis(random.nextInt(6))
                    : Duration.ofDays(1);
        }

        void check() {
            for (int each : done) {
                Check.equal(count, each, "rounds");
            }
            Check.equal(count, last, "frames that came last");
            Check.equal(0, barrier.waiting(), "waiters that are left");
            Check.that(!barrier.isBroken(), "it is not broken");
        }
    }
}
