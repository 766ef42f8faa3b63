package io.tardy.runtime;

import org.jspecify.annotations.Nullable;

/**
 * Frames that wait for something which happens once, beside what else they wait for; any thread. As
 * in a {@link WaitQueue}, giving up costs the same however many wait, and needs no memory.
 */
public final class WaitList {

    private final WaitQueue<Waiter.Place> waiting = new WaitQueue<>();

    /** Without anybody yet. */
    public WaitList() {}

    /** Waits in this place; whoever does so looks afterwards whether it has happened already. */
    public synchronized void add(Waiter.Place place) {
        waiting.add(place);
    }

    /** Waits no longer; does nothing if it does not wait here. */
    public synchronized void remove(Waiter.Place place) {
        waiting.remove(place);
    }

    private synchronized Waiter.@Nullable Place settleFirst() {
        return waiting.settleFirst();
    }

    /**
     * It has happened: all go on.
     *
     * @return whether there was one that had not given up
     */
    public boolean settleAll() {
        boolean isAny = false;
        Waiter.Place settled;
        while ((settled = settleFirst()) != null) {
            isAny = true;
            settled.waiter().wake();
        }
        return isAny;
    }
}
