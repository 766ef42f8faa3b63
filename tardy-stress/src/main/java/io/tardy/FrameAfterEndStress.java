package io.tardy;

import static org.openjdk.jcstress.annotations.Expect.ACCEPTABLE;
import static org.openjdk.jcstress.annotations.Expect.FORBIDDEN;

import io.tardy.stress.Pause;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.locks.LockSupport;
import java.util.logging.Level;
import java.util.logging.Logger;
import org.openjdk.jcstress.annotations.Actor;
import org.openjdk.jcstress.annotations.Arbiter;
import org.openjdk.jcstress.annotations.Description;
import org.openjdk.jcstress.annotations.JCStressTest;
import org.openjdk.jcstress.annotations.Outcome;
import org.openjdk.jcstress.annotations.State;
import org.openjdk.jcstress.infra.results.IZ_Result;

/** A frame that a runtime has left behind, and that wants to run while its carrier ends. */
@JCStressTest
@Description("Whoever notices it, the carrier or who resumes the frame, runs it: once.")
@Outcome(id = "1, true", expect = ACCEPTABLE, desc = "The frame has run once, and ended.")
@Outcome(expect = FORBIDDEN, desc = "It never ran, or more than once.")
@State
public class FrameAfterEndStress {
    private static final long LOST_SECONDS = 20;

    /** It warns of each frame that is left behind. */
    private static final Logger QUIET = Logger.getLogger("io.tardy");

    static {
        QUIET.setLevel(Level.OFF);
    }

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
                    actor.runtime().scheduler().runFrames();
                    actor.runtime().end();
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
        try {
            // On a thread of the common pool, perhaps.
            frame.join(TimeUnit.SECONDS.toMillis(LOST_SECONDS));
        } catch (InterruptedException e) {
            throw new IllegalStateException(e);
        }
        result.r1 = runs.get();
        result.r2 = !frame.isAlive();
    }
}
