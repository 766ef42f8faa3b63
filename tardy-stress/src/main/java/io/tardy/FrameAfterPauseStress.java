package io.tardy;

import static org.openjdk.jcstress.annotations.Expect.ACCEPTABLE;
import static org.openjdk.jcstress.annotations.Expect.FORBIDDEN;

import io.tardy.runtime.CoreSteps;
import io.tardy.stress.Pause;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.locks.LockSupport;
import org.openjdk.jcstress.annotations.Actor;
import org.openjdk.jcstress.annotations.Arbiter;
import org.openjdk.jcstress.annotations.Description;
import org.openjdk.jcstress.annotations.JCStressTest;
import org.openjdk.jcstress.annotations.Outcome;
import org.openjdk.jcstress.annotations.State;
import org.openjdk.jcstress.infra.results.IZ_Result;

/**
 * A frame that wants to run while the loop gives up its thread for a while: a virtual thread that a
 * frame has started can.
 */
@JCStressTest
@Description("The carrier runs it before it goes, or the loop is started anew: once.")
@Outcome(id = "1, true", expect = ACCEPTABLE, desc = "The frame has run once, and ended.")
@Outcome(expect = FORBIDDEN, desc = "It never ran, or the loop was started anew more than once.")
@State
public class FrameAfterPauseStress {
    private static final Pause PAUSE = new Pause();

    private final ActorRuntime actor = new ActorRuntime();
    private final AtomicInteger runs = new AtomicInteger();
    private volatile Thread frame;
    private volatile boolean asked;

    @Actor
    public void carrier() {
        actor.carry(
                () -> {
                    actor.runtime().spawn(this::waitAndCount);
                    CoreSteps.runFrames(actor.runtime().core());
                });
    }

    private void waitAndCount() {
        frame = Thread.currentThread();
        while (!asked) {
            LockSupport.park(runs);
        }
        runs.incrementAndGet();
    }

    @Actor
    public void other() {
        while (frame == null) {
            Thread.onSpinWait();
        }
        PAUSE.next();
        asked = true;
        LockSupport.unpark(frame);
    }

    @Arbiter
    public void end(IZ_Result result) {
        if (actor.laterStarts() == 1) {
            actor.runLaterStart();
        }
        result.r1 = runs.get();
        result.r2 = !frame.isAlive() && actor.laterStarts() == 0;
    }
}
