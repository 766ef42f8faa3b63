package io.tardy.os;

import java.nio.ByteBuffer;
import java.util.ArrayDeque;

/**
 * What a runtime lends to its frames for what they receive: a stack, so that the next to receive
 * gets what was used last, which the processor still has in its caches. For the runtime's thread.
 *
 * <p>There are as many as frames ever had at once. Those that were not needed for a while go, and
 * more than {@link #KEPT_MAX} are not kept: to the collector, for somebody may still refer to them.
 *
 * <p>In a simulation none is lent again for a long time, and what was given back is overwritten: a
 * frame that uses it all the same fails in each run of the same seed.
 */
public final class LentBuffers {

    /** How much one holds: the most of one receive. */
    public static final int BYTES = 16 * 1024;

    private static final int KEPT_MAX = 1024;

    /** After so many returns the stack is looked at: what nobody has needed meanwhile may go. */
    private static final int PERIOD = 16 * 1024;

    /** In a simulation: how many others are given back before one is lent again. */
    private static final int SPOILED_MIN = 32;

    private static final int LINE_BYTES = 64;

    /** By how many lines of the cache their beginnings differ, so that they do not compete. */
    private static final int LINES = 32;

    private final boolean isSimulated;
    private final ArrayDeque<LentBuffer> stack = new ArrayDeque<>();
    private int line;
    private int returns;

    /** How many there are, lent or not. */
    private int made;

    /** How many were left, when fewest were, in this period. */
    private int unneeded;

    /** The one lent last. */
    private LentBuffer latest;

    /** Has none yet. */
    public LentBuffers(boolean isSimulated) {
        this.isSimulated = isSimulated;
    }

    /**
     * One that nobody has; {@link LentBuffer#lend} or {@link #put} follows.
     *
     * @throws OutOfMemoryError if there is none, and no memory for another
     */
    public LentBuffer take() {
        LentBuffer taken;
        if (isSimulated) {
            taken = stack.size() < SPOILED_MIN ? null : stack.pollFirst();
        } else {
            taken = stack.pollLast();
            unneeded = Math.min(unneeded, stack.size());
        }
        return taken == null ? make() : taken;
    }

    private LentBuffer make() {
        ByteBuffer room = ByteBuffer.allocateDirect(BYTES + LINES * LINE_BYTES);
        int toLine = (int) (-NativeMemory.addressOf(room) & LINE_BYTES - 1);
        line = (line + 5) % (LINES - 1); // neighbours far from each other
        LentBuffer lent = new LentBuffer(this, room.slice(toLine + line * LINE_BYTES, BYTES));
        made++;
        return lent;
    }

    /** Nobody has it any more, nor ever will by what it was lent as. */
    public void put(LentBuffer returned) {
        if (isSimulated) {
            returned.spoil();
            stack.addLast(returned);
            return;
        }
        if (stack.size() < KEPT_MAX) {
            stack.addLast(returned);
        } else {
            made--;
        }
        if (++returns == PERIOD) {
            returns = 0;
            letSomeGo();
        }
    }

    /** Half of those that were not needed in this period, the ones that nobody used the longest. */
    private void letSomeGo() {
        for (int surplus = unneeded / 2; surplus > 0; surplus--) {
            stack.pollFirst();
            made--;
        }
        unneeded = stack.size();
    }

    /**
     * How many are lent, with those that frames have kept for good; on another thread, a value of
     * the recent past.
     */
    public int countLent() {
        return Math.max(made - stack.size(), 0);
    }

    /** How many wait to be lent; likewise. */
    public int countSpare() {
        return stack.size();
    }

    void lent(LentBuffer lent) {
        latest = lent;
    }

    /** The one that was lent last; null if none was. */
    public LentBuffer latest() {
        return latest;
    }
}
