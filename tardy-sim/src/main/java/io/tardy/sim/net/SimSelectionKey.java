package io.tardy.sim.net;

import java.nio.channels.CancelledKeyException;
import java.nio.channels.SelectableChannel;
import java.nio.channels.SelectionKey;
import java.nio.channels.Selector;
import java.nio.channels.spi.AbstractSelectableChannel;
import java.nio.channels.spi.AbstractSelectionKey;

/** A channel at a selector. */
final class SimSelectionKey extends AbstractSelectionKey {

    private final SimSelector selector;
    private final AbstractSelectableChannel channel;
    private final SimChannel socket;
    private int interestOps;

    /** What the last select has found; as of {@code SelectionKey}. */
    int readyOps;

    /** Before this time no select reports it. */
    long heldUntilNanos;

    /** Whether it has been decided that the next select reports what is ready. */
    boolean isDue;

    SimSelectionKey(SimSelector selector, AbstractSelectableChannel channel, SimChannel socket) {
        this.selector = selector;
        this.channel = channel;
        this.socket = socket;
    }

    SimChannel socket() {
        return socket;
    }

    /** What the channel is ready for now, of what is asked for. */
    int readyNow() {
        return interestOps == 0 ? 0 : socket.readyOps() & interestOps;
    }

    /** What is asked for, but for the end of a connect. */
    int awaited() {
        return isValid() ? interestOps & ~OP_CONNECT : 0;
    }

    /** The channel may be ready for more than before. */
    void changed() {
        if (isValid()) {
            selector.look(this);
        }
    }

    private void requireValid() {
        if (!isValid()) {
            throw new CancelledKeyException();
        }
    }

    @Override
    public SelectableChannel channel() {
        return channel;
    }

    @Override
    public Selector selector() {
        return selector;
    }

    @Override
    public int interestOps() {
        requireValid();
        return interestOps;
    }

    @Override
    public SelectionKey interestOps(int ops) {
        requireValid();
        if ((ops & ~channel.validOps()) != 0) {
            throw new IllegalArgumentException(
                    "operations " + ops + ": the channel has " + channel.validOps());
        }
        interestOps = ops;
        selector.look(this);
        return this;
    }

    @Override
    public int readyOps() {
        requireValid();
        return readyOps;
    }
}
