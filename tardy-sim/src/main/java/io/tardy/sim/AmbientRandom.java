package io.tardy.sim;

import java.util.Random;

/**
 * A {@code Random} without a seed, whose numbers come from the seed of the simulation that asks for
 * them; and one with a seed, which is as any other.
 *
 * <p>Public for the classes that {@link SimAgent} has rewritten.
 */
public final class AmbientRandom extends Random {

    private static final long serialVersionUID = 1;

    private boolean isSeeded;

    /** As {@code new Random()}, which sets a seed too. */
    public AmbientRandom() {
        isSeeded = false;
    }

    /** As {@code new Random(seed)}. */
    public AmbientRandom(long seed) {
        super(seed);
        isSeeded = true;
    }

    @Override
    public synchronized void setSeed(long seed) {
        super.setSeed(seed);
        isSeeded = true;
    }

    @Override
    protected int next(int bits) {
        SimHost host = isSeeded ? null : SimHost.current();
        return host == null ? super.next(bits) : (int) (host.chance().next() >>> (64 - bits));
    }
}
