package io.tardy.sim.net;

import java.net.SocketAddress;
import java.util.ArrayDeque;

/** A listening socket of a node's kernel: connections that nobody has accepted yet. */
final class Listener {

    private final SocketAddress address;
    private final OptionValues options;
    private final int backlog;
    private final Watch watch;
    private final ArrayDeque<StreamEnd> queue = new ArrayDeque<>();

    Listener(SocketAddress address, OptionValues options, int backlog, Watch watch) {
        this.address = address;
        this.options = options;
        this.backlog = backlog;
        this.watch = watch;
    }

    SocketAddress address() {
        return address;
    }

    OptionValues options() {
        return options;
    }

    /** Linux takes one more than it is told. */
    boolean isFull() {
        return queue.size() > backlog;
    }

    void add(StreamEnd connection) {
        queue.add(connection);
        watch.changed();
    }

    boolean hasConnections() {
        return !queue.isEmpty();
    }

    /** The next connection, or null. */
    StreamEnd accept() {
        return queue.poll();
    }

    /** Resets those that nobody has accepted. */
    void close() {
        while (!queue.isEmpty()) {
            queue.poll().reset();
        }
    }
}
