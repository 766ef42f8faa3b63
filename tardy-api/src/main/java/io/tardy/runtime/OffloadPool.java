package io.tardy.runtime;

import io.tardy.aio.AsyncSubmission;
import io.tardy.aio.Errno;
import io.tardy.os.BlockingThreads;
import io.tardy.os.FileCalls;
import io.tardy.os.FileHandle;
import io.tardy.os.Outcome;
import io.tardy.spi.Operation;
import java.lang.System.Logger.Level;
import java.util.HashMap;
import java.util.Map;
import java.util.concurrent.Callable;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.SynchronousQueue;
import java.util.concurrent.ThreadPoolExecutor;
import java.util.concurrent.TimeUnit;

/**
 * The platform threads of one runtime, for what blocks: offloaded calls, and file operations that
 * its transport does not do natively. Each of the two has threads of its own, for a call may wait
 * for a frame that waits for a file. Made when first needed; bounded. The queues hold at most one
 * job for each task.
 *
 * <p>An operation that waits for a peer must not hold up one that ends by itself: the write that it
 * waits for could be queued behind it. So a file operation is first tried without a wait. If it
 * would wait (for a FIFO's other end, at a terminal), it gets a thread of its own. There is no
 * queue for these: beyond {@link #WAITS_MAX} waits an operation is refused at once, because the one
 * ahead of it might never end. One poll(2) for all would need fewer threads, but not every system
 * has it.
 */
public final class OffloadPool {

    private static final System.Logger LOGGER = System.getLogger("io.tardy");
    private static final long IDLE_SECONDS = 10;

    /** How many file operations of a runtime may wait for a peer at the same time. */
    static final int WAITS_MAX = 256;

    private final RuntimeCore runtime;

    /** Jobs whose end has not been reported, by operation. For the loop's thread only. */
    private final Map<Operation, Job> jobs = new HashMap<>();

    private final Threads forCalls = new Threads("offload");
    private final Threads forFiles = new Threads("files");
    private final Threads forWaits = new Threads("waits");
    private int waitsActive;
    private boolean closed;
    private boolean toldOfWant;

    OffloadPool(RuntimeCore runtime) {
        this.runtime = runtime;
    }

    private RuntimeCounts counts() {
        return runtime.scheduler().counts();
    }

    /** How many jobs it has that are not over; on another thread, a recent value. */
    public int active() {
        return jobs.size();
    }

    /** What a call did: one of the two, or neither if it returned null. */
    record Returned(Object value, Throwable failure) {}

    /** What an operation on a file threw. */
    private record Threw(Throwable thrown) {}

    /** An operation on its way through a thread of the pool. */
    private abstract class Job implements Runnable {
        private final Operation operation;

        /** Where it is; the loop's thread. */
        private Threads threads;

        private Object outcome;

        Job(Operation operation, Threads threads) {
            this.operation = operation;
            this.threads = threads;
        }

        final Operation operation() {
            return operation;
        }

        /** Does it, on the pool's thread. */
        abstract Object call();

        /** Asks it to end, on the loop's thread. */
        abstract void giveUp();

        /** There is no thread for it; on the loop's thread. */
        abstract void fail(Error want);

        /** As many wait as may; on the loop's thread. */
        private void refuse() {
            counts().jobRefused();
            operation.reject(
                    new RejectedExecutionException(
                            WAITS_MAX
                                    + " file operations of "
                                    + runtime
                                    + " wait for a FIFO's other end, a terminal or the like, and no"
                                    + " more can: each has a thread of its own"));
        }

        @Override
        public final void run() {
            outcome = call();
            try {
                runtime.loop().execute(this::tell);
            } catch (RejectedExecutionException e) {
                discard(); // the runtime has ended around the frame that asked
            }
        }

        /** On the loop's thread. */
        private void tell() {
            if (waits()) {
                waitsActive--;
            }
            if (jobs.get(operation) != this) {
                discard();
            } else if (outcome == Outcome.WOULD_WAIT) {
                await();
            } else {
                jobs.remove(operation);
                end(outcome);
            }
        }

        /** Does it once more, where it may wait; on the loop's thread. */
        private void await() {
            if (waitsActive == WAITS_MAX) {
                jobs.remove(operation);
                refuse();
                return;
            }
            threads = forWaits;
            waitsActive++;
            begin(this);
        }

        /** Whether it is done where it may wait. */
        final boolean waits() {
            return threads == forWaits;
        }

        /** Tells the frame; on the loop's thread. */
        final void end(Object outcome) {
            if (outcome instanceof Outcome.Failed failed) {
                operation.fail(failed.errno());
            } else if (outcome instanceof Threw threw) {
                operation.reject(threw.thrown());
            } else {
                operation.succeed(outcome);
            }
        }

        private void discard() {
            Object made = outcome instanceof Returned returned ? returned.value : outcome;
            if (made instanceof FileHandle opened) {
                opened.closeNow();
            }
        }
    }

    private final class FileJob extends Job {
        // Not the operation's own: that may serve another submission when the runtime has ended
        // around the thread that does this.
        private final AsyncSubmission.OnFile submission;
        private final long offset;
        private volatile boolean givenUp;

        FileJob(Operation operation) {
            super(operation, forFiles);
            this.submission = (AsyncSubmission.OnFile) operation.submission();
            this.offset = operation.offset();
        }

        private boolean isClose() {
            return submission instanceof AsyncSubmission.CloseFile;
        }

