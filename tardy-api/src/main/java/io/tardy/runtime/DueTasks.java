package io.tardy.runtime;

import java.util.concurrent.locks.LockSupport;

/**
 * The tasks that the frame which runs now has spawned or woken. They are started or resumed when
 * that frame is suspended: what would be left half done where its stack is full is done on the
 * carrier, whose stack is not. Frames of other runtimes are woken at once, but for those for whom
 * the stack was too full. On the runtime's thread.
 */
final class DueTasks {

    private final TaskScheduler scheduler;
    private Task first;
    private Task last;

    /** Of frames of other runtimes. */
    private Wake firstWake;

    private boolean isResuming;

    DueTasks(TaskScheduler scheduler) {
        this.scheduler = scheduler;
    }

    /** Whether there are some that nobody resumes now. */
    boolean isWaiting() {
        return (first != null || firstWake != null) && !isResuming;
    }

    /** In a frame. Here nothing is called that could fail. */
    void add(Task task) {
        if (task.isDue) {
            return;
        }
        task.isDue = true;
        if (last == null) {
            first = task;
        } else {
            last.nextDue = task;
        }
        last = task;
    }

    /** The same for a frame of another runtime, which was not woken yet. */
    void add(Wake wake) {
        wake.nextDue = firstWake;
        firstWake = wake;
    }

    /** On the carrier. */
    void resumeAll() {
        isResuming = true;
        try {
            for (Wake wake; (wake = firstWake) != null; ) {
                firstWake = wake.nextDue;
                wake.wake();
            }
            for (Task task; (task = first) != null; ) {
                first = task.nextDue;
                if (first == null) {
                    last = null;
                }
                task.nextDue = null;
                task.isDue = false;
                if (task.isStarted()) {
                    LockSupport.unpark(task.thread());
                } else {
                    scheduler.start(task);
                }
            }
        } finally {
            isResuming = false;
        }
    }
}
