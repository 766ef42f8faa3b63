package io.tardy.bench;

import java.util.concurrent.atomic.LongAdder;

/** How often those of a kind have had their turn, and whether they ever had none for too long. */
final class Turns {

    private final String kind;
    private final LongAdder count = new LongAdder();

    // Who watches.
    private long seen;
    private long atBegin;
    private int emptyLooks;

    Turns(String kind) {
        this.kind = kind;
    }

    String kind() {
        return kind;
    }

    void taken() {
        count.increment();
    }

    long count() {
        return count.sum();
    }

    void begin() {
        atBegin = count();
        seen = atBegin;
    }

    /** Since the last look somebody should have had a turn. */
    void look() {
        long now = count();
        if (now == seen) {
            emptyLooks++;
        }
        seen = now;
    }

    /** The turns a second until the last look. */
    double rate(double seconds) {
        return (seen - atBegin) / seconds;
    }

    int emptyLooks() {
        return emptyLooks;
    }
}
