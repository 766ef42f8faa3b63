package io.tardy.process;

import static org.openjdk.jcstress.annotations.Expect.ACCEPTABLE;
import static org.openjdk.jcstress.annotations.Expect.FORBIDDEN;

import org.openjdk.jcstress.annotations.Actor;
import org.openjdk.jcstress.annotations.Description;
import org.openjdk.jcstress.annotations.JCStressTest;
import org.openjdk.jcstress.annotations.Outcome;
import org.openjdk.jcstress.annotations.State;
import org.openjdk.jcstress.infra.results.ZI_Result;

/** A process that a thread of the pool starts while the frame that has asked for it gives up. */
public final class HandOverStress {

    private HandOverStress() {}

    /** {@code HandOver.offer} against {@code takeOrGiveUp}. */
    @JCStressTest
    @Description("What was started has one owner, who ends it.")
    @Outcome(id = "true, 1", expect = ACCEPTABLE, desc = "The frame has it, as it was made.")
    @Outcome(id = "false, 0", expect = ACCEPTABLE, desc = "It came too late, and stays the pool's.")
    @Outcome(expect = FORBIDDEN, desc = "Both have it, or nobody, or it is half made.")
    @State
    public static class GivenUp {
        private final HandOver<int[]> handOver = new HandOver<>();

        @Actor
        public void pool(ZI_Result result) {
            int[] made = new int[1];
            made[0] = 1;
            result.r1 = handOver.offer(made);
        }

        @Actor
        public void frame(ZI_Result result) {
            int[] taken = handOver.takeOrGiveUp();
            result.r2 = taken == null ? 0 : taken[0];
        }
    }
}
