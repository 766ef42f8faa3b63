package io.tardy;

import static org.openjdk.jcstress.annotations.Expect.ACCEPTABLE;
import static org.openjdk.jcstress.annotations.Expect.FORBIDDEN;

import io.tardy.aio.CancelledException;
import io.tardy.aio.TardyIOException;
import io.tardy.sync.Condition;
import io.tardy.sync.Held;
import io.tardy.sync.Latch;
import io.tardy.sync.Mutex;
import io.tardy.sync.Semaphore;
import org.openjdk.jcstress.annotations.Actor;
import org.openjdk.jcstress.annotations.Arbiter;
import org.openjdk.jcstress.annotations.Description;
import org.openjdk.jcstress.annotations.JCStressMeta;
import org.openjdk.jcstress.annotations.JCStressTest;
import org.openjdk.jcstress.annotations.Outcome;
import org.openjdk.jcstress.annotations.State;
import org.openjdk.jcstress.infra.results.II_Result;
import org.openjdk.jcstress.infra.results.I_Result;
import org.openjdk.jcstress.infra.results.ZZI_Result;

/** A frame at a lock of {@code io.tardy.sync}, and another thread. */
public final class LockStress {

    private LockStress() {}

    /** Two that want the last permit of a {@code Semaphore}. */
    @JCStressTest
    @Description("The last permit is given once.")
    @Outcome(
            id = {"true, false, 0", "false, true, 0"},
            expect = ACCEPTABLE,
            desc = "One has it.")
    @Outcome(expect = FORBIDDEN, desc = "Both have it, or nobody.")
    @State
    public static class LastPermit {
        private final Semaphore semaphore = new Semaphore(1);

        @Actor
        public void one(ZZI_Result result) {
            result.r1 = semaphore.tryAcquire();
        }

        @Actor
        public void other(ZZI_Result result) {
            result.r2 = semaphore.tryAcquire();
        }

        @Arbiter
        public void end(ZZI_Result result) {
            result.r3 = semaphore.available();
        }
    }

    /** A frame that waits for a permit, against the thread that gives it back. */
    @JCStressTest
    @Description("No frame sleeps where a permit is free.")
    @JCStressMeta(Rounds.class)
    @State
    public static class Acquire {
        private final ActorRuntime actor = new ActorRuntime();
        private final Rounds rounds = new Rounds();
        private final Semaphore semaphore = new Semaphore(1);

        @Actor
        public void frame(I_Result result) {
            actor.run(
                    rounds::isTold,
                    () -> {
                        semaphore.acquire();
                        rounds.answering(Thread.currentThread());
                        while (!rounds.areOver()) {
                            semaphore.acquire();
                            rounds.answer();
                        }
                    });
            result.r1 = rounds.outcome(actor);
        }

        @Actor
        public void releaser() {
            rounds.awaitAnswerer();
            for (int i = 0; i < Rounds.COUNT && !actor.hasLost(); i++) {
                rounds.ask();
                semaphore.release();
                rounds.told();
                rounds.awaitAnswer(actor);
            }
        }
    }

    /** The same while the frame is told to give up: it has the permit, or has left it. */
    @JCStressTest
    @Description("A permit that is handed over during a cancel is not lost.")
    @JCStressMeta(Rounds.class)
    @State
    public static class AcquireAgainstCancel {
        private final ActorRuntime actor = new ActorRuntime();
        private final Rounds rounds = new Rounds();
        private final Semaphore semaphore = new Semaphore(1);

        @Actor
        public void frame(I_Result result) {
            actor.run(
                    rounds::isTold,
                    () -> {
                        semaphore.acquire();
                        rounds.answering(Thread.currentThread());
                        while (!rounds.areOver()) {
                            if (!tryAcquire(semaphore)) {
                                semaphore.acquire(); // what it has left, or what comes now
                            }
                            Thread.interrupted(); // it came before the permit
                            rounds.answer();
                        }
                    });
            result.r1 = semaphore.available() == 0 ? rounds.outcome(actor) : -2;
        }

        private static boolean tryAcquire(Semaphore semaphore) throws TardyIOException {
            try {
                semaphore.acquire();
                return true;
            } catch (CancelledException e) {
                Thread.interrupted();
                return false;
            }
        }

