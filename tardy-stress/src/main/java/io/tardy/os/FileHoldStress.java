package io.tardy.os;

import static org.openjdk.jcstress.annotations.Expect.ACCEPTABLE;
import static org.openjdk.jcstress.annotations.Expect.FORBIDDEN;

import org.openjdk.jcstress.annotations.Actor;
import org.openjdk.jcstress.annotations.Arbiter;
import org.openjdk.jcstress.annotations.Description;
import org.openjdk.jcstress.annotations.JCStressTest;
import org.openjdk.jcstress.annotations.Outcome;
import org.openjdk.jcstress.annotations.State;
import org.openjdk.jcstress.infra.results.II_Result;

/** {@code FileHandle.hold} and {@code release} against {@code close}. */
@JCStressTest
@Description("A descriptor stays open while it is held, and is given back once.")
@Outcome(id = "0, 1", expect = ACCEPTABLE, desc = "It was open while it was held.")
@Outcome(id = "-1, 1", expect = ACCEPTABLE, desc = "It was closed first, and could not be held.")
@Outcome(expect = FORBIDDEN, desc = "Given back while it was held, or twice, or never.")
@State
public class FileHoldStress {
    private final CountingFile file = new CountingFile();

    @Actor
    public void user(II_Result result) {
        FileHandle.User user = () -> {};
        if (file.hold(user)) {
            result.r1 = file.descriptorsClosed();
            file.release(user);
        } else {
            result.r1 = -1;
        }
    }

    @Actor
    public void closer() {
        if (file.close()) {
            file.closeDescriptor();
        }
    }

    @Arbiter
    public void end(II_Result result) {
        result.r2 = file.descriptorsClosed();
    }
}
