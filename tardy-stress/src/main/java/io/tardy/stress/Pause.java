package io.tardy.stress;

/**
 * Pauses of all lengths up to a few microseconds, one after the other, so that what follows meets
 * the other actor at each of its steps.
 */
public final class Pause {

    private static final int SPINS_MAX = 128; // a power of two
    private static final int STEP = 13; // no factor of it

    private int spins;

    /** The next pause; for one actor. */
    public void next() {
        spins = (spins + STEP) & (SPINS_MAX - 1);
        for (int i = 0; i < spins; i++) {
            Thread.onSpinWait();
        }
    }
}
