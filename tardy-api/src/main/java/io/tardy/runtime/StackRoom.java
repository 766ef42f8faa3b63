package io.tardy.runtime;

/**
 * Makes a frame's stack overflow early, where that does no harm. Before the frame wakes another
 * runtime: an overflow halfway would mark that runtime as woken without waking it. And before the
 * frame is suspended: HotSpot (25.0.3) crashes if the stack no longer fits when the frame is
 * resumed, on a carrier whose own stack is a little deeper than it was.
 */
final class StackRoom {

    /** A few kilobytes: more than is called between a system call and the end of its operation. */
    private static final int CALLS_OF_A_TRY = 3;

    /** Some kilobytes: more than adding to the queue of a loop's tasks takes. */
    private static final int CALLS_OF_AN_ADDITION = 5;

    /**
     * More than that, whatever the JVM does meanwhile (it may turn a compiled call back into
     * interpreted ones): for what is not done for every message.
     */
    private static final int CALLS_OF_A_WAKE = 26;

    /** More than that: what has been opened must be closed. */
    private static final int CALLS_OF_AN_OPEN = CALLS_OF_A_WAKE + 3;

    /**
     * More than the stack of a carrier varies, as its methods are interpreted or compiled: ten
     * kilobytes or so.
     */
    private static final int CALLS_OF_A_RESUMPTION = 8;

    static final int BYTES_OF_A_CALL = 2_400;

    private static final int WARM_UPS = 2_000;

    /** A power of two. */
    private static final int TURNS_PER_WIDE_CALL = 64;

    static {
        for (int i = 0; i < WARM_UPS; i++) {
            descend(CALLS_OF_A_RESUMPTION, i % 2 == 0);
        }
    }

    private StackRoom() {}

    /**
     * Fails now if an operation that is tried at once might, when it has taken what it came for.
     *
     * @throws StackOverflowError if so
     */
    static void requireToTry() {
        descend(CALLS_OF_A_TRY, false);
    }

    /**
     * Fails now if an addition to the queue of the calling frame's own loop might.
     *
     * @throws StackOverflowError if so
     */
    static void requireToAdd() {
        descend(CALLS_OF_AN_ADDITION, false);
    }

    /**
     * Fails now if a wake of another loop might.
     *
     * @throws StackOverflowError if so
     */
    static void requireToWake() {
        descend(CALLS_OF_A_WAKE, false);
    }

    /**
     * Fails now if a wake of a loop might, from this thread, which is the current one and not the
     * loop's. Of others than frames it wants no more than it must: what they complete there may
     * never be told of.
     *
     * @throws StackOverflowError if so
     */
    static void requireToWakeFrom(Thread thread) {
        descend(thread.isVirtual() ? CALLS_OF_A_WAKE : CALLS_OF_AN_ADDITION, false);
    }

