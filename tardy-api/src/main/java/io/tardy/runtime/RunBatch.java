package io.tardy.runtime;

/** What a runtime's frames do in one turn of the loop; on its carrier. */
final class RunBatch {

    /**
     * How long frames may run in one turn before I/O and Netty's tasks have theirs; in real time,
     * for a clock of the user's may stand still.
     */
    private static final long BUDGET_NANOS = 10_000_000;

    /** The clock is looked at once for so many frames. */
    private static final int FRAMES_PER_CLOCK_LOOK = 64;

    /**
     * How many frames that become runnable meanwhile run in the same turn. A turn costs as much as
     * several resumptions, which frames that wake each other would pay each time.
     */
    private static final int FOLLOWERS_MAX = 64;

    private static final int FOLLOWERS_PER_CLOCK_LOOK = 8;

    /**
     * How long frames that do nothing but yield may go on before the loop has its turn: less than a
     * call of the system that waits takes. And how often, should time stand still.
     */
    private static final long YIELDS_NANOS = 20_000;

    private static final int YIELDS_MAX = 64;

    private final RuntimeCore runtime;
    private final TaskScheduler scheduler;
    private final RunQueue runQueue;
    private final RunQueue yielded = new RunQueue(null);
    private boolean isRunning;
    private boolean haveYielded;

    /** Whether the frame that runs is about to see whether it can be suspended. */
    private boolean isTryingToSuspend;

    RunBatch(RuntimeCore runtime, TaskScheduler scheduler, RunQueue runQueue) {
        this.runtime = runtime;
        this.scheduler = scheduler;
        this.runQueue = runQueue;
    }

    /**
     * Where a task goes that is runnable now.
     *
     * @param isMounted whether its frame is the one that runs: it has yielded, or will be resumed
     *     as soon as it waits
     */
    RunQueue queueFor(boolean isMounted) {
        boolean standsAside = isMounted && isRunning && !isTryingToSuspend;
        isTryingToSuspend &= !isMounted;
        return standsAside ? yielded : runQueue;
    }

    /**
     * Has the frame of this task, which calls, be suspended: it goes on behind those that are
     * runnable. That is sooner than after a yield, which lets I/O have its turn.
     *
     * @throws IllegalStateException if it cannot be
     */
    void suspendOnce(Task task, String operation) {
        isTryingToSuspend = true;
        try {
            if (!task.tryYield()) {
                throw FrameParking.refusal(operation, runtime);
            }
        } finally {
            isTryingToSuspend = false;
        }
    }

    /** Sees to it that so many tasks can be runnable without a need of memory. */
    void reserve(int tasks) {
        runQueue.reserve(tasks);
        yielded.reserve(tasks);
    }

    /**
     * Runs the frames that are runnable now, and some of those that they make runnable, within a
     * budget of time.
     */
    void run() {
        boolean goesOn = haveYielded; // in the last batch, and so perhaps again
        long began = goesOn ? runtime.settings().realNanos() : 0;
        runOnce();
        for (int more = YIELDS_MAX;
                goesOn
                        && --more > 0
                        && haveYielded
                        && !runtime.hasOtherWork()
                        && isWithin(began, YIELDS_NANOS); ) {
            runOnce();
        }
    }

    private void runOnce() {
        isRunning = true;
        try {
            runWithinBudget();
        } finally {
            isRunning = false;
            haveYielded = !yielded.isEmpty();
            while (!yielded.isEmpty()) {
                runQueue.add(yielded.take());
            }
        }
    }

    private void runWithinBudget() {
        int runnable = runQueue.count();
        long began = runnable > FRAMES_PER_CLOCK_LOOK ? runtime.settings().realNanos() : 0;
        for (int ran = 1; ran <= runnable && !runQueue.isEmpty(); ran++) {
            scheduler.runFrame(runQueue.take());
            if (ran < runnable
                    && ran % FRAMES_PER_CLOCK_LOOK == 0
                    && !isWithin(began, BUDGET_NANOS)) {
                return;
            }
        }
        if (!runQueue.isEmpty()) {
            runFollowers();
        }
    }

    private void runFollowers() {
        long began = runtime.settings().realNanos();
        for (int ran = 1; ran <= FOLLOWERS_MAX && !runQueue.isEmpty(); ran++) {
            scheduler.runFrame(runQueue.take());
            if (ran % FOLLOWERS_PER_CLOCK_LOOK == 0 && !isWithin(began, BUDGET_NANOS)) {
                return;
            }
        }
    }

    private boolean isWithin(long began, long nanos) {
        return runtime.settings().realNanos() - began < nanos;
    }
}
