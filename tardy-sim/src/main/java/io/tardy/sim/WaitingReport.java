package io.tardy.sim;

import io.tardy.runtime.TaskScheduler;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.locks.AbstractOwnableSynchronizer;
import java.util.concurrent.locks.LockSupport;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/** Who waits for what in a simulation where nothing can happen any more; for its error. */
final class WaitingReport {

    /** More lines of a stack tell a reader nothing more. */
    private static final int LINES_MAX = 6;

    private final StringBuilder text = new StringBuilder();

    /** Whether one waits for what another has locked. */
    private boolean anyLock;

    /** All frames of a runtime of this host. */
    void add(SimHost host, TaskScheduler frames) {
        frames.forEachThread(
                frame -> add(host, frame.getName() + (host.isPaused() ? " (paused)" : ""), frame));
    }

    /** A call that this host's frames have offloaded. */
    void addOffloaded(SimHost host, Thread call) {
        add(host, "offloaded call", call);
    }

    private void add(SimHost host, String what, Thread waiting) {
        String lock = lockOf(waiting);
        anyLock |= lock != null;
        addStack(host.name() + ": " + what + (lock == null ? "" : ", waits for " + lock), waiting);
    }

    private void addStack(String title, Thread thread) {
        text.append("  ").append(title).append('\n');
        for (StackTraceElement at : userPart(thread.getStackTrace())) {
            text.append("      at ").append(at).append('\n');
        }
    }

    /** What a thread waits for that another one has to unlock, or null. */
    private static String lockOf(Thread waiting) {
        if (waiting.getState() == Thread.State.BLOCKED) {
            return "a monitor (synchronized)";
        }
        return LockSupport.getBlocker(waiting) instanceof AbstractOwnableSynchronizer lock
                ? "a " + lock.getClass().getName().replaceFirst("\\$.*", "")
                : null;
    }

    /**
     * A frame or a call that was killed with its host; of no interest unless one that lives waits
     * for a lock. To be added after those.
     */
    void addKilled(SimHost host, Thread killed) {
        if (anyLock) {
            addStack(
                    host
                            + " was killed or has crashed with "
                            + killed.getName()
                            + ", which was here; what it had locked stays locked, so share no lock"
                            + " between hosts, as in a static field:",
                    killed);
        }
    }

    /** That there may be more, which nobody can list. */
    void addUnknown() {
        text.append("  virtual threads that programs have started by the JDK's means are not")
                .append(" shown; what waits there by real time, as Thread.sleep, never ends:")
                .append(" use frames\n");
    }

    @Override
    public String toString() {
        return text.toString();
    }

    /** A whole stack, a line for each frame of it. */
    static String linesOf(Thread thread) {
        return Stream.of(thread.getStackTrace())
                .map(at -> "      at " + at)
                .collect(Collectors.joining("\n"));
    }

    private static List<StackTraceElement> userPart(StackTraceElement[] stack) {
        List<StackTraceElement> shown = new ArrayList<>();
        for (StackTraceElement at : stack) {
            if (!at.getClassName().startsWith("java.")
                    && !at.getClassName().startsWith("jdk.")
                    && !at.getClassName().startsWith("io.tardy.runtime.")) {
                shown.add(at);
            }
            if (shown.size() == LINES_MAX) {
                break;
            }
        }
        return shown;
    }
}
