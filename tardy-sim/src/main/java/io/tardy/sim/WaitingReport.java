package io.tardy.sim;

import io.tardy.runtime.TaskScheduler;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/** Who waits for what in a simulation where nothing can happen any more; for its error. */
final class WaitingReport {

    /** More lines of a stack tell a reader nothing more. */
    private static final int LINES_MAX = 6;

    private final StringBuilder text = new StringBuilder();

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
        text.append("  ").append(host.name()).append(": ").append(what).append('\n');
        for (StackTraceElement at : userPart(waiting.getStackTrace())) {
            text.append("      at ").append(at).append('\n');
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
