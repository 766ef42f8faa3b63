package io.tardy.os;

import static org.openjdk.jcstress.annotations.Expect.ACCEPTABLE;
import static org.openjdk.jcstress.annotations.Expect.FORBIDDEN;

import org.openjdk.jcstress.annotations.Actor;
import org.openjdk.jcstress.annotations.Arbiter;
import org.openjdk.jcstress.annotations.Description;
import org.openjdk.jcstress.annotations.JCStressTest;
import org.openjdk.jcstress.annotations.Outcome;
import org.openjdk.jcstress.annotations.State;
import org.openjdk.jcstress.infra.results.IZ_Result;

/**
 * {@code FilePosition.cancel} of who waits, against the {@code release} that would give it to him.
 */
@JCStressTest
@Description("Who gives up a position, told or not, leaves it free.")
@Outcome(id = "0, true", expect = ACCEPTABLE, desc = "Given up before it was its turn.")
@Outcome(id = "1, true", expect = ACCEPTABLE, desc = "Given up as it was its turn.")
@Outcome(expect = FORBIDDEN, desc = "Nobody has the position, and nobody can take it.")
@State
public class PositionCancelStress {
    private final FilePosition position = new FilePosition();
    private final CountingTaker taker = new CountingTaker();

    public PositionCancelStress() {
        position.tryTake();
        position.take(taker);
    }

    @Actor
    public void holder() {
        position.release(7);
    }

    @Actor
    public void taker() {
        position.cancel(taker);
    }

    @Arbiter
    public void end(IZ_Result result) {
        result.r1 = taker.told();
        result.r2 = position.tryTake() == 7;
    }
}
