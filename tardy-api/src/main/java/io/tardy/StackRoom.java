package io.tardy;

/**
 * Overflows of a frame's stack where they do no harm, for they come before: before the frame wakes
 * another runtime, which would believe that it was woken and never hear of it; and before the frame
 * is suspended, for HotSpot (25.0.3) crashes if a stack does not fit any more when it is resumed,
 * from a carrier whose own stack is a little deeper than it was.
 */
final class StackRoom {

    /** Some kilobytes: more than a wake takes. */
    private static final int CALLS_OF_A_WAKE = 32;

    /**
     * More than the stack of a carrier varies, as its methods are interpreted or compiled: ten
     * kilobytes or so.
     */
    private static final int CALLS_OF_A_RESUMPTION = 16;

    /** So often that the compilers do not take the wide call for one that never happens. */
    private static final int WARM_UPS = 2_000;

    static {
        for (int i = 0; i < WARM_UPS; i++) {
            descend(CALLS_OF_A_RESUMPTION, i % 2 == 0);
        }
    }

    private StackRoom() {}

    /**
     * Fails now if a wake might.
     *
     * @throws StackOverflowError if so
     */
    static void requireToWake() {
        descend(CALLS_OF_A_WAKE, false);
    }

    /**
     * Fails now if a resumption might.
     *
     * @throws StackOverflowError if so
     */
    static void requireToResume() {
        descend(CALLS_OF_A_RESUMPTION, false);
    }

    /**
     * Each call takes some 800 bytes of stack, and no time: room for the arguments of a call that
     * it does not make.
     */
    private static int descend(int left, boolean isWide) {
        if (isWide) {
            return take(
                    left, left, left, left, left, left, left, left, left, left, left, left, left,
                    left, left, left, left, left, left, left, left, left, left, left, left, left,
                    left, left, left, left, left, left, left, left, left, left, left, left, left,
                    left, left, left, left, left, left, left, left, left, left, left, left, left,
                    left, left, left, left, left, left, left, left, left, left, left, left, left,
                    left, left, left, left, left, left, left, left, left, left, left, left, left,
                    left, left, left, left, left, left, left, left, left, left, left, left, left,
                    left, left, left, left, left, left, left, left, left);
        }
        return left == 0 ? 0 : 1 + descend(left - 1, isWide);
    }

    private static int take(
            long l0,
            long l1,
            long l2,
            long l3,
            long l4,
            long l5,
            long l6,
            long l7,
            long l8,
            long l9,
            long l10,
            long l11,
            long l12,
            long l13,
            long l14,
            long l15,
            long l16,
            long l17,
            long l18,
            long l19,
            long l20,
            long l21,
            long l22,
            long l23,
            long l24,
            long l25,
            long l26,
            long l27,
            long l28,
            long l29,
            long l30,
            long l31,
            long l32,
            long l33,
            long l34,
            long l35,
            long l36,
            long l37,
            long l38,
            long l39,
            long l40,
            long l41,
            long l42,
            long l43,
            long l44,
            long l45,
            long l46,
            long l47,
            long l48,
            long l49,
            long l50,
            long l51,
            long l52,
            long l53,
            long l54,
            long l55,
            long l56,
            long l57,
            long l58,
            long l59,
            long l60,
            long l61,
            long l62,
            long l63,
            long l64,
            long l65,
            long l66,
            long l67,
            long l68,
            long l69,
            long l70,
            long l71,
            long l72,
            long l73,
            long l74,
            long l75,
            long l76,
            long l77,
            long l78,
            long l79,
            long l80,
            long l81,
            long l82,
            long l83,
            long l84,
            long l85,
            long l86,
            long l87,
            long l88,
            long l89,
            long l90,
            long l91,
            long l92,
            long l93,
            long l94,
            long l95,
            long l96,
            long l97,
            long l98,
            long l99) {
        return (int) (l0 + l99);
    }
}
