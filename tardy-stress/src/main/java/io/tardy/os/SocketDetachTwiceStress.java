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

/**
 * A runtime that detaches from a {@code SocketHandle} because it ends, and again because it was
 * told to.
 */
@JCStressTest
@Description("A second detach of the same attachment does nothing.")
@Outcome(id = "1", expect = ACCEPTABLE, desc = "The descriptor was given back once.")
@Outcome(expect = FORBIDDEN, desc = "Never, or twice.")
@State
public class SocketDetachTwiceStress {
    private final CountingSocket socket = new CountingSocket();
    private final CountingAttachment attachment = new CountingAttachment();

    public SocketDetachTwiceStress() {
        socket.attach(attachment);
    }

    @Actor
    public void runtime() {
        socket.detachUnchecked(attachment);
    }

    @Actor
    public void closer() {
        socket.closeUnchecked();
        if (attachment.told() > 0) {
            socket.detachUnchecked(attachment);
        }
    }

    @Arbiter
    public void end(I_Result result) {
        result.r1 = socket.descriptorsClosed();
    }
}
