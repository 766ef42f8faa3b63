package io.tardy.spi;

import java.util.ArrayDeque;

/**
 * Where a file is read or written next. One operation at a time has it, so each begins where the
 * one before has ended, whatever the kernel, a thread of a pool or another runtime does meanwhile:
 * what Linux itself does for read(2) and write(2), and io_uring does not (it reads one block for
 * two, and forgets the position of a write that the disk had room for only in part).
 *
 * <p>Used by the loops of runtimes only, never inside a frame: nobody waits for its lock for long.
 */
public final class FilePosition {

    /** Who wants to begin at the position. */
    public interface Taker {

        /**
         * The position is this taker's now. Called at most once, on any thread, without a lock; for
         * a taker that releases it at the same moment perhaps too late, and then of no meaning.
         */
        void taken(long offset);
    }

    private final ArrayDeque<Taker> takers = new ArrayDeque<>(1);

    private long offset;

    FilePosition() {}

    /**
     * Asks for the position, which {@link #release} gives back.
     *
     * @param taker told when it has it, perhaps before this returns
     */
    public void take(Taker taker) {
        long at;
        synchronized (this) {
            takers.add(taker);
            if (takers.peek() != taker) {
                return;
            }
            at = offset;
        }
        taker.taken(at);
    }

    /**
     * The taker does not want it any more, whether it has it or waits for it.
     *
     * @param bytes by how much it has moved the position
     */
    public void release(Taker taker, long bytes) {
        Taker next = null;
        long at;
        synchronized (this) {
            boolean hadIt = takers.peek() == taker;
            takers.remove(taker);
            offset += bytes;
            at = offset;
            if (hadIt) {
                next = takers.peek();
            }
        }
        if (next != null) {
            next.taken(at);
        }
    }
}
