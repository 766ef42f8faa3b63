package io.tardy.runtime;

/**
 * The operations that the loop is to start, first come, first served. One that is given up leaves
 * at once, however many there are.
 */
final class StartQueue {

    private TaskOperation[] ring = new TaskOperation[64];

    /**
     * Places count on without end; the ring has a place's operation, or null where one has left.
     */
    private int head;

    private int tail;
    private int count;

    boolean isEmpty() {
        return count == 0;
    }

    int count() {
        return count;
    }

    /** For how many there is memory. */
    int room() {
        return ring.length;
    }

    /** Puts one in that is not in. */
    void add(TaskOperation operation) {
        if (count == 0) {
            head = tail; // past the places of those that were given up, which nobody takes out
        } else if (tail - head == ring.length) {
            grow();
        }
        operation.place = tail;
        ring[tail++ & (ring.length - 1)] = operation;
        count++;
    }

    /** Takes the next out, or null if there is none. */
    TaskOperation poll() {
        while (head != tail) {
            int at = head++ & (ring.length - 1);
            TaskOperation operation = ring[at];
            if (operation != null) {
                ring[at] = null;
                count--;
                return operation;
            }
        }
        return null;
    }

    /** Takes one out; false if it is not in. */
    boolean remove(TaskOperation operation) {
        int at = operation.place & (ring.length - 1);
        if (ring[at] != operation) {
            return false;
        }
        ring[at] = null;
        count--;
        return true;
    }

    private void grow() {
        TaskOperation[] larger = new TaskOperation[ring.length * 2];
        for (int place = head; place != tail; place++) {
            larger[place & (larger.length - 1)] = ring[place & (ring.length - 1)];
        }
        ring = larger;
    }
}