        @Override
        Object call() {
            if (givenUp && !isClose()) {
                return new Outcome.Failed(Errno.ECANCELED.number());
            }
            try {
                return waits()
                        ? FileCalls.of(submission).run(submission, offset, () -> givenUp)
                        : FileCalls.of(submission).tryRun(submission, offset);
            } catch (RuntimeException | Error e) {
                return new Threw(e);
            }
        }

        @Override
        void giveUp() {
            givenUp = true;
        }

        @Override
        void fail(Error want) {
            if (isClose()) {
                end(call()); // here, at the price of a moment: else it would stay open for good
                return;
            }
            if (!toldOfWant) {
                toldOfWant = true;
                LOGGER.log(
                        Level.WARNING,
                        runtime
                                + ": file operations fail with ENOMEM, for no thread can be started"
                                + " to do them; look at the limits of threads (ulimit -u, pids.max)"
                                + " and of memory",
                        want);
            }
            end(new Outcome.Failed(Errno.ENOMEM.number()));
        }
    }

    private final class CallJob extends Job {
        private final Callable<?> callable;

        // Guarded by this: the thread that is in the call, and whether it may still begin.
        private Thread worker;
        private boolean givenUp;

        CallJob(CallOperation<?> operation) {
            super(operation, forCalls);
            this.callable = operation.call();
        }

        @Override
        Object call() {
            synchronized (this) {
                if (givenUp) { // on its way from the queue to this thread
                    return new Outcome.Failed(Errno.ECANCELED.number());
                }
                worker = Thread.currentThread();
            }
            try {
                return new Returned(callable.call(), null);
            } catch (Throwable t) {
                return new Returned(null, t);
            } finally {
                synchronized (this) {
                    worker = null;
                }
                Thread.interrupted(); // it was meant for the call
            }
        }

        @Override
        synchronized void giveUp() {
            givenUp = true;
            if (worker != null) {
                worker.interrupt();
            }
        }

        @Override
        void fail(Error want) {
            end(new Returned(null, want));
        }
    }

    /** Does a file operation; on the loop's thread. */
    void start(Operation operation) {
        start(new FileJob(operation));
    }

    /** Does a call; on the loop's thread. */
    void start(CallOperation<?> operation) {
        start(new CallJob(operation));
    }

    private void start(Job job) {
        if (closed) {
            throw new RejectedExecutionException(runtime + " has ended");
        }
        jobs.put(job.operation, job);
        counts().job();
        begin(job);
    }

    private void begin(Job job) {
        try {
            job.threads.execute(job);
        } catch (Error e) { // the system starts no more threads: this frame's trouble only
            counts().jobRefused();
            jobs.remove(job.operation);
            if (job.waits()) {
                waitsActive--;
            }
            job.fail(e);
        }
    }

    /**
     * Gives up an operation; on the loop's thread. One that has not begun is over at once; one that
     * has is over when the system has done with it.
     *
     * @return whether it was here
     */
    boolean cancel(Operation operation) {
        Job job = jobs.get(operation);
        if (job == null) {
            return false;
        }
        boolean isClose = operation.submission() instanceof AsyncSubmission.CloseFile;
        if (!isClose && job.threads.remove(job)) {
            jobs.remove(operation);
            operation.fail(Errno.ECANCELED.number());
        } else {
            job.giveUp();
        }
        return true;
    }

    /** The runtime has ended; threads that still work end when they are done. */
    void close() {
        closed = true;
        jobs.forEach(
                (operation, job) -> {
                    job.giveUp();
                    operation.fail(Errno.ECANCELED.number());
                });
        jobs.clear();
        forCalls.close();
        forFiles.close();
        forWaits.close();
    }

    /** Threads for jobs of one kind; on the loop's thread. */
    private final class Threads {
        private final String kind;
        private ThreadPoolExecutor executor;

        Threads(String kind) {
            this.kind = kind;
        }

        /**
         * @throws Error if there is no thread and none can be started; the job is not done then
         */
        void execute(Job job) {
            Simulation simulation = runtime.settings().simulation();
            if (simulation != null) {
                simulation.offload(job);
                return;
            }
            if (executor == null) {
                executor = newExecutor();
            }
            try {
                executor.execute(job);
            } catch (Error e) {
                if (executor.getPoolSize() == 0 || this == forWaits) {
                    throw e;
                }
                executor.getQueue().add(job); // those that there are will come to it
            }
        }

        /** Takes a job back that no thread has begun; false if one has. */
        boolean remove(Job job) {
            return executor != null && executor.remove(job);
        }

        void close() {
            if (executor != null) {
                executor.shutdown();
            }
        }

        private ThreadPoolExecutor newExecutor() {
            RuntimeSettings settings = runtime.settings();
            boolean queues = this != forWaits;
            ThreadPoolExecutor made =
                    new ThreadPoolExecutor(
                            queues ? settings.offloadThreadsMax() : 0,
                            // One that has ended its wait, and one that begins, may overlap.
                            queues ? settings.offloadThreadsMax() : Integer.MAX_VALUE,
                            IDLE_SECONDS,
                            TimeUnit.SECONDS,
                            queues ? new LinkedBlockingQueue<>() : new SynchronousQueue<>(),
                            new BlockingThreads(
                                    settings.threadName() + "-" + settings.id() + "-" + kind));
            if (queues) {
                made.allowCoreThreadTimeOut(true);
            }
            return made;
        }
    }
}
