package io.tardy.sim;

import io.netty.util.concurrent.Ticker;
import io.tardy.sim.time.Timeline;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.concurrent.TimeUnit;

/**
 * The clocks of a host. What counts nanoseconds goes faster or slower than virtual time by the
 * host's drift; the time of day goes with it, and jumps too. See clock_gettime(2): {@code
 * CLOCK_MONOTONIC} and {@code CLOCK_REALTIME}.
 */
final class HostClock implements Ticker, InstantSource {

    /** Where the times of day of all hosts begin. */
    private static final Instant EPOCH = Instant.parse("2026-01-01T00:00:00Z");

    private final Timeline timeline;
    private double rate = 1;

    /** When the rate has changed, in virtual time, and what the clock said then. */
    private long sinceNanos;

    private long readNanos;
    private Duration jumped = Duration.ZERO;

    HostClock(Timeline timeline) {
        this.timeline = timeline;
    }

    @Override
    public long initialNanoTime() {
        return 0;
    }

    @Override
    public long nanoTime() {
        long passed = timeline.nowNanos() - sinceNanos;
        return readNanos + (rate == 1 ? passed : (long) (passed * rate));
    }

    @Override
    public Instant instant() {
        return EPOCH.plusNanos(nanoTime()).plus(jumped);
    }

    /** After how long, in virtual time, this clock will have gone on by so much. */
    long untilAhead(long nanos) {
        return rate == 1 ? nanos : (long) Math.ceil(nanos / rate);
    }

    void drift(double newRate) {
        if (!(newRate > 0.01 && newRate < 100)) {
            throw new IllegalArgumentException(
                    "a clock goes between a hundredth and a hundred times as fast as time: "
                            + newRate);
        }
        readNanos = nanoTime();
        sinceNanos = timeline.nowNanos();
        rate = newRate;
    }

    void jump(Duration by) {
        jumped = jumped.plus(by);
    }

    @Override
    public void sleep(long delay, TimeUnit unit) {
        throw new UnsupportedOperationException(
                "a simulated clock cannot hold a thread: use Frame.delay");
    }
}
