package io.tardy.os;

import static org.openjdk.jcstress.annotations.Expect.ACCEPTABLE;
import static org.openjdk.jcstress.annotations.Expect.FORBIDDEN;

import org.openjdk.jcstress.annotations.Actor;
import org.openjdk.jcstress.annotations.Arbiter;
import org.openjdk.jcstress.annotations.Description;
import org.openjdk.jcstress.annotations.JCStressTest;
import org.openjdk.jcstress.annotations.Outcome;
import org.openjdk.jcstress.annotations.State;
import org.openjdk.jcstress.infra.results.IJ_Result;

/** Two that take a {@code FilePosition} and release it, the one without waiting if it can. */
@JCStressTest
@Description("A position has one holder at a time.")
@Outcome(id = "2, 2", expect = ACCEPTABLE, desc = "Both have had it, one after the other.")
@Outcome(expect = FORBIDDEN, desc = "Both at once, or one never, or nobody has released it.")
@State
public class PositionHoldersStress {
    private final FilePosition position = new FilePosition();

    /** Theirs who have the position; not volatile, for that is what a holder relies on. */
    private int held;

    private void hold(long offset) {
        held++;
        position.release(1);
    }

    @Actor
    public void one() {
        position.take(this::hold);
    }

    @Actor
    public void other() {
        long offset = position.tryTake();
        if (offset == -1) {
            position.take(this::hold);
        } else {
            hold(offset);
        }
    }

    @Arbiter
    public void end(IJ_Result result) {
        result.r1 = held;
        result.r2 = position.tryTake();
    }
}
