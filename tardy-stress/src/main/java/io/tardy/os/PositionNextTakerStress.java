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

/**
 * The next taker of a {@code FilePosition}, while the one before it gives up and the holder
 * releases.
 */
@JCStressTest
@Description("Who waits behind one that gives up has its turn.")
@Outcome(
        id = "1, 7",
        expect = ACCEPTABLE,
        desc = "Told once, with the offset that the holder has left.")
@Outcome(expect = FORBIDDEN, desc = "Not told, or twice, or of an old offset.")
@State
public class PositionNextTakerStress {
    private final FilePosition position = new FilePosition();
    private final CountingTaker first = new CountingTaker();
    private final CountingTaker next = new CountingTaker();

    public PositionNextTakerStress() {
        position.tryTake();
        position.take(first);
    }

    @Actor
    public void holder() {
        position.release(7);
    }

    @Actor
    public void takers() {
        position.take(next);
        position.cancel(first);
    }

    @Arbiter
    public void end(IJ_Result result) {
        result.r1 = next.told();
        result.r2 = next.offset();
    }
}
