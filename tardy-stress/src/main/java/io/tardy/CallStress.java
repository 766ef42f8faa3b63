package io.tardy;

import io.tardy.aio.CancelledException;
import io.tardy.sync.Latch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import org.openjdk.jcstress.annotations.Actor;
import org.openjdk.jcstress.annotations.Description;
import org.openjdk.jcstress.annotations.JCStressMeta;
import org.openjdk.jcstress.annotations.JCStressTest;
import org.openjdk.jcstress.annotations.State;
import org.openjdk.jcstress.infra.results.I_Result;

/** A frame that calls another runtime. */
public final class CallStress {

    /** Long enough for an actor that a busy machine does not let run. */
    private static final long LOST_NANOS = TimeUnit.SECONDS.toNanos(20);

    private CallStress() {}

    /** Two runtimes, of which one answers until the other has no more to ask. */
    private static final class Pair {
        private final ActorRuntime caller = new ActorRuntime();
        private final ActorRuntime callee = new ActorRuntime();
        private final Latch over = new Latch(1);
        private volatile boolean answers;

        private static boolean isLate(long beganNanos) {
            return System.nanoTime() - beganNanos > LOST_NANOS;
        }

        void call(FrameBody calls) {
            while (!answers) { // or the caller's thread would start the other's loop
                Thread.onSpinWait();
            }
            long beganNanos = System.nanoTime();
            caller.run(
                    () -> isLate(beganNanos),
                    () -> {
                        try {
                            calls.run();
                        } finally {
                            over.countDown();
                        }
                    });
        }

        void answer() {
            long beganNanos = System.nanoTime();
            callee.run(
                    () -> isLate(beganNanos),
                    () -> {
                        answers = true;
                        over.await();
                    });
        }

        TardyRuntime other() {
            return callee.runtime();
        }
    }

    /** The end of the body against the wait for it. */
    @JCStressTest
    @Description("Whoever calls has the value.")
    @JCStressMeta(Rounds.class)
    @State
    public static class Call {
        private final Pair pair = new Pair();
        private int served;

        @Actor
        public void caller(I_Result result) {
            pair.call(
                    () -> {
                        for (int i = 0; i < Rounds.COUNT; i++) {
                            result.r1 = pair.other().call(() -> ++served);
                        }
                    });
        }

        @Actor
        public void callee() {
            pair.answer();
        }
    }

    /** The same while the caller is told to give up, and passes that on. */
    @JCStressTest
    @Description("A call that is given up is over, or returns its value.")
    @JCStressMeta(Rounds.class)
    @State
    public static class CallAgainstCancel {
        private final Pair pair = new Pair();

        @Actor
        public void caller(I_Result result) {
            pair.call(
                    () -> {
                        AtomicBoolean runs = new AtomicBoolean();
                        Thread caller = Thread.currentThread();
                        for (int i = 0; i < Rounds.COUNT; i++) {
                            int value;
                            try {
                                value = pair.other().call(() -> interrupt(caller, runs));
                            } catch (CancelledException e) {
                                value = 1;
                            }
                            Thread.interrupted();
                            result.r1 += runs.get() ? 0 : value;
                        }
                    });
        }

        private static int interrupt(Thread caller, AtomicBoolean runs) {
            runs.set(true);
            caller.interrupt();
            runs.set(false);
            return 1;
        }

        @Actor
        public void callee() {
            pair.answer();
        }
    }
}
