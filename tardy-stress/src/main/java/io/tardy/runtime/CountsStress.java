package io.tardy.runtime;

import static org.openjdk.jcstress.annotations.Expect.ACCEPTABLE;
import static org.openjdk.jcstress.annotations.Expect.FORBIDDEN;

import org.openjdk.jcstress.annotations.Actor;
import org.openjdk.jcstress.annotations.Description;
import org.openjdk.jcstress.annotations.JCStressTest;
import org.openjdk.jcstress.annotations.Outcome;
import org.openjdk.jcstress.annotations.State;
import org.openjdk.jcstress.infra.results.JJ_Result;
import org.openjdk.jcstress.infra.results.J_Result;

/** A runtime that counts, and a thread that reads what it has counted or when that was. */
public final class CountsStress {

    private CountsStress() {}

    /** Two readings of one counter. */
    @JCStressTest
    @Description("A counter never goes back.")
    @Outcome(
            id = {"0, 0", "0, 1", "0, 2", "1, 1", "1, 2", "2, 2"},
            expect = ACCEPTABLE,
            desc = "The second reading is no older than the first.")
    @Outcome(expect = FORBIDDEN, desc = "It has gone back, or was never there.")
    @State
    public static class Readings {
        private final RuntimeCounts counts = new RuntimeCounts();

        @Actor
        public void runtime() {
            counts.turn();
            counts.turn();
        }

        @Actor
        public void reader(JJ_Result result) {
            result.r1 = counts.turns();
            result.r2 = counts.turns();
        }
    }

    /** The watchdog's look, and who asks for a time. */
    @JCStressTest
    @Description("The time of a turn is that of a look, or there was none yet.")
    @Outcome(
            id = {"0", "90"},
            expect = ACCEPTABLE,
            desc = "No look yet, or the first that has seen the turn.")
    @Outcome(expect = FORBIDDEN, desc = "Half of a look.")
    @State
    public static class Times {
        private final TurnTimes times = new TurnTimes();

        @Actor
        public void watchdog() {
            times.seen(1, 10);
            times.seen(2, 50);
        }

        @Actor
        public void asks(J_Result result) {
            result.r1 = times.looks().nanosSince(1, 100);
        }
    }
}
