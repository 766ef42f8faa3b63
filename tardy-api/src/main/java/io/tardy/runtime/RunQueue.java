package io.tardy.runtime;

import java.util.function.IntUnaryOperator;

/** The runnable tasks of one runtime: a ring that grows; an injected order says which is next. */
final class RunQueue {

    /** Null for first come, first served. */
    private IntUnaryOperator order;

    private Task[] ring = new Task[64];
    private int head;
    private int count;

    RunQueue(IntUnaryOperator order) {
        this.order = order;
    }

    int count() {
        return count;
    }

    boolean isEmpty() {
        return count == 0;
    }

    /**
     * Sees to it that so many find room: what makes a task runnable is not to fail for want of
     * memory, or it would never run.
     */
    void reserve(int tasks) {
        while (ring.length < tasks) {
            grow();
        }
    }

    void add(Task task) {
        reserve(count + 1);
        ring[(head + count++) & (ring.length - 1)] = task;
    }

    /** Takes the next task; only if there is one. */
    Task take() {
        int mask = ring.length - 1;
        if (order != null) {
            int chosen = (head + choose()) & mask;
            Task task = ring[chosen];
            ring[chosen] = ring[head];
            ring[head] = task;
        }
        Task task = ring[head];
        ring[head] = null;
        head = (head + 1) & mask;
        count--;
        return task;
    }

    /** An order that fails is asked no more: those that are runnable must come to their end. */
    private int choose() {
        IntUnaryOperator asked = order;
        order = null;
        int chosen = asked.applyAsInt(count);
        if (chosen < 0 || chosen >= count) {
            throw new IllegalStateException(
                    "frameOrder chose " + chosen + " of " + count + ", counted from 0");
        }
        order = asked;
        return chosen;
    }

    private void grow() {
        Task[] larger = new Task[ring.length * 2];
        int tail = ring.length - head;
        System.arraycopy(ring, head, larger, 0, tail);
        System.arraycopy(ring, 0, larger, tail, head);
        ring = larger;
        head = 0;
    }
}
