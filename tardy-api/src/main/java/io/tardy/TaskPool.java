package io.tardy;

import io.tardy.aio.TaskState;
import java.util.Arrays;
import java.util.function.Consumer;

/**
 * The tasks of one runtime, dense. A task's index is its slot with the slot's generation above it:
 * when the slot serves another task the old index finds nothing.
 */
final class TaskPool {

    private Task[] tasks;
    private int[] generations;
    private int[] free;
    private int freeCount;
    private final int[] countsByState = new int[TaskState.values().length];

    TaskPool(int slots) {
        tasks = new Task[slots];
        generations = new int[slots];
        free = new int[slots];
        addFree(0, slots);
    }

    /** The index for a new task; the pool grows if it must, its owner has counted. */
    long take() {
        if (freeCount == 0) {
            grow();
        }
        int slot = free[--freeCount];
        return ((long) generations[slot] << 32) | slot;
    }

    void put(Task task) {
        tasks[(int) task.index()] = task;
        countsByState[task.state().ordinal()]++;
    }

    /** The task with this index, or null if it has ended. */
    Task find(long index) {
        int slot = (int) index;
        Task task = slot >= 0 && slot < tasks.length ? tasks[slot] : null;
        return task != null && task.index() == index ? task : null;
    }

    /** A dead task gives its slot back. */
    void release(Task task) {
        int slot = (int) task.index();
        tasks[slot] = null;
        // Generations stay positive, so that an index is never negative; after 2^31 tasks in one
        // slot they begin again.
        generations[slot] = (generations[slot] + 1) & Integer.MAX_VALUE;
        free[freeCount++] = slot;
        countsByState[TaskState.DEAD.ordinal()]--;
    }

    void moved(TaskState from, TaskState to) {
        countsByState[from.ordinal()]--;
        countsByState[to.ordinal()]++;
    }

    int count(TaskState state) {
        return countsByState[state.ordinal()];
    }

    void forEach(Consumer<Task> action) {
        for (Task task : tasks.clone()) {
            if (task != null) {
                action.accept(task);
            }
        }
    }

    private void grow() {
        int slots = tasks.length;
        int larger = Math.multiplyExact(slots, 2);
        tasks = Arrays.copyOf(tasks, larger);
        generations = Arrays.copyOf(generations, larger);
        free = Arrays.copyOf(free, larger);
        addFree(slots, larger);
    }

    private void addFree(int from, int to) {
        for (int slot = to - 1; slot >= from; slot--) {
            free[freeCount++] = slot;
        }
    }
}
