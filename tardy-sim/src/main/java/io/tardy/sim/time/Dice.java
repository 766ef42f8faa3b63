package io.tardy.sim.time;

import java.util.SplittableRandom;

/**
 * Where chance comes from: the same seed gives the same numbers, on every machine. Each part of a
 * simulation has dice of its own, so that one that draws more does not change the others.
 */
public final class Dice {

    private static final long MIX = 0x9E3779B97F4A7C15L;

    private final long seed;
    private final SplittableRandom random;

    /** Dice that this seed decides. */
    public Dice(long seed) {
        this.seed = seed;
        this.random = new SplittableRandom(seed);
    }

    /** Dice for a part of the simulation: the same for the same name. */
    public Dice of(String part) {
        long mixed = seed;
        for (int i = 0; i < part.length(); i++) {
            mixed = (mixed ^ part.charAt(i)) * MIX;
            mixed ^= mixed >>> 29;
        }
        return new Dice(mixed);
    }

    /** True with this probability; 0 never, and 1 always. Draws only where both can happen. */
    public boolean chance(double probability) {
        return probability > 0 && (probability >= 1 || random.nextDouble() < probability);
    }

    /**
     * From 0 to one less than the bound, which is at least 1. Draws only where there is a choice.
     */
    public int below(int bound) {
        return bound == 1 ? 0 : random.nextInt(bound);
    }

    /** From the least to the most, both included; the least where that is not less. */
    public long between(long least, long most) {
        return least >= most ? least : random.nextLong(least, most + 1);
    }

    /** Any of the 2^64. */
    public long next() {
        return random.nextLong();
    }
}
