package io.tardy.os;

import static org.openjdk.jcstress.annotations.Expect.ACCEPTABLE;
import static org.openjdk.jcstress.annotations.Expect.FORBIDDEN;

import org.openjdk.jcstress.annotations.Actor;
import org.openjdk.jcstress.annotations.Arbiter;
import org.openjdk.jcstress.annotations.Description;
import org.openjdk.jcstress.annotations.JCStressTest;
import org.openjdk.jcstress.annotations.Outcome;
import org.openjdk.jcstress.annotations.State;
import org.openjdk.jcstress.infra.results.IJ_Result;
import org.openjdk.jcstress.infra.results.IZ_Result;

/** Two threads that want the position of a file. */
public final class FilePositionStress {

    private FilePositionStress() {}

    /** {@code FilePosition.take} against {@code release}. */
    @JCStressTest
    @Description("Nobody waits for a position that is free.")
    @Outcome(
            id = "1, 7",
            expect = ACCEPTABLE,
            desc = "Told once, with the offset that the holder has left.")
    @Outcome(expect = FORBIDDEN, desc = "Not told, or twice, or of an old offset.")
    @State
    public static class Take {
        private final FilePosition position = new FilePosition();
        private final CountingTaker taker = new CountingTaker();

        public Take() {
            position.tryTake();
        }

        @Actor
        public void holder() {
            position.release(7);
        }

        @Actor
        public void taker() {
            position.take(taker);
        }

        @Arbiter
        public void end(IJ_Result result) {
            result.r1 = taker.told();
            result.r2 = taker.offset();
        }
    }

    /**
     * The next taker of a {@code FilePosition}, while the one before it gives up and the holder
     * releases.
     */
    @JCStressTest
    @Description("Who waits behind one that gives up has its turn.")
    @Outcome(
            id = "1, 7",
            expect = ACCEPTABLE,
            desc = "Told once, with the offset that the holder has left.")
    @Outcome(expect = FORBIDDEN, desc = "Not told, or twice, or of an old offset.")
    @State
    public static class NextTaker {
        private final FilePosition position = new FilePosition();
        private final CountingTaker first = new CountingTaker();
        private final CountingTaker next = new CountingTaker();

        public NextTaker() {
            position.tryTake();
            position.take(first);
        }

        @Actor
        public void holder() {
            position.release(7);
        }

        @Actor
        public void takers() {
            position.take(next);
            position.cancel(first);
        }

        @Arbiter
        public void end(IJ_Result result) {
            result.r1 = next.told();
            result.r2 = next.offset();
        }
    }

    /**
     * {@code FilePosition.cancel} of who waits, against the {@code release} that would give it to
     * him.
     */
    @JCStressTest
    @Description("Who gives up a position, told or not, leaves it free.")
    @Outcome(id = "0, true", expect = ACCEPTABLE, desc = "Given up before it was its turn.")
    @Outcome(id = "1, true", expect = ACCEPTABLE, desc = "Given up as it was its turn.")
    @Outcome(expect = FORBIDDEN, desc = "Nobody has the position, and nobody can take it.")
    @State
    public static class Cancel {
        private final FilePosition position = new FilePosition();
        private final CountingTaker taker = new CountingTaker();

        public Cancel() {
            position.tryTake();
            position.take(taker);
        }

        @Actor
        public void holder() {
            position.release(7);
        }

        @Actor
        public void taker() {
            position.cancel(taker);
        }

        @Arbiter
        public void end(IZ_Result result) {
            result.r1 = taker.told();
            result.r2 = position.tryTake() == 7;
        }
    }

    /** Two that take a {@code FilePosition} and release it, the one without waiting if it can. */
    @JCStressTest
    @Description("A position has one holder at a time.")
    @Outcome(id = "2, 2", expect = ACCEPTABLE, desc = "Both have had it, one after the other.")
    @Outcome(expect = FORBIDDEN, desc = "Both at once, or one never, or nobody has released it.")
    @State
    public static class Holders {
        private final FilePosition position = new FilePosition();

        /** Theirs who have the position; not volatile, for that is what a holder relies on. */
        private int held;

        private void hold(long offset) {
            held++;
            position.release(1);
        }

        @Actor
        public void one() {
            position.take(this::hold);
        }

        @Actor
        public void other() {
            long offset = position.tryTake();
            if (offset == -1) {
                position.take(this::hold);
            } else {
                hold(offset);
            }
        }

        @Arbiter
        public void end(IJ_Result result) {
            result.r1 = held;
            result.r2 = position.tryTake();
        }
    }
}
