package io.tardy;

/**
 * Overflows of a frame's stack where they do no harm, for they come before: before the frame wakes
 * another runtime, which would believe that it was woken and never hear of it; and before the frame
 * is suspended, for HotSpot (25.0.3) crashes if a stack does not fit any more when it is resumed,
 * from a carrier whose own stack is a little deeper than it was.
 */
final class StackRoom {

    /** Some kilobytes: more than a wake takes. */
    private static final int CALLS_OF_A_WAKE = 128;

    /**
     * More than the stack of a carrier varies, as its methods are interpreted or compiled: a
     * kilobyte at least. It costs some ten nanoseconds.
     */
    private static final int CALLS_OF_A_RESUMPTION = 64;

    private StackRoom() {}

    /**
     * Fails now if a wake might.
     *
     * @throws StackOverflowError if so
     */
    static void requireToWake() {
        descend(CALLS_OF_A_WAKE);
    }

    /**
     * Fails now if a resumption might.
     *
     * @throws StackOverflowError if so
     */
    static void requireToResume() {
        descend(CALLS_OF_A_RESUMPTION);
    }

    private static int descend(int left) {
        return left == 0 ? 0 : 1 + descend(left - 1);
    }
}
