package io.tardy.runtime;

import io.tardy.aio.TardyIOException;
import java.util.LinkedHashSet;
import java.util.SequencedSet;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.atomic.AtomicInteger;

/**
 * A runtime's room for tasks: how many live or are about to, how many may, and which frames wait
 * until there is room for one more.
 */
final class TaskRoom {

    /**
     * What is added to the count once no task may enter. It is so far below zero that tasks which
     * leave late do not bring it back.
     */
    private static final int ENDED = Integer.MIN_VALUE / 2;

    private final RuntimeCore runtime;
    private final int countMax;
    private final AtomicInteger count = new AtomicInteger(); // any thread

    // The runtime's thread.
    private final SequencedSet<Task> waiters = new LinkedHashSet<>();

    /**
     * @param runtime for messages
     */
    TaskRoom(RuntimeCore runtime, int countMax) {
        this.runtime = runtime;
        this.countMax = countMax;
    }

    int count() {
        int now = count.get();
        return Math.max(now < 0 ? now - ENDED : now, 0);
    }

    /**
     * Takes a place; any thread.
     *
     * @return false if there is none
     * @throws RejectedExecutionException if the runtime has ended
     */
    boolean tryEnter() {
        for (; ; ) {
            int before = count.get();
            if (before < 0) {
                throw new RejectedExecutionException(runtime + " has ended");
            }
            if (before >= countMax) {
                return false;
            }
            if (count.compareAndSet(before, before + 1)) {
                return true;
            }
        }
    }

    /** Takes a place, and waits until there is one; in the frame of this task. */
    void enter(Task task, String operation) throws TardyIOException {
        while (!tryEnter()) {
            waiters.add(task);
            try {
                task.scheduler().awaitTrigger(task, operation, operation);
            } catch (TardyIOException | RuntimeException | Error e) {
                if (!waiters.remove(task)) {
                    wakeWaiter(); // it was our turn: it is the next one's
                }
                throw e;
            }
            waiters.remove(task);
        }
    }

    /** A task is over; on the runtime's thread. */
    void leave() {
        count.decrementAndGet();
        wakeWaiter();
    }

    /** The runtime ended before the task could begin; any thread. */
    void leaveUnused() {
        count.decrementAndGet();
    }

    private void wakeWaiter() {
        if (!waiters.isEmpty()) {
            waiters.removeFirst().trigger();
        }
    }

    /** Closes if no task is in it. */
    boolean tryEnd() {
        return count.compareAndSet(0, ENDED) || count.get() <= ENDED;
    }

    /** Closes; those that are in it may leave. */
    void close() {
        count.updateAndGet(now -> now < 0 ? now : now + ENDED);
    }

    /** Closes, and forgets those that are in it. */
    void end() {
        count.set(ENDED);
    }
}
