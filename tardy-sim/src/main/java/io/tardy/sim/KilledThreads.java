package io.tardy.sim;

import io.tardy.runtime.TaskScheduler;
import java.util.ArrayDeque;
import java.util.Deque;

/**
 * The frames and offloaded calls that were killed with their hosts: each may have locked something.
 */
final class KilledThreads {

    /** Of more, the oldest are forgotten. */
    private static final int MAX = 20;

    private record Killed(SimHost host, Thread thread) {}

    private final Deque<Killed> killed = new ArrayDeque<>();

    /** All frames of a runtime of this host. */
    void add(SimHost host, TaskScheduler frames) {
        frames.forEachThread(frame -> add(host, frame));
    }

    void add(SimHost host, Thread thread) {
        if (killed.size() == MAX) {
            killed.removeFirst();
        }
        killed.addLast(new Killed(host, thread));
    }

    void addTo(WaitingReport report) {
        killed.forEach(each -> report.addKilled(each.host, each.thread));
    }
}
