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

/** {@code FilePosition.take} against {@code release}. */
@JCStressTest
@Description("Nobody waits for a position that is free.")
@Outcome(
        id = "1, 7",
        expect = ACCEPTABLE,
        desc = "Told once, with the offset that the holder has left.")
@Outcome(expect = FORBIDDEN, desc = "Not told, or twice, or of an old offset.")
@State
public class PositionTakeStress {
    private final FilePosition position = new FilePosition();
    private final CountingTaker taker = new CountingTaker();

    public PositionTakeStress() {
        position.tryTake();
    }

    @Actor
    public void holder() {
        position.release(7);
    }

    @Actor
    public void taker() {
        position.take(taker);
    }

    @Arbiter
    public void end(IJ_Result result) {
        result.r1 = taker.told();
        result.r2 = taker.offset();
    }
}
