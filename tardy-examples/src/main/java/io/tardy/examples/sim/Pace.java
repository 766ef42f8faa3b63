package io.tardy.examples.sim;

import io.tardy.Frame;
import io.tardy.aio.TardyIOException;
import java.time.Duration;
import java.util.function.Supplier;
import java.util.random.RandomGenerator;

/** How frames that are tried against each other take their time, and how they are disturbed. */
final class Pace {

    private Pace() {}

    /** Mostly none. */
    static void pause(RandomGenerator random) throws TardyIOException {
        switch (random.nextInt(12)) {
            case 0 -> Frame.delay(Duration.ofMillis(random.nextInt(4)));
            case 1, 2, 3 -> Frame.yield();
            default -> {}
        }
    }

    /** Cancels so many of them, now and then. */
    static void disturb(RandomGenerator random, int disturbances, Supplier<Frame<?>> victims)
            throws TardyIOException {
        for (int i = 0; i < disturbances; i++) {
            for (int turns = random.nextInt(20); turns > 0; turns--) {
                Frame.yield();
            }
            Frame.delay(Duration.ofMillis(random.nextInt(6)));
            victims.get().cancel();
        }
    }
}
