package io.tardy.sim.net;

import java.util.concurrent.TimeUnit;

/**
 * How long a kernel waits before it sends again, each time twice as long, and how often.
 *
 * @param firstNanos the first wait
 * @param nanosMax the longest
 * @param max how many before it gives up
 */
record Retries(long firstNanos, long nanosMax, int max) {

    /** Of a connect, as Linux has it: 127 seconds in all. */
    static final Retries CONNECT =
            new Retries(TimeUnit.SECONDS.toNanos(1), TimeUnit.SECONDS.toNanos(64), 6);

    /** Of data, as Linux has it: a little more than 15 minutes in all. */
    static final Retries DATA =
            new Retries(TimeUnit.MILLISECONDS.toNanos(200), TimeUnit.SECONDS.toNanos(120), 15);

    /**
     * The wait after an attempt has failed.
     *
     * @param attempt the number of it, from 0
     */
    long nanosAfter(int attempt) {
        return attempt >= Long.numberOfLeadingZeros(firstNanos) - 1
                ? nanosMax
                : Math.min(firstNanos << attempt, nanosMax);
    }
}
