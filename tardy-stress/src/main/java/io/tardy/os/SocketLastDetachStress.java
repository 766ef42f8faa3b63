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

/** Two runtimes that let go of a {@code SocketHandle} which was closed. */
@JCStressTest
@Description("One of the two was the last.")
@Outcome(id = "1", expect = ACCEPTABLE, desc = "The descriptor was given back once.")
@Outcome(expect = FORBIDDEN, desc = "Never, or twice.")
@State
public class SocketLastDetachStress {
    private final CountingSocket socket = new CountingSocket();
    private final CountingAttachment one = new CountingAttachment();
    private final CountingAttachment other = new CountingAttachment();

    public SocketLastDetachStress() {
        socket.attach(one);
        socket.attach(other);
        socket.closeUnchecked();
    }

    @Actor
    public void one() {
        socket.detachUnchecked(one);
    }

    @Actor
    public void other() {
        socket.detachUnchecked(other);
    }

    @Arbiter
    public void end(I_Result result) {
        result.r1 = socket.descriptorsClosed();
    }
}
