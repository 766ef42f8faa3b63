package io.tardy.runtime;

import io.netty.util.concurrent.FastThreadLocalThread;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.Executor;
import java.util.concurrent.ForkJoinPool;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicReference;
import java.util.concurrent.locks.LockSupport;
import java.util.function.Consumer;

/**
 * The platform thread of a runtime. It runs continuations, one at a time: those of the frames, and
 * that of the loop, which is a virtual thread too. So a loop that meets a lock is suspended as a
 * frame is, and whoever has the lock, or is before it in the queue, goes on.
 *
 * <p>The loop gives way once a turn if frames are runnable. While it waits for events it holds the
 * carrier, which has nothing else to do then; whoever makes something runnable wakes the loop.
 * While the loop is suspended and no frame is runnable the carrier is parked; whoever makes
 * something runnable unparks it.
 *
 * <p>No code of users runs on the carrier itself, and nothing that waits for a lock which a frame
 * or the loop could hold. See {@code docs/adr/0014-the-loop-is-a-virtual-thread.md}.
 *
 * <p>Where no frames are possible the loop runs on the platform thread, as any loop of Netty's.
 */
public final class Carrier implements Executor {

    /** How many virtual threads that are no frames run before frames have their turn. */
    private static final int OTHERS_MAX = 64;

    private final RuntimeCore runtime;
    private final TaskScheduler scheduler;
    private final Executor threads;

    /** Frames that other threads have made runnable. */
    private final Queue<Task> inbound = new ConcurrentLinkedQueue<>();

    /** Continuations of virtual threads that frames have started without naming a scheduler. */
    private final Queue<Runnable> others = new ConcurrentLinkedQueue<>();

    /** The last that has begun, over or not; a loop that gives its thread up has one for each. */
    private final AtomicReference<Stint> latest = new AtomicReference<>();

    /** The one that is under way, or null. */
    private volatile Stint current;

    /** The runtime is over: what is still brought to us runs on the common pool. */
    private volatile boolean ended;

    /** Whether such a thread runs now; read by others. */
    private volatile boolean runsOther;

    /** Which thread runs continuations now. */
    private volatile Thread thread;

    /** Whether a thread of the common pool runs, or is about to run, what came after the end. */
    private final AtomicBoolean isLate = new AtomicBoolean();

    /**
     * Whether the loop is suspended where it gives way, and not at a lock; on the carrier, or the
     * loop while it has it.
     */
    private boolean gaveWay;

    /** What went wrong beside the loop; on the carrier, or the loop while it has it. */
    private Throwable fault;

    /**
     * @param threads starts the platform threads
     */
    Carrier(RuntimeCore runtime, TaskScheduler scheduler, Executor threads) {
        this.runtime = runtime;
        this.scheduler = scheduler;
        this.threads = threads;
    }

    /** Runs the loop in a thread of ours, or simulated; for Netty, when the loop begins. */
    @Override
    public void execute(Runnable loop) {
        if (simulation() == null) {
            start(loop);
        } else {
            new Stint(null).beginStepped(loop);
        }
    }

    /** A loop that begins only to end, and is refused a thread, does so in the calling one. */
    private void start(Runnable loop) {
        try {
            threads.execute(() -> run(loop));
        } catch (OutOfMemoryError e) {
            if (!runtime.loop().isShuttingDown() || !RuntimeThread.isRefused(e)) {
                throw e;
            }
            loop.run();
        }
    }

    /** Whether frames can run: not on a loop that is no virtual thread of ours. */
    boolean isCarrying() {
        return current != null;
    }

    /** The platform thread, if it runs a virtual thread that is no frame, for others to see. */
    Thread withOther() {
        return runsOther ? thread : null;
    }

    /** Whether this thread runs continuations now, and none of them at this moment. */
    boolean is(Thread current) {
        return current == thread;
    }

    boolean hasInbound() {
        return !inbound.isEmpty() || !others.isEmpty();
    }

    private void run(Runnable loop) {
        if (Thread.currentThread().isVirtual() || !FrameFactory.isUsable()) {
            loop.run();
            return;
        }
        Stint stint = new Stint(Thread.currentThread());
        Stint previous = latest.getAndSet(stint);
        if (previous != null) { // the loop was called back while it gave its thread up
            stint.interrupted = previous.awaitEnd();
        }
        stint.begin(loop);
    }

