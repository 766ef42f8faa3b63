package io.tardy.sim.broken;

import java.time.Duration;

/** The right to lead, for a time, from whoever grants it to one at a time. */
final class Lease {

    static final Duration GRANTED = Duration.ofSeconds(1);

    private Lease() {}

    /**
     * Until when its holder may lead: counted from the moment that it was asked for, for it was
     * granted later than that.
     */
    static long endNanos(long askedNanos, long answeredNanos) {
        return askedNanos + GRANTED.toNanos();
    }
}
