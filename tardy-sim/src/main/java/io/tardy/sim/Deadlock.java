package io.tardy.sim;

/** Nothing can run any more, and yet the scenario has not ended. */
final class Deadlock extends AssertionError {
    private static final long serialVersionUID = 1;

    Deadlock(String waiting) {
        super(
                "nothing can happen any more, for all wait (perhaps for a thread outside of the"
                        + " simulation, as of CompletableFuture.supplyAsync: use a frame, or"
                        + " rt.offload):\n"
                        + waiting);
    }
}
