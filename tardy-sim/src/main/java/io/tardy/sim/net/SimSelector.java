package io.tardy.sim.net;

import java.io.IOException;
import java.nio.channels.ClosedSelectorException;
import java.nio.channels.IllegalSelectorException;
import java.nio.channels.SelectionKey;
import java.nio.channels.Selector;
import java.nio.channels.spi.AbstractSelectableChannel;
import java.nio.channels.spi.AbstractSelector;
import java.util.ArrayList;
import java.util.Collections;
import java.util.Iterator;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import java.util.concurrent.locks.LockSupport;

/**
 * A selector of a simulated node. It reports levels, as the JDK's do.
 *
 * <p>Whoever selects and finds nothing is parked until something is ready or the selector is woken.
 * A timeout is ignored: time is virtual, so whoever moves it wakes the selector when its deadline
 * has come.
 *
 * <p>For one thread: it, or what it carries, calls everything, and nothing is interrupted halfway.
 */
final class SimSelector extends AbstractSelector {

    private final Network network;
    private final Set<SelectionKey> keys = new LinkedHashSet<>();
    private final Set<SelectionKey> selected = new LinkedHashSet<>();

    /** Those that may be ready; whatever is ready is here. */
    private final Set<SimSelectionKey> candidates = new LinkedHashSet<>();

    private boolean isWoken;

    private boolean isAskedBefore;

    /** What is made to ask once what is ready now does not hear of it late. */
    private boolean isFirstLook;

    /** Who is parked here, or null. */
    private Thread sleeper;

    SimSelector(SimProvider provider, Network network) {
        super(provider);
        this.network = network;
    }

    /** This key may be ready, for more than before. */
    void look(SimSelectionKey key) {
        if (key.readyNow() != 0) {
            candidates.add(key);
            unpark();
        }
    }

    private void unpark() {
        if (sleeper != null) {
            LockSupport.unpark(sleeper);
        }
    }

    @Override
    protected SelectionKey register(AbstractSelectableChannel channel, int ops, Object attachment) {
        if (!(channel instanceof SimChannel socket)) {
            throw new IllegalSelectorException();
        }
        requireOpen();
        SimSelectionKey key = new SimSelectionKey(this, channel, socket);
        key.attach(attachment);
        keys.add(key);
        socket.watch().add(key);
        key.interestOps(ops);
        return key;
    }

    private void requireOpen() {
        if (!isOpen()) {
            throw new ClosedSelectorException();
        }
    }

    @Override
    public Set<SelectionKey> keys() {
        requireOpen();
        return Collections.unmodifiableSet(keys);
    }

    /** Keys are removed by whoever has seen them; nobody else adds any. */
    @Override
    public Set<SelectionKey> selectedKeys() {
        requireOpen();
        return selected;
    }

    @Override
    public int selectNow() throws IOException {
        return select(false);
    }

    @Override
    public int select() throws IOException {
        return select(true);
    }

    /** Ignores the timeout, see above. */
    @Override
    public int select(long timeoutMillis) throws IOException {
        if (timeoutMillis < 0) {
            throw new IllegalArgumentException("timeout: " + timeoutMillis + " is negative");
        }
        return select(true);
    }

    private int select(boolean mayWait) {
        requireOpen();
        isFirstLook = !isAskedBefore && !mayWait;
        isAskedBefore = true;
        int count = collect();
        if (mayWait && count == 0 && !isWoken && chance(network.faults().selectSpurious())) {
            network.reached("select spurious");
            return 0;
        }
        if (mayWait && count == 0 && !isWoken && chance(network.faults().selectUnready())) {
            count = reportUnready();
        }
        while (mayWait && count == 0 && !isWoken && !Thread.currentThread().isInterrupted()) {
            park();
            requireOpen();
            count = collect();
        }
        isWoken = false;
        return count;
    }

    private void park() {
        sleeper = Thread.currentThread();
        try {
            LockSupport.park(this);
        } finally {
            sleeper = null;
        }
    }

    /** Updates the selected keys; the number of those that it changed. */
    private int collect() {
        removeCancelled();
        List<SimSelectionKey> ready = new ArrayList<>();
        for (Iterator<SimSelectionKey> each = candidates.iterator(); each.hasNext(); ) {
            SimSelectionKey key = each.next();
            if (key.readyNow() == 0) {
                each.remove();
            } else if (isDue(key)) {
                ready.add(key);
            }
        }
        if (ready.size() > 1 && chance(network.faults().selectShuffle())) {
            shuffle(ready);
        }
        int count = 0;
        for (SimSelectionKey key : ready) {
            key.isDue = false;
            int before = selected.add(key) ? 0 : key.readyOps;
            key.readyOps = before | key.readyNow();
            if (key.readyOps != before) {
                count++;
            }
        }
        return count;
    }

    /**
     * Reports one that is not ready for what it is asked for. Not that a connect has ended: nobody
     * else could have been faster, and the JDK takes a try to finish it for a fault.
     *
     * @return how many, one or none
     */
    private int reportUnready() {
        List<SimSelectionKey> awaited = new ArrayList<>();
        for (SelectionKey each : keys) {
            SimSelectionKey key = (SimSelectionKey) each;
            if (key.awaited() != 0 && key.heldUntilNanos <= network.timeline().nowNanos()) {
                awaited.add(key);
            }
        }
        if (awaited.isEmpty()) {
            return 0;
        }
        SimSelectionKey key = awaited.get(network.dice().below(awaited.size()));
        network.reached("select unready");
        key.readyOps = key.awaited();
        selected.add(key);
        return 1;
    }

    /** Whether a ready key is to be reported now; decided once each time that it becomes ready. */
    private boolean isDue(SimSelectionKey key) {
        long now = network.timeline().nowNanos();
        if (key.heldUntilNanos > now) {
            return false;
        }
        if (key.isDue || isFirstLook || !chance(network.faults().selectLate())) {
            return true;
        }
        network.reached("select late");
        long delay = network.dice().between(1, network.faults().selectLateNanosMax());
        key.isDue = true;
        key.heldUntilNanos = now + delay;
        network.timeline().after(delay, this::unpark);
        return false;
    }

    private boolean chance(double probability) {
        return network.dice().chance(probability);
    }

    private void shuffle(List<SimSelectionKey> ready) {
        network.reached("select shuffled");
        for (int left = ready.size(); left > 1; left--) {
            Collections.swap(ready, left - 1, network.dice().below(left));
        }
    }

    private void removeCancelled() {
        Set<SelectionKey> cancelled = cancelledKeys();
        for (SelectionKey key : cancelled) { // in any order: what remains is the same
            remove((SimSelectionKey) key);
        }
        cancelled.clear();
    }

    private void remove(SimSelectionKey key) {
        keys.remove(key);
        selected.remove(key);
        candidates.remove(key);
        key.socket().watch().remove(key);
        deregister(key);
    }

    @Override
    public Selector wakeup() {
        isWoken = true;
        unpark();
        return this;
    }

    @Override
    protected void implCloseSelector() {
        for (SelectionKey key : keys) {
            key.cancel();
        }
        removeCancelled();
        unpark();
    }
}