    /**
     * A platform thread with a loop, from the loop's begin until it ends or gives the thread up.
     */
    private final class Stint implements Executor, SteppedCarrier {
        /** Null of a simulated one, which is given a thread for each step. */
        private final Thread platform;

        private final CountDownLatch over = new CountDownLatch(1);
        private volatile boolean loopRunnable;

        /** Set before the carrier looks for the last time whether there is anything to do. */
        private volatile boolean parked;

        // On the carrier, or the loop while it has it.
        private Thread loopThread;
        private Runnable continuation;
        private boolean loopEnded;
        private boolean interrupted;

        Stint(Thread platform) {
            this.platform = platform;
        }

        void begin(Runnable loop) {
            thread = platform;
            begin(platform.getName(), loop);
            carry();
            end();
            if (interrupted) {
                platform.interrupt(); // the business of whoever gave us the thread
            }
        }

        private void begin(String name, Runnable loop) {
            current = this;
            loopThread = FrameFactory.newThread(this, name, () -> runToItsEnd(loop));
            if (platform == null) {
                simulation().made(loopThread);
            }
            loopThread.start();
        }

        private void end() {
            ended = runtime.hasEnded(); // before anybody finds us gone
            thread = null;
            current = null;
            if (hasInbound() || scheduler.hasQueued()) {
                wakeWithoutThread();
            }
            over.countDown();
        }

        /** As {@link #begin}, but a simulation runs it. */
        void beginStepped(Runnable loop) {
            latest.set(this);
            begin(runtime.toString(), loop);
            simulation().carry(this);
        }

        @Override
        public RuntimeCore runtime() {
            return runtime;
        }

        @Override
        public boolean isOver() {
            return loopEnded;
        }

        @Override
        public int framesRunnable() {
            if (hasInbound()) {
                step(Carrier.this::takeInbound);
            }
            return scheduler.countQueued();
        }

        @Override
        public void stepLoop() {
            loopRunnable = false;
            step(continuation);
            if (loopEnded) {
                end();
                if (threads instanceof RuntimeThread ours) {
                    ours.over();
                }
                runtime.loop().steppedToItsEnd();
            }
        }

        @Override
        public void stepFrame(Consumer<Thread> chosen) {
            step(() -> scheduler.runOne(chosen));
            if (!loopRunnable) {
                runtime.loop().wakeFromWait(); // as of carry
            }
        }

        private void step(Runnable part) {
            thread = Thread.currentThread();
            try {
                part.run();
            } catch (Throwable t) { // a fault of ours
                addFault(t);
            } finally {
                thread = null;
            }
        }

        /** Waits for the end, and tells whether it was interrupted meanwhile. */
        boolean awaitEnd() {
            boolean wasInterrupted = false;
            for (; ; ) {
                try {
                    over.await();
                    return wasInterrupted;
                } catch (InterruptedException e) {
                    wasInterrupted = true;
                }
            }
        }

        private void runToItsEnd(Runnable loop) {
            try {
                if (platform == null) {
                    loop.run(); // Netty tells threads by their numbers, which simulations repeat
                } else {
                    // As on Netty's own threads: its allocators and recyclers live by it.
                    FastThreadLocalThread.runWithFastThreadLocal(loop);
                }
            } finally {
                loopEnded = true;
            }
        }

        private void carry() {
            for (; ; ) {
                if (loopRunnable) {
                    loopRunnable = false;
                    continuation.run();
                    if (loopEnded) {
                        return;
                    }
                } else if (!scheduler.hasRunnable()) {
                    park();
                }
                if (runFrames() && !gaveWay) {
                    // The loop met a lock, perhaps after its last look around and before it waits
                    // for events: what frames have asked for is still due. So it is where the lock
                    // has come free meanwhile.
                    runtime.loop().wakeFromWait();
                }
            }
        }

        /**
         * The JDK also submits it for whoever has looked at its stack: see {@link Task#enqueue}.
         */
        @Override
        public boolean isLoopRunnable() {
            return loopRunnable && loopThread.getState() == Thread.State.RUNNABLE;
        }

        private void park() {
            parked = true;
            if (!loopRunnable && !hasInbound()) {
                LockSupport.park(this);
                interrupted |= Thread.interrupted(); // or it could not park again
            }
            parked = false;
        }

