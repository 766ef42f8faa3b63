package io.tardy.runtime;

import static org.openjdk.jcstress.annotations.Expect.ACCEPTABLE;
import static org.openjdk.jcstress.annotations.Expect.FORBIDDEN;

import org.openjdk.jcstress.annotations.Actor;
import org.openjdk.jcstress.annotations.Arbiter;
import org.openjdk.jcstress.annotations.Description;
import org.openjdk.jcstress.annotations.JCStressTest;
import org.openjdk.jcstress.annotations.Outcome;
import org.openjdk.jcstress.annotations.State;
import org.openjdk.jcstress.infra.results.ZZI_Result;

/** Two that want the last place of a {@code TaskRoom}. */
@JCStressTest
@Description("The last place is given once.")
@Outcome(
        id = {"true, false, 1", "false, true, 1"},
        expect = ACCEPTABLE,
        desc = "One has it.")
@Outcome(expect = FORBIDDEN, desc = "Both have it, or nobody.")
@State
public class LastPlaceStress {
    private final TaskRoom room = new TaskRoom(null, 1);

    @Actor
    public void one(ZZI_Result result) {
        result.r1 = room.tryEnter();
    }

    @Actor
    public void other(ZZI_Result result) {
        result.r2 = room.tryEnter();
    }

    @Arbiter
    public void end(ZZI_Result result) {
        result.r3 = room.count();
    }
}
