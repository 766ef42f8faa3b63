package io.tardy;

import java.util.EnumSet;
import java.util.concurrent.locks.LockSupport;
import org.openjdk.jcstress.annotations.Actor;
import org.openjdk.jcstress.annotations.Description;
import org.openjdk.jcstress.annotations.JCStressMeta;
import org.openjdk.jcstress.annotations.JCStressTest;
import org.openjdk.jcstress.annotations.State;
import org.openjdk.jcstress.infra.results.I_Result;

/** Who waits against who wakes him: a loop, a carrier, a frame. */
public final class WakeStress {

    private WakeStress() {}

    /**
     * {@code Carrier.resume} against {@code Carrier.park}, while the loop is suspended as at a
     * lock.
     */
    @JCStressTest
    @Description("A frame that becomes runnable unparks the carrier.")
    @JCStressMeta(Rounds.class)
    @State
    public static class FrameOnParkedCarrier {
        private final ActorRuntime actor = new ActorRuntime();
        private final Rounds rounds = new Rounds();
        private volatile Thread carrier;

        @Actor
        public void carrier(I_Result result) {
            carrier = Thread.currentThread();
            actor.carry(
                    () -> {
                        Thread loop = Thread.currentThread();
                        actor.runtime().spawn(() -> answer(loop));
                        while (!rounds.areOver()) {
                            LockSupport.park(rounds);
                        }
                    });
            result.r1 = rounds.outcome();
        }

        private void answer(Thread loop) {
            rounds.answering(Thread.currentThread());
            while (!rounds.areOver()) {
                while (!rounds.isAsked()) {
                    LockSupport.park(rounds);
                }
                rounds.answer();
            }
            LockSupport.unpark(loop);
        }

        @Actor
        public void other() {
            Thread frame = rounds.awaitAnswerer();
            for (int i = 0; i < Rounds.COUNT; i++) {
                rounds.ask();
                LockSupport.unpark(frame);
                rounds.told();
                rounds.awaitAnswer(carrier);
            }
        }
    }

    /** The end of the loop's wait, as at a lock, against {@code Carrier.park}. */
    @JCStressTest
    @Description("A loop that becomes runnable unparks the carrier.")
    @JCStressMeta(Rounds.class)
    @State
    public static class LoopOnParkedCarrier {
        private final ActorRuntime actor = new ActorRuntime();
        private final Rounds rounds = new Rounds();
        private volatile Thread carrier;

        @Actor
        public void carrier(I_Result result) {
            carrier = Thread.currentThread();
            actor.carry(
                    () -> {
                        rounds.answering(Thread.currentThread());
                        while (!rounds.areOver()) {
                            while (!rounds.isAsked()) {
                                LockSupport.park(rounds);
                            }
                            rounds.answer();
                        }
                    });
            result.r1 = rounds.outcome();
        }

        @Actor
        public void other() {
            Thread loop = rounds.awaitAnswerer();
            for (int i = 0; i < Rounds.COUNT; i++) {
                rounds.ask();
                LockSupport.unpark(loop);
                rounds.told();
                rounds.awaitAnswer(carrier);
            }
        }
    }

    /**
     * {@code Carrier.resume} against the loop that looks for the last time before it waits for
     * events.
     */
    @JCStressTest
    @Description("A frame that becomes runnable wakes the loop from its wait.")
    @JCStressMeta(Rounds.class)
    @State
    public static class Resume {
        private final ActorRuntime actor = new ActorRuntime();
        private final Rounds rounds = new Rounds();

        @Actor
        public void loop(I_Result result) {
            actor.run(
                    rounds::isTold,
                    () -> {
                        rounds.answering(Thread.currentThread());
                        while (!rounds.areOver() && !actor.hasLost()) {
                            while (!rounds.isAsked() && !actor.hasLost()) {
                                LockSupport.park(rounds);
                            }
                            rounds.answer();
                        }
                    });
            result.r1 = rounds.outcome(actor);
        }

        @Actor
        public void other() {
            Thread frame = rounds.awaitAnswerer();
            for (int i = 0; i < Rounds.COUNT && !actor.hasLost(); i++) {
                rounds.ask();
                LockSupport.unpark(frame);
                rounds.told();
                rounds.awaitAnswer(actor);
            }
        }
    }

    /**
     * {@code trigger}, a task of the loop, against the loop that looks for the last time before it
     * waits.
     */
    @JCStressTest
    @Description("A trigger wakes the loop from its wait.")
    @JCStressMeta(Rounds.class)
    @State
    public static class Trigger {
        private final ActorRuntime actor = new ActorRuntime();
        private final Rounds rounds = new Rounds();

        private volatile long task;

        @Actor
        public void loop(I_Result result) {
            actor.run(
                    rounds::isTold,
                    () -> {
                        task = actor.runtime().scheduler().currentTask();
                        rounds.answering(Thread.currentThread());
                        while (!rounds.areOver()) {
                            while (!rounds.isAsked()) {
                                actor.runtime().scheduler().triggerAwait();
                            }
                            rounds.answer();
                        }
                    });
            result.r1 = rounds.outcome(actor);
        }

        @Actor
        public void other() {
            rounds.awaitAnswerer();
            for (int i = 0; i < Rounds.COUNT && !actor.hasLost(); i++) {
                rounds.ask();
                actor.runtime().trigger(task);
                rounds.told();
                rounds.awaitAnswer(actor);
            }
        }
    }

    /** {@code Frame.join} in a frame, against the end of the other frame on another thread. */
    @JCStressTest
    @Description("Nobody waits for a frame that has ended.")
    @JCStressMeta(Rounds.class)
    @State
    public static class Join {
        private final ActorRuntime actor = new ActorRuntime();
        private final Rounds rounds = new Rounds();
        private final Frame<?>[] frames = new Frame<?>[Rounds.COUNT];

        public Join() {
            for (int i = 0; i < frames.length; i++) {
                frames[i] = new Frame<Object>(null, "ended", null);
            }
        }

        @Actor
        public void joiner(I_Result result) {
            actor.run(
                    rounds::isTold,
                    () -> {
                        for (Frame<?> frame : frames) {
                            frame.join();
                            rounds.answer();
                        }
                    });
            result.r1 = rounds.outcome(actor);
        }

        @Actor
        public void other() {
            for (Frame<?> frame : frames) {
                if (actor.hasLost()) {
                    return;
                }
                rounds.ask();
                frame.end(false);
                rounds.told();
                rounds.awaitAnswer(actor);
            }
        }
    }

    /** {@code Signals.next} in a frame, against the thread on which the JVM tells of a signal. */
    @JCStressTest
    @Description("A signal wakes the frame that waits for it.")
    @JCStressMeta(Rounds.class)
    @State
    public static class Signalled {
        private final ActorRuntime actor = new ActorRuntime();
        private final Rounds rounds = new Rounds();
        private final Signals signals = new Signals(EnumSet.of(Signal.TERM));

        @Actor
        public void waiter(I_Result result) {
            actor.run(
                    rounds::isTold,
                    () -> {
                        for (int i = 0; i < Rounds.COUNT; i++) {
                            signals.next();
                            rounds.answer();
                        }
                    });
            result.r1 = rounds.outcome(actor);
        }

        @Actor
        public void other() {
            for (int i = 0; i < Rounds.COUNT && !actor.hasLost(); i++) {
                rounds.ask();
                signals.raised(Signal.TERM);
                rounds.told();
                rounds.awaitAnswer(actor);
            }
        }
    }
}
