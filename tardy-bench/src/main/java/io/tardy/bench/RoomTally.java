package io.tardy.bench;

import java.util.Map;
import java.util.concurrent.ConcurrentSkipListMap;
import java.util.concurrent.atomic.LongAdder;

/** What all {@link RoomMember}s saw. */
final class RoomTally {

    /** What was said, as often as it was heard. */
    final LongAdder heard = new LongAdder();

    /** Those that came back to who had said them. */
    final LongAdder acknowledged = new LongAdder();

    /** Numbers that did not follow the one before of the same speaker. */
    final LongAdder gaps = new LongAdder();

    /** Ended before the signal. */
    final LongAdder early = new LongAdder();

    /** By code. */
    private final Map<Integer, LongAdder> closed = new ConcurrentSkipListMap<>();

    private volatile boolean signalled;

    /** From now on connections may end. */
    void signalled() {
        signalled = true;
    }

    void closed(int code) {
        closed.computeIfAbsent(code, any -> new LongAdder()).increment();
        if (!signalled) {
            early.increment();
        }
    }

    long closedWith(int code) {
        LongAdder count = closed.get(code);
        return count == null ? 0 : count.sum();
    }

    @Override
    public String toString() {
        return closed.toString();
    }
}
