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
         * The position is this taker's now, until {@link #release}. Called at most once, on any
         * thread, without a lock; for a taker that gives it up at the same moment perhaps too late,
         * and then of no meaning.
         */
        void taken(long offset);
    }

    private final ArrayDeque<Taker> takers = new ArrayDeque<>(0);

    private long offset;
    private boolean isTaken;

    FilePosition() {}

    /** Takes the position if nobody has it: where it is then, else -1. */
    public synchronized long tryTake() {
        if (isTaken) {
            return -1;
        }
        isTaken = true;
        return offset;
    }

    /**
     * Asks for the position.
     *
     * @param taker told when it has it, perhaps before this returns
     */
    public void take(Taker taker) {
        long at;
        synchronized (this) {
            if (isTaken) {
                takers.add(taker);
                return;
            }
            isTaken = true;
            at = offset;
        }
        taker.taken(at);
    }

    /**
     * Gives the position on to who asked for it next.
     *
     * @param bytes by how much it was moved
     */
    public void release(long bytes) {
        Taker next;
        long at;
        synchronized (this) {
            offset += bytes;
            at = offset;
            next = takers.poll();
            isTaken = next != null;
        }
        if (next != null) {
            next.taken(at);
        }
    }

    /** The taker does not want it any more, whether it waits for it or has just been given it. */
    public void giveUp(Taker taker) {
        synchronized (this) {
            if (takers.remove(taker)) {
                return;
            }
        }
        release(0);
    }
}
