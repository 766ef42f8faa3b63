package io.tardy.runtime;

import static org.openjdk.jcstress.annotations.Expect.ACCEPTABLE;
import static org.openjdk.jcstress.annotations.Expect.FORBIDDEN;

import java.util.concurrent.RejectedExecutionException;
import org.openjdk.jcstress.annotations.Actor;
import org.openjdk.jcstress.annotations.Arbiter;
import org.openjdk.jcstress.annotations.Description;
import org.openjdk.jcstress.annotations.JCStressTest;
import org.openjdk.jcstress.annotations.Outcome;
import org.openjdk.jcstress.annotations.State;
import org.openjdk.jcstress.infra.results.ZZI_Result;
import org.openjdk.jcstress.infra.results.ZZ_Result;

/** Two threads at the room that a runtime has for tasks. */
public final class TaskRoomStress {

    private TaskRoomStress() {}

    /** Two that want the last place of a {@code TaskRoom}. */
    @JCStressTest
    @Description("The last place is given once.")
    @Outcome(
            id = {"true, false, 1", "false, true, 1"},
            expect = ACCEPTABLE,
            desc = "One has it.")
    @Outcome(expect = FORBIDDEN, desc = "Both have it, or nobody.")
    @State
    public static class LastPlace {
        private final TaskRoom room = new TaskRoom(null, 1);

        @Actor
        public void one(ZZI_Result result) {
            result.r1 = room.tryEnter();
        }

        @Actor
        public void other(ZZI_Result result) {
            result.r2 = room.tryEnter();
        }

        @Arbiter
        public void end(ZZI_Result result) {
            result.r3 = room.count();
        }
    }

    /**
     * {@code TaskRoom.tryEnter} against {@code tryEnd}: {@code spawn} from another thread while the
     * last frame ends.
     */
    @JCStressTest
    @Description("A runtime ends, or lets somebody in; never both.")
    @Outcome(
            id = "true, false",
            expect = ACCEPTABLE,
            desc = "Who came was let in, and the runtime goes on.")
    @Outcome(
            id = "false, true",
            expect = ACCEPTABLE,
            desc = "The runtime has ended, and who came was rejected.")
    @Outcome(
            id = "true, true",
            expect = FORBIDDEN,
            desc = "A runtime has ended around a frame that it let in.")
    @Outcome(id = "false, false", expect = FORBIDDEN, desc = "Rejected by a runtime that goes on.")
    @State
    public static class AtEnd {
        private final TaskRoom room = new TaskRoom(null, Integer.MAX_VALUE);

        @Actor
        public void comer(ZZ_Result result) {
            try {
                result.r1 = room.tryEnter();
            } catch (RejectedExecutionException e) {
                result.r1 = false;
            }
        }

        @Actor
        public void loop(ZZ_Result result) {
            result.r2 = room.tryEnd();
        }
    }
}
