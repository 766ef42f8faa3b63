package io.tardy.websocket;

import static org.openjdk.jcstress.annotations.Expect.ACCEPTABLE;
import static org.openjdk.jcstress.annotations.Expect.FORBIDDEN;

import org.openjdk.jcstress.annotations.Actor;
import org.openjdk.jcstress.annotations.Arbiter;
import org.openjdk.jcstress.annotations.Description;
import org.openjdk.jcstress.annotations.JCStressTest;
import org.openjdk.jcstress.annotations.Outcome;
import org.openjdk.jcstress.annotations.State;
import org.openjdk.jcstress.infra.results.III_Result;

/** Two that offer to an {@code OutboundQueue} with room for one. */
@JCStressTest
@Description("The bound holds whoever offers, and what does not fit is released.")
@Outcome(
        id = "1, 1, 1",
        expect = ACCEPTABLE,
        desc = "One was taken, its bytes are counted, and the other was released.")
@Outcome(expect = FORBIDDEN, desc = "Both were taken, or none, or one leaks.")
@State
public class OutboundBoundStress {
    private static final int BYTES = 10;

    private final OutboundQueue queue =
            new OutboundQueue(BYTES + OutboundQueue.HEADER_BYTES, OverflowPolicy.DROP_NEWEST);
    private final CountedMessage message = new CountedMessage();
    private final CountedMessage other = new CountedMessage();

    @Actor
    public void poster() {
        queue.offer(message, BYTES);
    }

    @Actor
    public void other() {
        queue.offer(other, BYTES);
    }

    @Arbiter
    public void end(III_Result result) {
        result.r1 = message.refCnt() + other.refCnt();
        result.r2 = (int) (queue.bytesQueued() / (BYTES + OutboundQueue.HEADER_BYTES));
        result.r3 = (int) queue.dropped();
    }
}
