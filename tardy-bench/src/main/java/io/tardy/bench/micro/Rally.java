package io.tardy.bench.micro;

import io.tardy.FrameBody;

/** Two who wait for each other in turn. A hit is the one's, wakes the other, and is one step. */
final class Rally {

    private final int hitsMax;

    /** Whose turn it is: even for side 0. Written by one at a time. */
    private volatile int hits;

    Rally(int hitsMax) {
        this.hitsMax = hitsMax;
    }

    int hits() {
        return hits;
    }

    /**
     * Plays one side until the end.
     *
     * @param await waits until woken, or less
     */
    void play(int side, Runnable wakeOther, FrameBody await) throws Exception {
        while (hits < hitsMax) {
            if ((hits & 1) == side) {
                hits = hits + 1;
                wakeOther.run();
            } else {
                await.run();
            }
        }
    }
}