        /** The JDK says that the loop may run, for this is the loop's scheduler; any thread. */
        @Override
        public void execute(Runnable runnable) {
            if (continuation == null) {
                continuation = runnable; // from start(): nobody else knows this yet
            }
            if (runnable != continuation) {
                // A virtual thread that a handler has started without naming a scheduler inherits
                // ours: it is to run where it would run if the handler's thread were none.
                inherited(runnable);
                return;
            }
            if (platform == null) {
                simulation().resume(runtime, loopThread, () -> loopRunnable = true);
            } else {
                loopRunnable = true;
                unparkIfParked();
            }
        }

        private void inherited(Runnable other) {
            if (platform == null) {
                simulation().resumeOther(runtime, () -> simulation().runLater(other));
            } else {
                FrameFactory.defaultScheduler().execute(other);
            }
        }

        boolean unparkIfParked() {
            if (parked) {
                LockSupport.unpark(platform);
                return true;
            }
            return false;
        }
    }

    /** Those that are runnable now, whether the loop has given way or met a lock. */
    private boolean runFrames() {
        if (!scheduler.hasRunnable()) {
            return false;
        }
        try {
            takeInbound();
            scheduler.runBatch();
        } catch (Throwable t) { // a fault of ours
            addFault(t);
        }
        return true;
    }

    private void addFault(Throwable thrown) {
        if (fault == null) {
            fault = thrown;
        } else if (fault != thrown) {
            fault.addSuppressed(thrown);
        }
    }

    private Simulation simulation() {
        return runtime.settings().simulation();
    }

    private void takeInbound() {
        for (Task task; (task = inbound.poll()) != null; ) {
            scheduler.enqueue(task);
        }
        Runnable other;
        for (int left = OTHERS_MAX; left > 0 && (other = others.poll()) != null; left--) {
            runsOther = true;
            try {
                other.run();
            } finally {
                runsOther = false;
            }
        }
    }

    /** The loop gives way to the frames that are runnable now; on the loop. */
    void giveWay() {
        gaveWay = true;
        try {
            Thread.yield();
        } finally {
            gaveWay = false;
        }
        throwFault();
    }

    private void throwFault() {
        Throwable thrown = fault;
        if (thrown == null) {
            return;
        }
        fault = null;
        if (thrown instanceof Error error) {
            throw error;
        }
        throw (RuntimeException) thrown; // nothing that runs there throws any other
    }

    /**
     * A frame may run; any thread but ours. Takes no lock: the JDK calls this where it does not let
     * virtual threads be suspended.
     */
    void resume(Task task) {
        Simulation simulation = simulation();
        if (simulation == null) {
            take(task);
        } else {
            simulation.resume(runtime, task.thread(), () -> take(task));
        }
    }

    private void take(Task task) {
        inbound.add(task);
        wake();
    }

    /** A virtual thread that is no frame, but was started in one, may run; any thread. */
    void resumeOther(Runnable continuation) {
        Simulation simulation = simulation();
        if (simulation == null) {
            takeOther(continuation);
        } else {
            simulation.resumeOther(runtime, () -> takeOther(continuation));
        }
    }

    private void takeOther(Runnable continuation) {
        others.add(continuation);
        if (!is(Thread.currentThread())) {
            wake();
        }
    }

    private void wake() {
        StackRoom.requireToAdd(); // or the loop is perhaps woken by halves, and never again
        Stint stint = current;
        if (stint == null) {
            wakeWithoutThread();
        } else if (!stint.unparkIfParked()) {
            runtime.loop().wakeFromWait();
        }
    }

    private void wakeWithoutThread() {
        if (ended) {
            runLate();
        } else {
            try {
                runtime.loop().execute(() -> {}); // begins again
            } catch (RejectedExecutionException e) { // or rather not
                runLate();
            }
        }
    }

    /**
     * The runtime has ended around threads that still want to run: let them, so that they can end.
     * One at a time, as ever.
     */
    private void runLate() {
        if (isLate.compareAndSet(false, true)) {
            if (simulation() != null) {
                simulation().runLater(this::runLateBatch);
            } else {
                ForkJoinPool.commonPool().execute(this::runLateBatch);
            }
        }
    }

    private void runLateBatch() {
        thread = Thread.currentThread();
        boolean more;
        try {
            takeInbound();
            scheduler.runBatch();
        } finally {
            thread = null;
            more = scheduler.hasQueued();
            isLate.set(false);
        }
        if (more || hasInbound()) {
            runLate();
        }
    }
}
