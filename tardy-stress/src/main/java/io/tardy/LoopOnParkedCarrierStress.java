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

/** The end of the loop's wait, as at a lock, against {@code Carrier.park}. */
@JCStressTest
@Description("A loop that becomes runnable unparks the carrier.")
@Outcome(id = Rounds.ALL, expect = ACCEPTABLE, desc = "The loop has run each time.")
@Outcome(expect = FORBIDDEN, desc = "The carrier was parked beside a runnable loop.")
@State
public class LoopOnParkedCarrierStress {
    private final ActorRuntime actor = new ActorRuntime();
    private final Rounds rounds = new Rounds();
    private volatile Thread carrier;

    @Actor
    public void carrier(I_Result result) {
        carrier = Thread.currentThread();
        actor.carry(
                () -> {
                    rounds.answering(Thread.currentThread());
                    while (!rounds.areOver()) {
                        while (!rounds.isAsked()) {
                            LockSupport.park(rounds);
                        }
                        rounds.answer();
                    }
                });
        result.r1 = rounds.outcome();
    }

    @Actor
    public void other() {
        Thread loop = rounds.awaitAnswerer();
        for (int i = 0; i < Rounds.COUNT; i++) {
            rounds.ask();
            LockSupport.unpark(loop);
            rounds.told();
            rounds.awaitAnswer(carrier);
        }
    }
}
