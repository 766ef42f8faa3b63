package io.tardy.os;

import static org.openjdk.jcstress.annotations.Expect.ACCEPTABLE;
import static org.openjdk.jcstress.annotations.Expect.FORBIDDEN;

import org.openjdk.jcstress.annotations.Actor;
import org.openjdk.jcstress.annotations.Arbiter;
import org.openjdk.jcstress.annotations.Description;
import org.openjdk.jcstress.annotations.JCStressTest;
import org.openjdk.jcstress.annotations.Outcome;
import org.openjdk.jcstress.annotations.State;
import org.openjdk.jcstress.infra.results.I_Result;

/** Two that hold a {@code FileHandle} which was closed, and both release it. */
@JCStressTest
@Description("One of the two was the last.")
@Outcome(id = "1", expect = ACCEPTABLE, desc = "The descriptor was given back once.")
@Outcome(expect = FORBIDDEN, desc = "Never, or twice.")
@State
public class FileLastReleaseStress {
    private final CountingFile file = new CountingFile();
    private final FileHandle.User one = () -> {};
    private final FileHandle.User other = () -> {};

    public FileLastReleaseStress() {
        file.hold(one);
        file.hold(other);
        file.close();
    }

    @Actor
    public void one() {
        file.release(one);
    }

    @Actor
    public void other() {
        file.release(other);
    }

    @Arbiter
    public void end(I_Result result) {
        result.r1 = file.descriptorsClosed();
    }
}
