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
 * {@code Carrier.resume} against the loop that looks for the last time before it waits for events.
 */
@JCStressTest
@Description("A frame that becomes runnable wakes the loop from its wait.")
@Outcome(id = Rounds.ALL, expect = ACCEPTABLE, desc = "The frame has run each time.")
@Outcome(expect = FORBIDDEN, desc = "The loop has waited beside a runnable frame.")
@State
public class ResumeStress {
    private final ActorRuntime actor = new ActorRuntime();
    private final Rounds rounds = new Rounds();

    @Actor
    public void loop(I_Result result) {
        actor.run(
                rounds::isTold,
                () -> {
                    rounds.answering(Thread.currentThread());
                    while (!rounds.areOver() && !actor.hasLost()) {
                        while (!rounds.isAsked() && !actor.hasLost()) {
                            LockSupport.park(rounds);
                        }
                        rounds.answer();
                    }
                });
        result.r1 = rounds.outcome(actor);
    }

    @Actor
    public void other() {
        Thread frame = rounds.awaitAnswerer();
        for (int i = 0; i < Rounds.COUNT && !actor.hasLost(); i++) {
            rounds.ask();
            LockSupport.unpark(frame);
            rounds.told();
            rounds.awaitAnswer(actor);
        }
    }
}
