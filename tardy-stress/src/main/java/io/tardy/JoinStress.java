package io.tardy;

import static org.openjdk.jcstress.annotations.Expect.ACCEPTABLE;
import static org.openjdk.jcstress.annotations.Expect.FORBIDDEN;

import org.openjdk.jcstress.annotations.Actor;
import org.openjdk.jcstress.annotations.Description;
import org.openjdk.jcstress.annotations.JCStressTest;
import org.openjdk.jcstress.annotations.Outcome;
import org.openjdk.jcstress.annotations.State;
import org.openjdk.jcstress.infra.results.I_Result;

/** {@code Frame.join} in a frame, against the end of the other frame on another thread. */
@JCStressTest
@Description("Nobody waits for a frame that has ended.")
@Outcome(id = Rounds.ALL, expect = ACCEPTABLE, desc = "Every join has returned.")
@Outcome(expect = FORBIDDEN, desc = "A joiner was left waiting.")
@State
public class JoinStress {
    private final ActorRuntime actor = new ActorRuntime();
    private final Rounds rounds = new Rounds();
    private final Frame<?>[] frames = new Frame<?>[Rounds.COUNT];

    public JoinStress() {
        for (int i = 0; i < frames.length; i++) {
            frames[i] = new Frame<>(null, "ended", () -> rounds);
        }
    }

    @Actor
    public void joiner(I_Result result) {
        actor.run(
                rounds::isTold,
                () -> {
                    for (Frame<?> frame : frames) {
                        frame.join();
                        rounds.answer();
                    }
                });
        result.r1 = rounds.outcome(actor);
    }

    @Actor
    public void other() {
        for (Frame<?> frame : frames) {
            if (actor.hasLost()) {
                return;
            }
            rounds.ask();
            frame.runBody();
            frame.end(false);
            rounds.told();
            rounds.awaitAnswer(actor);
        }
    }
}
