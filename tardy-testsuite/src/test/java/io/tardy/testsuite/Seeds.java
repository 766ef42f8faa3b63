package io.tardy.testsuite;

import java.util.random.RandomGenerator;

/** The seed of a random test: given, or drawn and printed with the command that replays it. */
final class Seeds {

    private Seeds() {}

    static long draw(String test) {
        Long given = Long.getLong("tardy.seed");
        long seed = given != null ? given : RandomGenerator.getDefault().nextLong();
        System.out.printf(
                "%s: seed %d; replay with ./mvnw verify -pl tardy-testsuite -am -Dtest='*%s*'"
                        + " -Dsurefire.failIfNoSpecifiedTests=false -Dtardy.seed=%d%n",
                test, seed, test, seed);
        return seed;
    }
}
