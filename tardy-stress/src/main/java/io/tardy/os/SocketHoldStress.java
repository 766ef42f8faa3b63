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

/** {@code SocketHandle.attach} and {@code detach} against {@code close}. */
@JCStressTest
@Description("A descriptor stays open while a runtime is attached, and is given back once.")
@Outcome(id = "0, 1", expect = ACCEPTABLE, desc = "It was open while it was attached.")
@Outcome(id = "-1, 1", expect = ACCEPTABLE, desc = "It was closed first, and nobody could attach.")
@Outcome(expect = FORBIDDEN, desc = "Given back while a runtime was attached, or twice, or never.")
@State
public class SocketHoldStress {
    private final CountingSocket socket = new CountingSocket();

    @Actor
    public void user(II_Result result) {
        CountingAttachment attachment = new CountingAttachment();
        if (socket.attach(attachment)) {
            result.r1 = socket.descriptorsClosed();
            socket.detachUnchecked(attachment);
        } else {
            result.r1 = -1;
        }
    }

    @Actor
    public void closer() {
        socket.closeUnchecked();
    }

    @Arbiter
    public void end(II_Result result) {
        result.r2 = socket.descriptorsClosed();
    }
}
