package io.tardy.os;

import static org.openjdk.jcstress.annotations.Expect.ACCEPTABLE;
import static org.openjdk.jcstress.annotations.Expect.FORBIDDEN;

import java.util.concurrent.atomic.AtomicInteger;
import org.openjdk.jcstress.annotations.Actor;
import org.openjdk.jcstress.annotations.Arbiter;
import org.openjdk.jcstress.annotations.Description;
import org.openjdk.jcstress.annotations.JCStressTest;
import org.openjdk.jcstress.annotations.Outcome;
import org.openjdk.jcstress.annotations.State;
import org.openjdk.jcstress.infra.results.II_Result;

/** {@code FileHandle.release} of the only user against {@code close}. */
@JCStressTest
@Description("The user that ends and the one that closes agree who gives the descriptor back.")
@Outcome(id = "1, 0", expect = ACCEPTABLE, desc = "The use has ended first.")
@Outcome(id = "1, 1", expect = ACCEPTABLE, desc = "Closed while in use, which the user was told.")
@Outcome(expect = FORBIDDEN, desc = "Given back never, or twice.")
@State
public class FileReleaseStress {
    private final CountingFile file = new CountingFile();
    private final AtomicInteger told = new AtomicInteger();
    private final FileHandle.User user = told::incrementAndGet;

    public FileReleaseStress() {
        file.hold(user);
    }

    @Actor
    public void user() {
        file.release(user);
    }

    @Actor
    public void closer() {
        if (file.close()) {
            file.closeDescriptor();
        }
    }

    @Arbiter
    public void end(II_Result result) {
        result.r1 = file.descriptorsClosed();
        result.r2 = told.get();
    }
}
