package io.tardy.websocket;

import static org.openjdk.jcstress.annotations.Expect.ACCEPTABLE;
import static org.openjdk.jcstress.annotations.Expect.FORBIDDEN;

import io.netty.util.ReferenceCountUtil;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import org.openjdk.jcstress.annotations.Actor;
import org.openjdk.jcstress.annotations.Arbiter;
import org.openjdk.jcstress.annotations.Description;
import org.openjdk.jcstress.annotations.JCStressTest;
import org.openjdk.jcstress.annotations.Outcome;
import org.openjdk.jcstress.annotations.State;
import org.openjdk.jcstress.infra.results.IIII_Result;
import org.openjdk.jcstress.infra.results.III_Result;

/** A post, against the task that empties the queue. */
public final class DrainStress {

    private DrainStress() {}

    /** What is posted while a {@code Drain} is under way. */
    @JCStressTest
    @Description("Whoever posts has his message written, by this drain or by the next one.")
    @Outcome(
            id = "0, 0, 0",
            expect = ACCEPTABLE,
            desc = "The drain that was to come, or was under way, wrote both.")
    @Outcome(
            id = "0, 0, 1",
            expect = ACCEPTABLE,
            desc = "It wrote both, and another one was scheduled, which finds nothing.")
    @Outcome(id = "0, 1, 1", expect = ACCEPTABLE, desc = "The second was left for another drain.")
    @Outcome(expect = FORBIDDEN, desc = "A message stays in the queue, and no drain is to come.")
    @State
    public static class Late {
        private final OutboundQueue queue = new OutboundQueue(1000, OverflowPolicy.DROP_NEWEST);
        private final CountedMessage first = new CountedMessage();
        private final CountedMessage second = new CountedMessage();
        private final Queue<Runnable> loop = new ConcurrentLinkedQueue<>();
        private final Drain drain = new Drain(loop::add, this::write);

        public Late() {
            queue.offer(first, 10);
            drain.schedule();
        }

        private void write() {
            for (Object message; (message = queue.poll()) != null; ) {
                ReferenceCountUtil.release(message);
            }
        }

        @Actor
        public void poster() {
            queue.offer(second, 10);
            drain.schedule();
        }

        @Actor
        public void loop() {
            loop.remove().run();
        }

        @Arbiter
        public void end(III_Result result) {
            result.r3 = loop.size();
            result.r2 = second.refCnt();
            for (Runnable task; (task = loop.poll()) != null; ) {
                task.run();
            }
            result.r1 = first.refCnt() + second.refCnt();
        }
    }

    /** A post, against the loop that writes all that is there and then ends the queue. */
    @JCStressTest
    @Description(
            "A message is written in front of the close frame or dropped; whoever posts is told.")
    @Outcome(
            id = "0, 1, 0, 1",
            expect = ACCEPTABLE,
            desc = "Taken, and written in front of the close frame.")
    @Outcome(
            id = "0, 0, 1, 1",
            expect = ACCEPTABLE,
            desc = "Taken behind the last look at the queue, and dropped at its end.")
    @Outcome(
            id = "0, 0, 1, 0",
            expect = ACCEPTABLE,
            desc = "Dropped by the poster, for the queue had ended.")
    @Outcome(
            expect = FORBIDDEN,
            desc = "It leaks, is written and dropped, or written and called dropped.")
    @State
    public static class End {
        private final OutboundQueue queue = new OutboundQueue(1000, OverflowPolicy.DROP_NEWEST);
        private final CountedMessage message = new CountedMessage();
        private final Queue<Runnable> loop = new ConcurrentLinkedQueue<>();
        private final Drain drain = new Drain(loop::add, this::write);
        private int written;
        private boolean taken;

        private void write() {
            for (Object posted; (posted = queue.poll()) != null; ) {
                written++;
                ReferenceCountUtil.release(posted);
            }
        }

        @Actor
        public void poster() {
            taken = queue.offer(message, 10);
            if (taken) {
                drain.schedule();
            }
        }

        @Actor
        public void loop() {
            write();
            queue.end();
        }

        @Arbiter
        public void end(IIII_Result result) {
            for (Runnable task; (task = loop.poll()) != null; ) {
                task.run();
            }
            result.r1 = message.refCnt();
            result.r2 = written;
            result.r3 = (int) queue.dropped();
            result.r4 = taken ? 1 : 0;
        }
    }
}
