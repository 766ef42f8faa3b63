package io.tardy.sim.disk;

import java.util.random.RandomGenerator;

/** The seed of a random test: given as {@code -Dtardy.seed}, or drawn. */
final class Seeds {

    private Seeds() {}

    /** Prints it, with the name of the test, so that a failure can be seen again. */
    static long next(String test) {
        Long given = Long.getLong("tardy.seed");
        long seed = given != null ? given : RandomGenerator.getDefault().nextLong();
        System.out.println(test + ": -Dtardy.seed=" + seed);
        return seed;
    }
}
