package io.tardy;

import io.tardy.aio.CancelledException;
import io.tardy.sync.Barrier;
import io.tardy.sync.BarrierBrokenException;
import java.io.IOException;
import java.util.Arrays;
import org.openjdk.jcstress.annotations.Actor;
import org.openjdk.jcstress.annotations.Arbiter;
import org.openjdk.jcstress.annotations.Description;
import org.openjdk.jcstress.annotations.JCStressMeta;
import org.openjdk.jcstress.annotations.JCStressTest;
import org.openjdk.jcstress.annotations.State;
import org.openjdk.jcstress.infra.results.I_Result;

/** A frame that waits at a {@code Barrier}, and the thread that comes last. */
public final class BarrierStress {

    private BarrierStress() {}

    /** The frame is told to give up meanwhile. */
    @JCStressTest
    @Description("Both go on or none, and nobody sleeps where all have come.")
    @JCStressMeta(Rounds.class)
    @State
    public static class LastAgainstCancel {
        private final ActorRuntime actor = new ActorRuntime();
        private final Rounds rounds = new Rounds();
        private final Barrier barrier = new Barrier(2);
        private final boolean[] framePassed = new boolean[Rounds.COUNT];
        private final boolean[] threadPassed = new boolean[Rounds.COUNT];

        @Actor
        public void frame() {
            actor.run(
                    rounds::isTold,
                    () -> {
                        rounds.answering(Thread.currentThread());
                        for (int i = 0; i < Rounds.COUNT; i++) {
                            framePassed[i] = pass();
                            Thread.interrupted(); // it came before the last one
                            rounds.answer();
                        }
                    });
        }

        private boolean pass() throws IOException {
            while (!actor.hasLost()) {
                try {
                    barrier.await();
                    return true;
                } catch (CancelledException e) {
                    return false;
                } catch (BarrierBrokenException e) {
                    Thread.onSpinWait(); // in the last round, until the other one resets it
                }
            }
            return false;
        }

        @Actor
        public void last() {
            Thread frame = rounds.awaitAnswerer();
            for (int i = 0; i < Rounds.COUNT && !actor.hasLost(); i++) {
                rounds.ask();
                frame.interrupt();
                threadPassed[i] = comeLast();
                rounds.told();
                rounds.awaitAnswer(actor);
            }
        }

        private boolean comeLast() {
            while (!actor.hasLost()) {
                try {
                    barrier.await();
                    return true;
                } catch (IllegalStateException e) {
                    Thread.onSpinWait(); // the frame is not there yet, and no thread can wait
                } catch (BarrierBrokenException e) {
                    barrier.reset();
                    return false;
                } catch (IOException e) {
                    throw new IllegalStateException(e);
                }
            }
            return false;
        }

        @Arbiter
        public void end(I_Result result) {
            boolean agree = Arrays.equals(framePassed, threadPassed);
            result.r1 = agree && barrier.waiting() == 0 ? rounds.outcome(actor) : -2;
        }
    }
}
