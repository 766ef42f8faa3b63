package io.tardy;

/**
 * What a frame does to another runtime must not be cut in two where the frame's stack is full: that
 * runtime would believe that it was woken, and never hear of it. So the overflow comes before.
 */
final class StackRoom {

    /** Some kilobytes: more than a wake takes. */
    private static final int CALLS = 128;

    private StackRoom() {}

    /**
     * Fails now if there is not much room left.
     *
     * @throws StackOverflowError if so
     */
    static void require() {
        descend(CALLS);
    }

    private static int descend(int left) {
        return left == 0 ? 0 : 1 + descend(left - 1);
    }
}
