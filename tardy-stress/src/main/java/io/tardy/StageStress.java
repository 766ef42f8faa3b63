package io.tardy;

import static org.openjdk.jcstress.annotations.Expect.ACCEPTABLE;
import static org.openjdk.jcstress.annotations.Expect.FORBIDDEN;

import java.util.concurrent.CompletableFuture;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.openjdk.jcstress.annotations.Actor;
import org.openjdk.jcstress.annotations.Arbiter;
import org.openjdk.jcstress.annotations.Description;
import org.openjdk.jcstress.annotations.JCStressTest;
import org.openjdk.jcstress.annotations.Outcome;
import org.openjdk.jcstress.annotations.State;
import org.openjdk.jcstress.infra.results.II_Result;
import org.openjdk.jcstress.infra.results.I_Result;

/** The future of a frame's end, and that end. */
public final class StageStress {

    /** Long enough for an actor that a busy machine does not let run. */
    private static final long LOST_SECONDS = 20;

    private StageStress() {}

    /** What became of it: its value, -1 if it failed as it may, and -2 if it never ends. */
    private static int outcome(CompletableFuture<Integer> stage) {
        try {
            return stage.get(LOST_SECONDS, TimeUnit.SECONDS);
        } catch (TimeoutException e) {
            return -2;
        } catch (Exception e) {
            return e.getCause() instanceof RejectedExecutionException ? -1 : -3;
        }
    }

    /** A stage that is asked for while the frame ends. */
    @JCStressTest
    @Description("Whoever asks for the stage of a frame has its value.")
    @Outcome(id = "1, 1", expect = ACCEPTABLE, desc = "Both stages have it.")
    @Outcome(expect = FORBIDDEN, desc = "A stage never completes, or with something else.")
    @State
    public static class AskAgainstEnd {
        private final ActorRuntime actor = new ActorRuntime();
        private volatile Frame<Integer> frame;
        private CompletableFuture<Integer> stage;
        private CompletableFuture<Integer> another;

        @Actor
        public void runtime() {
            actor.run(() -> false, () -> frame = actor.runtime().spawnCall(() -> 1));
        }

        @Actor
        public void asks() {
            Frame<Integer> made;
            while ((made = frame) == null) {
                Thread.onSpinWait();
            }
            stage = made.toCompletionStage();
            another = made.toCompletionStage();
        }

        @Arbiter
        public void end(II_Result result) {
            result.r1 = outcome(stage);
            result.r2 = outcome(another);
        }
    }

    /** A body that is submitted while the runtime ends. */
    @JCStressTest
    @Description("What is submitted to a runtime that ends runs, or is refused.")
    @Outcome(
            id = {"1", "-1"},
            expect = ACCEPTABLE,
            desc = "It has run, or its future has failed.")
    @Outcome(expect = FORBIDDEN, desc = "Its future never completes, or with something else.")
    @State
    public static class SubmitAgainstEnd {
        private final ActorRuntime actor = new ActorRuntime();
        private volatile boolean isRunning;
        private CompletableFuture<Integer> stage;

        @Actor
        public void runtime() {
            actor.run(() -> false, () -> isRunning = true);
        }

        @Actor
        public void submits() {
            while (!isRunning) { // or this thread would start the loop
                Thread.onSpinWait();
            }
            stage = actor.runtime().submit(() -> 1);
        }

        @Arbiter
        public void end(I_Result result) {
            result.r1 = outcome(stage);
        }
    }
}
