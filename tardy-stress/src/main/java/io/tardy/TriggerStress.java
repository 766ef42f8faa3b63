package io.tardy;

import static org.openjdk.jcstress.annotations.Expect.ACCEPTABLE;
import static org.openjdk.jcstress.annotations.Expect.FORBIDDEN;

import org.openjdk.jcstress.annotations.Actor;
import org.openjdk.jcstress.annotations.Description;
import org.openjdk.jcstress.annotations.JCStressTest;
import org.openjdk.jcstress.annotations.Outcome;
import org.openjdk.jcstress.annotations.State;
import org.openjdk.jcstress.infra.results.I_Result;

/**
 * {@code trigger}, a task of the loop, against the loop that looks for the last time before it
 * waits.
 */
@JCStressTest
@Description("A trigger wakes the loop from its wait.")
@Outcome(id = Rounds.ALL, expect = ACCEPTABLE, desc = "The frame has run each time.")
@Outcome(expect = FORBIDDEN, desc = "The loop has waited beside its task.")
@State
public class TriggerStress {
    private final ActorRuntime actor = new ActorRuntime();
    private final Rounds rounds = new Rounds();

    private volatile long task;

    @Actor
    public void loop(I_Result result) {
        actor.run(
                rounds::isTold,
                () -> {
                    task = actor.runtime().scheduler().currentTask();
                    rounds.answering(Thread.currentThread());
                    while (!rounds.areOver()) {
                        while (!rounds.isAsked()) {
                            actor.runtime().scheduler().triggerAwait();
                        }
                        rounds.answer();
                    }
                });
        result.r1 = rounds.outcome(actor);
    }

    @Actor
    public void other() {
        rounds.awaitAnswerer();
        for (int i = 0; i < Rounds.COUNT && !actor.hasLost(); i++) {
            rounds.ask();
            actor.runtime().trigger(task);
            rounds.told();
            rounds.awaitAnswer(actor);
        }
    }
}
