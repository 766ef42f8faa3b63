package io.tardy.sim;

import io.netty.util.concurrent.Ticker;
import io.tardy.sim.time.Timeline;
import java.util.concurrent.TimeUnit;

/** The clock of a host: virtual time, faster or slower by its drift, and with its jumps. */
final class HostClock implements Ticker {

    private final Timeline timeline;
    private double rate = 1;
    private long sinceNanos;
    private long readNanos;

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
        jump(0);
        rate = newRate;
    }

    void jump(long nanos) {
        readNanos = nanoTime() + nanos;
        sinceNanos = timeline.nowNanos();
    }

    @Override
    public void sleep(long delay, TimeUnit unit) {
        throw new UnsupportedOperationException(
                "a simulated clock cannot hold a thread: use Frame.delay");
    }
}
