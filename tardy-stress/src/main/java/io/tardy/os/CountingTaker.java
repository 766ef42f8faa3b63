package io.tardy.os;

import java.util.concurrent.atomic.AtomicInteger;

/** Counts how often it is told. */
final class CountingTaker implements FilePosition.Taker {

    private final AtomicInteger told = new AtomicInteger();
    private volatile long offset = -1;

    @Override
    public void taken(long at) {
        offset = at;
        told.incrementAndGet();
    }

    int told() {
        return told.get();
    }

    /** Where it was told to begin, or -1. */
    long offset() {
        return offset;
    }
}
