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

/** {@code SocketHandle.attach} against {@code close}. */
@JCStressTest
@Description("Who has attached hears of the close; who has not, has nothing to let go.")
@Outcome(id = "1, 1", expect = ACCEPTABLE, desc = "Attached, and told to let go.")
@Outcome(
        id = "0, 0",
        expect = ACCEPTABLE,
        desc = "Closed first: could not attach, and is not told.")
@Outcome(expect = FORBIDDEN, desc = "Attached and never told, or told for nothing.")
@State
public class SocketAttachStress {
    private final CountingSocket socket = new CountingSocket();
    private final CountingAttachment attachment = new CountingAttachment();

    @Actor
    public void user(II_Result result) {
        result.r1 = socket.attach(attachment) ? 1 : 0;
    }

    @Actor
    public void closer() {
        socket.closeUnchecked();
    }

    @Arbiter
    public void end(II_Result result) {
        result.r2 = attachment.told();
    }
}
