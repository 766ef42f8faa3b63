package io.tardy;

/**
 * Which of the runnable frames runs next. The default is first come, first served; a simulation
 * passes a seeded generator to try other orders.
 *
 * <p>Asked on the runtime's platform thread itself, where a wait or a contended lock would hold the
 * runtime for good: it only computes. One that throws, or chooses what there is not, stops the
 * runtime, whose frames then end in the order of the default.
 *
 * <p>Public for simulations, which pass one to {@link Tardy.Builder#frameOrder}.
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
