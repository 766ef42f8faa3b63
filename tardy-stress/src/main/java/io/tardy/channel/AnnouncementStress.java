package io.tardy.channel;

import static org.openjdk.jcstress.annotations.Expect.ACCEPTABLE;
import static org.openjdk.jcstress.annotations.Expect.ACCEPTABLE_INTERESTING;
import static org.openjdk.jcstress.annotations.Expect.FORBIDDEN;

import java.lang.invoke.VarHandle;
import java.util.Queue;
import java.util.concurrent.atomic.AtomicReference;
import org.jctools.queues.atomic.SpscAtomicArrayQueue;
import org.openjdk.jcstress.annotations.Actor;
import org.openjdk.jcstress.annotations.Description;
import org.openjdk.jcstress.annotations.JCStressMeta;
import org.openjdk.jcstress.annotations.JCStressTest;
import org.openjdk.jcstress.annotations.Outcome;
import org.openjdk.jcstress.annotations.State;
import org.openjdk.jcstress.infra.results.II_Result;

/** Copies of {@code Spsc}'s announcement, with the fence and without it. */
@Outcome(
        id = "0, 1",
        expect = ACCEPTABLE,
        desc = "The receiver would sleep, and the sender has seen it and would wake it.")
@Outcome(
        id = "1, 0",
        expect = ACCEPTABLE,
        desc = "The receiver has seen the message; nobody needs to be woken.")
@Outcome(id = "1, 1", expect = ACCEPTABLE, desc = "Both; a wake-up too many does no harm.")
public final class AnnouncementStress {

    private AnnouncementStress() {}

    /**
     * The canary's counterpart, which has the fence and nothing else beyond it: that is what mends
     * it. The class itself is tried by {@code SpscStress}.
     */
    @JCStressTest
    @Description("A copy of Spsc's announcement, with the fence.")
    @Outcome(id = "0, 0", expect = FORBIDDEN, desc = "The receiver would sleep for ever.")
    @JCStressMeta(AnnouncementStress.class)
    @State
    public static class Fenced {

        private final Queue<Integer> ring = new SpscAtomicArrayQueue<>(4);
        private final AtomicReference<Fenced> announced = new AtomicReference<>();

        @Actor
        public void receiver(II_Result result) {
            announced.set(this);
            result.r1 = ring.isEmpty() ? 0 : 1;
        }

        @Actor
        public void sender(II_Result result) {
            ring.offer(1);
            VarHandle.fullFence();
            result.r2 = announced.get() == null ? 0 : 1;
        }
    }

    /**
     * The canary: {@code Spsc}'s announcement without its fence. The build fails unless this
     * machine shows the wake-up that is lost then; else it would not show one that {@code Spsc}
     * loses.
     */
    @JCStressTest
    @Description("A copy of Spsc's announcement without the fence, which must lose a wake-up.")
    @Outcome(
            id = Fenceless.LOST,
            expect = ACCEPTABLE_INTERESTING,
            desc = "The queue's store came after the look: the receiver would sleep for ever.")
    @JCStressMeta(AnnouncementStress.class)
    @State
    public static class Fenceless {

        /** What must be seen. */
        public static final String LOST = "0, 0";

        private final Queue<Integer> ring = new SpscAtomicArrayQueue<>(4);
        private final AtomicReference<Fenceless> announced = new AtomicReference<>();

        @Actor
        public void receiver(II_Result result) {
            announced.set(this);
            result.r1 = ring.isEmpty() ? 0 : 1;
        }

        @Actor
        public void sender(II_Result result) {
            ring.offer(1);
            result.r2 = announced.get() == null ? 0 : 1;
        }
    }
}
