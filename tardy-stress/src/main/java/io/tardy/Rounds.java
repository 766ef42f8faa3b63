package io.tardy;

import static org.openjdk.jcstress.annotations.Expect.ACCEPTABLE;
import static org.openjdk.jcstress.annotations.Expect.FORBIDDEN;

import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import org.openjdk.jcstress.annotations.Outcome;

/**
 * One actor asks, the other answers, and so on: a state costs much more than one round, which is
 * what the test is about.
 */
@Outcome(id = Rounds.ALL, expect = ACCEPTABLE, desc = "Each time who was woken has gone on.")
@Outcome(expect = FORBIDDEN, desc = "Somebody slept on, and was helped.")
final class Rounds {

    static final int COUNT = 100;

    /** As outcomes have it. */
    static final String ALL = "100";

    /** Long enough for an actor that a busy machine does not let run. */
    private static final long LOST_NANOS = TimeUnit.SECONDS.toNanos(20);

    /** After the first that was lost the test has failed, and need not take long. */
    private static final long LOST_AGAIN_NANOS = TimeUnit.MILLISECONDS.toNanos(1);

    private static volatile boolean anyLost;

    private volatile int asked;
    private volatile int told;
    private volatile int answered;
    private volatile Thread answerer;
    private volatile boolean lost;

    // The waiting loop's, which looks whether it should have been woken.
    private int overdue;
    private long overdueSinceNanos;

    // Who answers.

    /** Says who is to be woken. */
    void answering(Thread thread) {
        answerer = thread;
    }

    boolean isAsked() {
        return asked > answered;
    }

    void answer() {
        answered = answered + 1; // by one thread only
    }

    boolean areOver() {
        return answered == COUNT;
    }

    /** Whether all was done to wake who answers. */
    boolean isTold() {
        return told > answered;
    }

    /**
     * The same, and long ago: where the frame meets a monitor, the JVM lets it go on by a thread of
     * its own, and whoever has left the monitor may be through with all before that.
     */
    boolean isToldLongAgo() {
        if (!isTold()) {
            return false;
        }
        if (overdue != told) {
            overdue = told;
            overdueSinceNanos = System.nanoTime();
        }
        return isLost(overdueSinceNanos);
    }

    // Who asks.

    Thread awaitAnswerer() {
        Thread thread;
        while ((thread = answerer) == null) {
            Thread.onSpinWait();
        }
        return thread;
    }

    void ask() {
        asked = asked + 1;
    }

    void told() {
        told = asked;
    }

    /** Waits for the answer, until a wake-up is known to be lost. */
    void awaitAnswer(ActorRuntime runtime) {
        while (isTold() && !runtime.hasLost()) {
            Thread.onSpinWait();
        }
    }

    /** The same where a thread is parked, which cannot tell. It is helped once it is too late. */
    void awaitAnswer(Thread parked) {
        long began = System.nanoTime();
        while (isTold()) {
            Thread.onSpinWait();
            if (isLost(began)) {
                lost = true;
                LockSupport.unpark(parked);
                began = System.nanoTime();
            }
        }
    }

    /** Whether nothing will come any more of a wait that has begun then. */
    private static boolean isLost(long beganNanos) {
        boolean isLost = System.nanoTime() - beganNanos > (anyLost ? LOST_AGAIN_NANOS : LOST_NANOS);
        if (isLost) {
            anyLost = true;
        }
        return isLost;
    }

    /** What came of it: how many were answered, or that somebody had to be helped. */
    int outcome() {
        return lost ? -1 : answered;
    }

    int outcome(ActorRuntime runtime) {
        return runtime.hasLost() ? -1 : answered;
    }
}
