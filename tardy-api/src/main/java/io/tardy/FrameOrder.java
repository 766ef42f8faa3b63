package io.tardy;

/**
 * Which of the runnable frames runs next. The default is first come, first served; a simulation
 * passes a seeded generator to try other orders.
 */
@FunctionalInterface
public interface FrameOrder {

    /** First come, first served. */
    FrameOrder FIFO = runnable -> 0;

    /**
     * @param runnable how many frames are runnable, at least 1
     * @return which of them runs next: 0 is the one that waits longest
     */
    int next(int runnable);
}
