package io.tardy;

import static org.openjdk.jcstress.annotations.Expect.ACCEPTABLE;
import static org.openjdk.jcstress.annotations.Expect.FORBIDDEN;

import io.tardy.runtime.CoreSteps;
import io.tardy.stress.Pause;
import java.time.Duration;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
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
import org.openjdk.jcstress.infra.results.III_Result;

/**
 * Frames that a runtime has left behind, and that want to run while its carrier ends. Whoever
 * notices it, the carrier or who resumes them, lets them run, on the common pool perhaps: once, and
 * one at a time.
 */
@JCStressTest
@Description("A frame that becomes runnable while its carrier ends is run by somebody.")
@Outcome(id = "2, 2, 0", expect = ACCEPTABLE, desc = "Both have run once, and ended.")
@Outcome(expect = FORBIDDEN, desc = "One never ran, or more than once, or both did at once.")
@State
public class FrameAfterEndStress {

    private static final int FRAMES = 2;
    private static final int SPINS = 256;
    private static final long LOST_SECONDS = 20;

    /** It warns of each frame that is left behind. */
    private static final Logger QUIET = Logger.getLogger("io.tardy");

    static {
        QUIET.setLevel(Level.OFF);
    }

    /** So many pauses there are between the two at most, for a thread of the pool to begin. */
    private static final int PAUSES = 32; // a power of two

    private static final Pause PAUSE = new Pause();
    private static int states;

    private final ActorRuntime actor = new ActorRuntime();
    private final Queue<Thread> frames = new ConcurrentLinkedQueue<>();
    private final AtomicInteger waiting = new AtomicInteger();
    private final AtomicInteger running = new AtomicInteger();
    private final AtomicInteger runs = new AtomicInteger();
    private final AtomicInteger overlaps = new AtomicInteger();
    private volatile boolean asked;

    @Actor
    public void carrier() {
        actor.carry(
                () -> {
                    for (int i = 0; i < FRAMES; i++) {
                        actor.runtime().spawn(this::waitAndRun);
                    }
                    CoreSteps.runFrames(actor.runtime().core());
                    CoreSteps.end(actor.runtime().core());
                });
    }

    private void waitAndRun() {
        frames.add(Thread.currentThread());
        waiting.incrementAndGet();
        while (!asked) {
            LockSupport.park(runs);
        }
        if (running.incrementAndGet() > 1) {
            overlaps.incrementAndGet();
        }
        runs.incrementAndGet();
        for (int i = 0; i < SPINS; i++) {
            Thread.onSpinWait(); // long enough to be seen by the other one
        }
        running.decrementAndGet();
    }

    @Actor
    public void other() {
        while (waiting.get() < FRAMES) {
            Thread.onSpinWait();
        }
        PAUSE.next();
        asked = true;
        LockSupport.unpark(frames.peek());
        states++;
        for (int i = states & (PAUSES - 1); i > 0; i--) {
            PAUSE.next();
        }
        frames.forEach(LockSupport::unpark);
    }

    @Arbiter
    public void end(III_Result result) {
        for (Thread frame : frames) {
            try {
                if (frame.join(Duration.ofSeconds(LOST_SECONDS))) {
                    result.r1++;
                }
            } catch (InterruptedException e) {
                throw new IllegalStateException(e);
            }
        }
        result.r2 = runs.get();
        result.r3 = overlaps.get();
    }
}
