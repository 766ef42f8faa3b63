package io.tardy.websocket;

import static org.openjdk.jcstress.annotations.Expect.ACCEPTABLE;
import static org.openjdk.jcstress.annotations.Expect.FORBIDDEN;

import io.netty.util.ReferenceCountUtil;
import org.openjdk.jcstress.annotations.Actor;
import org.openjdk.jcstress.annotations.Arbiter;
import org.openjdk.jcstress.annotations.Description;
import org.openjdk.jcstress.annotations.JCStressTest;
import org.openjdk.jcstress.annotations.Outcome;
import org.openjdk.jcstress.annotations.State;
import org.openjdk.jcstress.infra.results.IIJ_Result;

/**
 * An {@code OutboundQueue} that makes room by the oldest message, against the loop that writes it.
 */
@JCStressTest
@Description("The oldest message is written or dropped; the new one may find it just taken.")
@Outcome(
        id = "0, 1, 0",
        expect = ACCEPTABLE,
        desc = "The oldest was written, and the new one waits.")
@Outcome(
        id = "0, 1, 1",
        expect = ACCEPTABLE,
        desc =
                "The oldest was dropped, and the new one waits; or it was not there yet as room was"
                        + " made.")
@Outcome(
        id = "0, 0, 1",
        expect = ACCEPTABLE,
        desc = "The oldest was dropped, and the loop has found the new one.")
@Outcome(expect = FORBIDDEN, desc = "One is there twice, or leaks, or both were dropped.")
@State
public class OutboundOldestStress {
    private static final int BYTES = 10;

    private final OutboundQueue queue =
            new OutboundQueue(BYTES + OutboundQueue.HEADER_BYTES, OverflowPolicy.DROP_OLDEST);
    private final CountedMessage oldest = new CountedMessage();
    private final CountedMessage next = new CountedMessage();

    public OutboundOldestStress() {
        queue.offer(oldest, BYTES);
    }

    @Actor
    public void poster() {
        queue.offer(next, BYTES);
    }

    @Actor
    public void loop() {
        ReferenceCountUtil.release(queue.poll());
    }

    @Arbiter
    public void end(IIJ_Result result) {
        result.r1 = oldest.refCnt();
        result.r2 = next.refCnt();
        result.r3 = queue.dropped();
    }
}