    /**
     * Fails now if the close of what is about to be opened might, at the same depth.
     *
     * @throws StackOverflowError if so
     */
    static void requireToOpen() {
        descend(CALLS_OF_AN_OPEN, false);
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
     * {@link #requireToResume()}.
     *
     * @param turn how often the frame has been resumed
     */
    static void requireToResume(int turn) {
        descend(CALLS_OF_A_RESUMPTION, false);
        if ((turn & TURNS_PER_WIDE_CALL - 1) == 0) {
            descend(0, true);
        }
    }

    /**
     * Each call takes some {@value #BYTES_OF_A_CALL} bytes of stack, and a few nanoseconds: room
     * for the arguments of a call that is made now and then only. So much code is not inlined, or
     * several calls would share one frame.
     *
     * <p>It stays so large because HotSpot's second compiler does not take it: so many arguments
     * are an "unsupported calling sequence" ({@code -XX:+PrintCompilation} says so), and the first
     * compiler leaves nothing out. The second one would leave out the call, and with it the room,
     * where it has seen none: so every frame makes one at its first wait. {@code StackRoomTest}
     * holds the JVM to that.
     */
    static int descend(int left, boolean isWide) {
        if (isWide) {
            long v0 = left;
            long v1 = v0 * 31 + left;
            long v2 = v1 * 31 + left;
            long v3 = v2 * 31 + left;
            long v4 = v3 * 31 + left;
            long v5 = v4 * 31 + left;
            long v6 = v5 * 31 + left;
            long v7 = v6 * 31 + left;
            long v8 = v7 * 31 + left;
            long v9 = v8 * 31 + left;
            long v10 = v9 * 31 + left;
            long v11 = v10 * 31 + left;
            long v12 = v11 * 31 + left;
            long v13 = v12 * 31 + left;
            long v14 = v13 * 31 + left;
            long v15 = v14 * 31 + left;
            long v16 = v15 * 31 + left;
            long v17 = v16 * 31 + left;
            long v18 = v17 * 31 + left;
            long v19 = v18 * 31 + left;
            long v20 = v19 * 31 + left;
            long v21 = v20 * 31 + left;
            long v22 = v21 * 31 + left;
            long v23 = v22 * 31 + left;
            long v24 = v23 * 31 + left;
            long v25 = v24 * 31 + left;
            long v26 = v25 * 31 + left;
            long v27 = v26 * 31 + left;
            long v28 = v27 * 31 + left;
            long v29 = v28 * 31 + left;
            long v30 = v29 * 31 + left;
            long v31 = v30 * 31 + left;
            long v32 = v31 * 31 + left;
            long v33 = v32 * 31 + left;
            long v34 = v33 * 31 + left;
            long v35 = v34 * 31 + left;
            long v36 = v35 * 31 + left;
            long v37 = v36 * 31 + left;
            long v38 = v37 * 31 + left;
            long v39 = v38 * 31 + left;
            long v40 = v39 * 31 + left;
            long v41 = v40 * 31 + left;
            long v42 = v41 * 31 + left;
            long v43 = v42 * 31 + left;
            long v44 = v43 * 31 + left;
            long v45 = v44 * 31 + left;
            long v46 = v45 * 31 + left;
            long v47 = v46 * 31 + left;
            long v48 = v47 * 31 + left;
            long v49 = v48 * 31 + left;
            long v50 = v49 * 31 + left;
            long v51 = v50 * 31 + left;
            long v52 = v51 * 31 + left;
            long v53 = v52 * 31 + left;
            long v54 = v53 * 31 + left;
            long v55 = v54 * 31 + left;
            long v56 = v55 * 31 + left;
            long v57 = v56 * 31 + left;
            long v58 = v57 * 31 + left;
            long v59 = v58 * 31 + left;
            long v60 = v59 * 31 + left;
            long v61 = v60 * 31 + left;
            long v62 = v61 * 31 + left;
            long v63 = v62 * 31 + left;
            long v64 = v63 * 31 + left;
            long v65 = v64 * 31 + left;
            long v66 = v65 * 31 + left;
            long v67 = v66 * 31 + left;
            long v68 = v67 * 31 + left;
            long v69 = v68 * 31 + left;
            long v70 = v69 * 31 + left;
            long v71 = v70 * 31 + left;
            long v72 = v71 * 31 + left;
            long v73 = v72 * 31 + left;
            long v74 = v73 * 31 + left;
            long v75 = v74 * 31 + left;
            long v76 = v75 * 31 + left;
            long v77 = v76 * 31 + left;
            long v78 = v77 * 31 + left;
            long v79 = v78 * 31 + left;
            long v80 = v79 * 31 + left;
            long v81 = v80 * 31 + left;
            long v82 = v81 * 31 + left;
            long v83 = v82 * 31 + left;
            long v84 = v83 * 31 + left;
            long v85 = v84 * 31 + left;
            long v86 = v85 * 31 + left;
            long v87 = v86 * 31 + left;
            long v88 = v87 * 31 + left;
            long v89 = v88 * 31 + left;
            long v90 = v89 * 31 + left;
            long v91 = v90 * 31 + left;
            long v92 = v91 * 31 + left;
            long v93 = v92 * 31 + left;
            long v94 = v93 * 31 + left;
            long v95 = v94 * 31 + left;
            long v96 = v95 * 31 + left;
            long v97 = v96 * 31 + left;
            long v98 = v97 * 31 + left;
            long v99 = v98 * 31 + left;
            int taken =
                    take(
                            v0, v1, v2, v3, v4, v5, v6, v7, v8, v9, v10, v11, v12, v13, v14, v15,
                            v16, v17, v18, v19, v20, v21, v22, v23, v24, v25, v26, v27, v28, v29,
                            v30, v31, v32, v33, v34, v35, v36, v37, v38, v39, v40, v41, v42, v43,
                            v44, v45, v46, v47, v48, v49, v50, v51, v52, v53, v54, v55, v56, v57,
                            v58, v59, v60, v61, v62, v63, v64, v65, v66, v67, v68, v69, v70, v71,
                            v72, v73, v74, v75, v76, v77, v78, v79, v80, v81, v82, v83, v84, v85,
                            v86, v87, v88, v89, v90, v91, v92, v93, v94, v95, v96, v97, v98, v99);
            long kept =
                    v0 ^ v1 ^ v2 ^ v3 ^ v4 ^ v5 ^ v6 ^ v7 ^ v8 ^ v9 ^ v10 ^ v11 ^ v12 ^ v13 ^ v14
                            ^ v15 ^ v16 ^ v17 ^ v18 ^ v19 ^ v20 ^ v21 ^ v22 ^ v23 ^ v24 ^ v25 ^ v26
                            ^ v27 ^ v28 ^ v29 ^ v30 ^ v31 ^ v32 ^ v33 ^ v34 ^ v35 ^ v36 ^ v37 ^ v38
                            ^ v39 ^ v40 ^ v41 ^ v42 ^ v43 ^ v44 ^ v45 ^ v46 ^ v47 ^ v48 ^ v49 ^ v50
                            ^ v51 ^ v52 ^ v53 ^ v54 ^ v55 ^ v56 ^ v57 ^ v58 ^ v59 ^ v60 ^ v61 ^ v62
                            ^ v63 ^ v64 ^ v65 ^ v66 ^ v67 ^ v68 ^ v69 ^ v70 ^ v71 ^ v72 ^ v73 ^ v74
                            ^ v75 ^ v76 ^ v77 ^ v78 ^ v79 ^ v80 ^ v81 ^ v82 ^ v83 ^ v84 ^ v85 ^ v86
                            ^ v87 ^ v88 ^ v89 ^ v90 ^ v91 ^ v92 ^ v93 ^ v94 ^ v95 ^ v96 ^ v97 ^ v98
                            ^ v99;
            return taken + (int) kept;
        }
        return left == 0 ? 0 : 1 + descend(left - 1, isWide);
    }

    /**
     * Uses each of them, so that it is too long to be inlined (over {@code FreqInlineSize}, 325
     * bytes of bytecode): inlined, it would need no room at all for them, as was the case.
     */
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
        long all = l0;
        all = all * 31 + l1;
        all = all * 31 + l2;
        all = all * 31 + l3;
        all = all * 31 + l4;
        all = all * 31 + l5;
        all = all * 31 + l6;
        all = all * 31 + l7;
        all = all * 31 + l8;
        all = all * 31 + l9;
        all = all * 31 + l10;
        all = all * 31 + l11;
        all = all * 31 + l12;
        all = all * 31 + l13;
        all = all * 31 + l14;
        all = all * 31 + l15;
        all = all * 31 + l16;
        all = all * 31 + l17;
        all = all * 31 + l18;
        all = all * 31 + l19;
        all = all * 31 + l20;
        all = all * 31 + l21;
        all = all * 31 + l22;
        all = all * 31 + l23;
        all = all * 31 + l24;
        all = all * 31 + l25;
        all = all * 31 + l26;
        all = all * 31 + l27;
        all = all * 31 + l28;
        all = all * 31 + l29;
        all = all * 31 + l30;
        all = all * 31 + l31;
        all = all * 31 + l32;
        all = all * 31 + l33;
        all = all * 31 + l34;
        all = all * 31 + l35;
        all = all * 31 + l36;
        all = all * 31 + l37;
        all = all * 31 + l38;
        all = all * 31 + l39;
        all = all * 31 + l40;
        all = all * 31 + l41;
        all = all * 31 + l42;
        all = all * 31 + l43;
        all = all * 31 + l44;
        all = all * 31 + l45;
        all = all * 31 + l46;
        all = all * 31 + l47;
        all = all * 31 + l48;
        all = all * 31 + l49;
        all = all * 31 + l50;
        all = all * 31 + l51;
        all = all * 31 + l52;
        all = all * 31 + l53;
        all = all * 31 + l54;
        all = all * 31 + l55;
        all = all * 31 + l56;
        all = all * 31 + l57;
        all = all * 31 + l58;
        all = all * 31 + l59;
        all = all * 31 + l60;
        all = all * 31 + l61;
        all = all * 31 + l62;
        all = all * 31 + l63;
        all = all * 31 + l64;
        all = all * 31 + l65;
        all = all * 31 + l66;
        all = all * 31 + l67;
        all = all * 31 + l68;
        all = all * 31 + l69;
        all = all * 31 + l70;
        all = all * 31 + l71;
        all = all * 31 + l72;
        all = all * 31 + l73;
        all = all * 31 + l74;
        all = all * 31 + l75;
        all = all * 31 + l76;
        all = all * 31 + l77;
        all = all * 31 + l78;
        all = all * 31 + l79;
        all = all * 31 + l80;
        all = all * 31 + l81;
        all = all * 31 + l82;
        all = all * 31 + l83;
        all = all * 31 + l84;
        all = all * 31 + l85;
        all = all * 31 + l86;
        all = all * 31 + l87;
        all = all * 31 + l88;
        all = all * 31 + l89;
        all = all * 31 + l90;
        all = all * 31 + l91;
        all = all * 31 + l92;
        all = all * 31 + l93;
        all = all * 31 + l94;
        all = all * 31 + l95;
        all = all * 31 + l96;
        all = all * 31 + l97;
        all = all * 31 + l98;
        all = all * 31 + l99;
        return (int) all;
    }
}
