package io.tardy.bench;

import java.util.concurrent.TimeUnit;

/** How long something that should come every few milliseconds did not come, at most. */
final class Heartbeat {

    static final long PERIOD_MS = 10;

    private static final double NANOS_PER_MS = TimeUnit.MILLISECONDS.toNanos(1);

    private final String name;
    private volatile long lastNanos;
    private volatile long gapNanosMax;

    Heartbeat(String name) {
        this.name = name;
    }

    String name() {
        return name;
    }

    /** From now on gaps count; before, not all was loaded and compiled. */
    synchronized void begin() {
        lastNanos = System.nanoTime();
        gapNanosMax = 0;
    }

    /** It has come. */
    void beat() {
        long now = System.nanoTime();
        look(now);
        lastNanos = now;
    }

    /** It may have stood still until now; any thread. */
    void look() {
        look(System.nanoTime());
    }

    private void look(long now) {
        long gap = now - lastNanos;
        if (gap > gapNanosMax) {
            gapNanosMax = gap;
        }
    }

    double gapMsMax() {
        return gapNanosMax / NANOS_PER_MS;
    }
}
