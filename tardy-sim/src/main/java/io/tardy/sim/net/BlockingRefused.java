package io.tardy.sim.net;

import java.nio.channels.IllegalBlockingModeException;
import java.nio.channels.SelectableChannel;

/** A simulated channel is in blocking mode, and would have to wait for others on one thread. */
final class BlockingRefused extends IllegalBlockingModeException {

    private static final long serialVersionUID = 1L;

    private final String operation;

    private BlockingRefused(String operation) {
        this.operation = operation;
    }

    static void check(SelectableChannel channel, String operation) {
        if (channel.isBlocking()) {
            throw new BlockingRefused(operation);
        }
    }

    @Override
    public String getMessage() {
        return operation
                + " of a simulated channel in blocking mode: call configureBlocking(false), and use"
                + " a selector";
    }
}
