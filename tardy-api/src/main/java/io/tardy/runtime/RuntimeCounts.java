package io.tardy.runtime;

import io.tardy.aio.AsyncOp;
import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;

/**
 * What a runtime has done since it was made. The runtime's thread counts, whether a frame, the loop
 * or the carrier has it; any thread reads, and sees a recent value. To count is one plain store: no
 * lock, no fence, and no other thread writes to the same line of the cache.
 */
public final class RuntimeCounts {

    private static final VarHandle AT = MethodHandles.arrayElementVarHandle(long[].class);

    /** How many elements keep others' data off our lines, at each end: two lines of 64 bytes. */
    private static final int PADDING = 16;

    private static final int TURNS = PADDING;
    private static final int WAITS = TURNS + 1;
    private static final int FRAMES_BEGUN = WAITS + 1;
    private static final int FRAMES_ENDED = FRAMES_BEGUN + 1;
    private static final int OPERATIONS_QUEUED = FRAMES_ENDED + 1;
    private static final int TIMERS_EXPIRED = OPERATIONS_QUEUED + 1;
    private static final int JOBS = TIMERS_EXPIRED + 1;
    private static final int JOBS_REFUSED = JOBS + 1;
    private static final int OPERATIONS = JOBS_REFUSED + 1;
    private static final int COUNT = OPERATIONS + AsyncOp.values().length;

    private final long[] counts = new long[COUNT + PADDING];

    /** Has the JVM link the access here, and not in the first frame that waits: it takes stack. */
    RuntimeCounts() {
        AT.setOpaque(counts, TURNS, get(TURNS));
    }

    private void count(int at) {
        AT.setOpaque(counts, at, counts[at] + 1);
    }

    private long get(int at) {
        return (long) AT.getOpaque(counts, at);
    }

    /** The loop begins another turn. */
    void turn() {
        count(TURNS);
    }

    /** The loop has looked for events, and was free to wait for them. */
    void waited() {
        count(WAITS);
    }

    /** A frame begins. */
    void frameBegun() {
        count(FRAMES_BEGUN);
    }

    /** A frame has ended. Who sees that sees that it has begun. */
    void frameEnded() {
        AT.setRelease(counts, FRAMES_ENDED, counts[FRAMES_ENDED] + 1);
    }

    /** A frame begins an operation. */
    void begun(AsyncOp op) {
        count(OPERATIONS + op.ordinal());
    }

    /** An operation was not over at once, and its frame waits for it. */
    void queued() {
        count(OPERATIONS_QUEUED);
    }

    /** The time of a timer has come. */
    void timerExpired() {
        count(TIMERS_EXPIRED);
    }

    /** The pool is given a job. */
    void job() {
        count(JOBS);
    }

    /** The pool has no thread for a job. */
    void jobRefused() {
        count(JOBS_REFUSED);
    }

    /** How often the loop has turned; any thread. */
    public long turns() {
        return get(TURNS);
    }

    /** In how many turns it was free to wait for events; any thread. */
    public long waits() {
        return get(WAITS);
    }

    /** How many frames have begun; any thread. */
    public long framesBegun() {
        return get(FRAMES_BEGUN);
    }

    /** How many frames have ended; any thread. */
    public long framesEnded() {
        return (long) AT.getAcquire(counts, FRAMES_ENDED);
    }

    /** How many operations of this kind have begun; any thread. */
    public long operations(AsyncOp op) {
        return get(OPERATIONS + op.ordinal());
    }

    /** How many operations have made their frames wait; any thread. */
    public long operationsQueued() {
        return get(OPERATIONS_QUEUED);
    }

    /** How many timers have expired; any thread. */
    public long timersExpired() {
        return get(TIMERS_EXPIRED);
    }

    /** How many jobs the pool was given; any thread. */
    public long jobs() {
        return get(JOBS);
    }

    /** For how many jobs it had no thread; any thread. */
    public long jobsRefused() {
        return get(JOBS_REFUSED);
    }
}