        @Actor
        public void releaser() {
            Thread frame = rounds.awaitAnswerer();
            for (int i = 0; i < Rounds.COUNT && !actor.hasLost(); i++) {
                rounds.ask();
                frame.interrupt();
                semaphore.release();
                rounds.told();
                rounds.awaitAnswer(actor);
            }
        }
    }

    /** A frame that locks a {@code Mutex}, against a thread that does when it can. */
    @JCStressTest
    @Description("Whoever has the mutex sees what was done under it, and nobody sleeps on.")
    @Outcome(id = "100, 200", expect = ACCEPTABLE, desc = "Both have added all.")
    @Outcome(expect = FORBIDDEN, desc = "Both had it at once, or the frame slept on.")
    @State
    public static class Exclusion {
        private final ActorRuntime actor = new ActorRuntime();
        private final Mutex mutex = new Mutex();
        private int value;
        private volatile boolean isOver;

        @Actor
        public void frame(II_Result result) {
            int[] added = {0};
            actor.run(
                    () -> isOver,
                    () -> {
                        for (int i = 0; i < 100; i++) {
                            try (Held held = mutex.hold()) {
                                value++;
                                added[0]++;
                            }
                        }
                    });
            result.r1 = added[0];
        }

        @Actor
        public void thread() {
            for (int i = 0; i < 100; i++) {
                while (!mutex.tryLock()) {
                    Thread.onSpinWait();
                }
                value++;
                mutex.unlock();
            }
            isOver = true;
        }

        @Arbiter
        public void end(II_Result result) {
            result.r2 = value;
        }
    }

    /** A frame that waits for a {@code Condition} and is told to give up, against a signal. */
    @JCStressTest
    @Description("A signal is not lost, whatever else ends the wait.")
    @JCStressMeta(Rounds.class)
    @State
    public static class Signal {
        private final ActorRuntime actor = new ActorRuntime();
        private final Rounds rounds = new Rounds();
        private final Mutex mutex = new Mutex();
        private final Condition asked = mutex.condition();

        @Actor
        public void frame(I_Result result) {
            actor.run(
                    rounds::isTold,
                    () -> {
                        rounds.answering(Thread.currentThread());
                        while (!rounds.areOver()) {
                            answer();
                        }
                    });
            result.r1 = mutex.isLocked() ? -2 : rounds.outcome(actor);
        }

        private void answer() throws TardyIOException {
            lock();
            while (!rounds.isAsked() && !actor.hasLost()) {
                try {
                    asked.await();
                } catch (CancelledException e) {
                    Thread.interrupted();
                }
            }
            mutex.unlock();
            Thread.interrupted();
            rounds.answer();
        }

        private void lock() throws TardyIOException {
            try {
                mutex.lock();
            } catch (CancelledException e) {
                Thread.interrupted();
                mutex.lock();
            }
        }

        @Actor
        public void signaller() {
            Thread frame = rounds.awaitAnswerer();
            for (int i = 0; i < Rounds.COUNT && !actor.hasLost(); i++) {
                frame.interrupt();
                while (!mutex.tryLock()) {
                    if (actor.hasLost()) {
                        return;
                    }
                    Thread.onSpinWait();
                }
                rounds.ask();
                asked.signal();
                mutex.unlock();
                rounds.told();
                rounds.awaitAnswer(actor);
            }
        }
    }

    /** A frame that waits for a {@code Latch}, against the thread that counts it down. */
    @JCStressTest
    @Description("Nobody sleeps at a latch that is down.")
    @JCStressMeta(Rounds.class)
    @State
    public static class CountDown {
        private final ActorRuntime actor = new ActorRuntime();
        private final Rounds rounds = new Rounds();
        private final Latch[] latches = new Latch[Rounds.COUNT];

        public CountDown() {
            for (int i = 0; i < latches.length; i++) {
                latches[i] = new Latch(1);
            }
        }

        @Actor
        public void frame(I_Result result) {
            actor.run(
                    rounds::isTold,
                    () -> {
                        for (Latch latch : latches) {
                            latch.await();
                            rounds.answer();
                        }
                    });
            result.r1 = rounds.outcome(actor);
        }

        @Actor
        public void thread() {
            for (int i = 0; i < Rounds.COUNT && !actor.hasLost(); i++) {
                rounds.ask();
                latches[i].countDown();
                rounds.told();
                rounds.awaitAnswer(actor);
            }
        }
    }
}
