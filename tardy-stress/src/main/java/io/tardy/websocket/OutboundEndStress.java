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

/** {@code OutboundQueue.offer} against {@code end}. */
@JCStressTest
@Description("Nothing stays in a queue that has ended, and nothing leaks.")
@Outcome(
        id = "0, 0, 0",
        expect = ACCEPTABLE,
        desc = "The message was released, and no bytes are counted.")
@Outcome(expect = FORBIDDEN, desc = "A message, or its bytes, are left.")
@State
public class OutboundEndStress {
    private final OutboundQueue queue = new OutboundQueue(100, OverflowPolicy.DROP_NEWEST);
    private final CountedMessage message = new CountedMessage();

    @Actor
    public void poster() {
        queue.offer(message, 10);
    }

    @Actor
    public void loop() {
        queue.end();
    }

    @Arbiter
    public void end(III_Result result) {
        result.r1 = queue.poll() == null ? 0 : 1;
        result.r2 = (int) queue.bytesQueued();
        result.r3 = message.refCnt();
    }
}
