package io.tardy;

import static org.openjdk.jcstress.annotations.Expect.ACCEPTABLE;
import static org.openjdk.jcstress.annotations.Expect.FORBIDDEN;

import java.util.concurrent.locks.LockSupport;
import org.openjdk.jcstress.annotations.Actor;
import org.openjdk.jcstress.annotations.Description;
import org.openjdk.jcstress.annotations.JCStressTest;
import org.openjdk.jcstress.annotations.Outcome;
import org.openjdk.jcstress.annotations.State;
import org.openjdk.jcstress.infra.results.I_Result;

/**
 * {@code Carrier.resume} against {@code Carrier.park}, while the loop is suspended as at a lock.
 */
@JCStressTest
@Description("A frame that becomes runnable unparks the carrier.")
@Outcome(id = Rounds.ALL, expect = ACCEPTABLE, desc = "The frame has run each time.")
@Outcome(expect = FORBIDDEN, desc = "The carrier was parked beside a runnable frame.")
@State
public class FrameOnParkedCarrierStress {
    private final ActorRuntime actor = new ActorRuntime();
    private final Rounds rounds = new Rounds();
    private volatile Thread carrier;

    @Actor
    public void carrier(I_Result result) {
        carrier = Thread.currentThread();
        actor.carry(
                () -> {
                    Thread loop = Thread.currentThread();
                    actor.runtime().spawn(() -> answer(loop));
                    while (!rounds.areOver()) {
                        LockSupport.park(rounds);
                    }
                });
        result.r1 = rounds.outcome();
    }

    private void answer(Thread loop) {
        rounds.answering(Thread.currentThread());
        while (!rounds.areOver()) {
            while (!rounds.isAsked()) {
                LockSupport.park(rounds);
            }
            rounds.answer();
        }
        LockSupport.unpark(loop);
    }

    @Actor
    public void other() {
        Thread frame = rounds.awaitAnswerer();
        for (int i = 0; i < Rounds.COUNT; i++) {
            rounds.ask();
            LockSupport.unpark(frame);
            rounds.told();
            rounds.awaitAnswer(carrier);
        }
    }
}
