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
import org.openjdk.jcstress.infra.results.III_Result;
import org.openjdk.jcstress.infra.results.IIJ_Result;

/** The queue of a WebSocket, with posters and its loop. */
public final class OutboundQueueStress {

    private OutboundQueueStress() {}

    /** Two that offer to an {@code OutboundQueue} with room for one. */
    @JCStressTest
    @Description("The bound holds whoever offers, and what does not fit is released.")
    @Outcome(
            id = "1, 1, 1",
            expect = ACCEPTABLE,
            desc = "One was taken, its bytes are counted, and the other was released.")
    @Outcome(expect = FORBIDDEN, desc = "Both were taken, or none, or one leaks.")
    @State
    public static class Bound {
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

    /** {@code OutboundQueue.offer} against {@code end}. */
    @JCStressTest
    @Description("Nothing stays in a queue that has ended, and nothing leaks.")
    @Outcome(
            id = "0, 0, 0",
            expect = ACCEPTABLE,
            desc = "The message was released, and no bytes are counted.")
    @Outcome(expect = FORBIDDEN, desc = "A message, or its bytes, are left.")
    @State
    public static class End {
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

    /**
     * An {@code OutboundQueue} that makes room by the oldest message, against the loop that writes
     * it.
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
                    "The oldest was dropped, and the new one waits; or it was not there yet as room"
                            + " was made.")
    @Outcome(
            id = "0, 0, 1",
            expect = ACCEPTABLE,
            desc = "The oldest was dropped, and the loop has found the new one.")
    @Outcome(expect = FORBIDDEN, desc = "One is there twice, or leaks, or both were dropped.")
    @State
    public static class Oldest {
        private static final int BYTES = 10;

        private final OutboundQueue queue =
                new OutboundQueue(BYTES + OutboundQueue.HEADER_BYTES, OverflowPolicy.DROP_OLDEST);
        private final CountedMessage oldest = new CountedMessage();
        private final CountedMessage next = new CountedMessage();

        public Oldest() {
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
}
