package io.tardy.sim.net;

import io.tardy.sim.faults.NetworkFaults;
import java.net.InetSocketAddress;
import java.net.StandardSocketOptions;
import java.util.ArrayDeque;
import java.util.List;

/** A datagram socket of a node's kernel, bound to a port. */
final class DatagramEnd {

    /** A datagram that has arrived. */
    record Arrived(byte[] data, InetSocketAddress from) {}

    /** What the kernel needs for each beside its data. */
    private static final int OVERHEAD_BYTES = 768;

    private final Node node;
    private final int boot;
    private final OptionValues options;
    private final Watch watch;
    private final ArrayDeque<Arrived> queue = new ArrayDeque<>();
    private int queuedBytes;

    /** Null unless it is connected. */
    private InetSocketAddress remote;

    private boolean wasRefused;

    DatagramEnd(Node node, OptionValues options, Watch watch) {
        this.node = node;
        this.boot = node.boot();
        this.options = options;
        this.watch = watch;
    }

    /** Null for no longer. What others have sent is dropped. */
    void connect(InetSocketAddress to) {
        remote = to;
        wasRefused = false;
        if (to != null) {
            queue.removeIf(arrived -> !arrived.from.equals(to));
            queuedBytes = queue.stream().mapToInt(DatagramEnd::size).sum();
        }
    }

    private static int size(Arrived arrived) {
        return arrived.data.length + OVERHEAD_BYTES;
    }

    boolean isReadable() {
        return !queue.isEmpty() || wasRefused;
    }

    /** The next, or null. */
    Arrived receive() {
        Arrived next = queue.poll();
        if (next != null) {
            queuedBytes -= size(next);
        }
        return next;
    }

    /** Whether the other side has said that nobody is there, since this was asked last. */
    boolean takeRefusal() {
        boolean refused = wasRefused;
        wasRefused = false;
        return refused;
    }

    /** Sends, as far as the network is able to. */
    void send(byte[] data, InetSocketAddress from, InetSocketAddress to) {
        Network network = node.network();
        Node other = network.owner(node, to.getAddress());
        if (other == null) {
            network.trace(node, "drop datagram " + way(from, to) + ": nobody has the address");
            return;
        }
        Link there = network.link(node, other);
        NetworkFaults faults = network.faults();
        long extra = 0;
        if (!there.isLocal()) {
            if (network.dice().chance(faults.datagramLoss())) {
                network.reached("datagram lost");
                network.trace(node, "lose datagram " + way(from, to));
                return;
            }
            if (network.dice().chance(faults.datagramDelay())) {
                network.reached("datagram delayed");
                extra = network.dice().between(0, faults.datagramDelayNanosMax());
            }
            if (network.dice().chance(faults.datagramCopy())) {
                network.reached("datagram copied");
                sendOnce(there, 0, data, from, to);
            }
        }
        sendOnce(there, extra, data, from, to);
    }

    private void sendOnce(
            Link there,
            long extraNanos,
            byte[] data,
            InetSocketAddress from,
            InetSocketAddress to) {
        node.network()
                .timeline()
                .after(
                        there.nanosFor(data.length) + extraNanos,
                        () -> arrive(there, new Arrived(data, from), to));
    }

    private void arrive(Link there, Arrived datagram, InetSocketAddress to) {
        Network network = node.network();
        if (!there.delivers()) {
            network.reached("datagram lost");
            network.trace(node, "lose datagram " + way(datagram.from, to));
            return;
        }
        DatagramEnd receiver = choose(there.to().udp().find(to), datagram.from);
        if (receiver != null) {
            receiver.take(datagram, way(datagram.from, to));
            return;
        }
        network.trace(there.to(), "drop datagram " + way(datagram.from, to) + ": nobody is there");
        network.link(there.to(), node).once(() -> refused(to));
    }

    /** The one that is connected to the sender, else the last that is not connected. */
    private static DatagramEnd choose(List<DatagramEnd> found, InetSocketAddress sender) {
        DatagramEnd chosen = null;
        for (DatagramEnd each : found) {
            if (each.remote == null) {
                chosen = each;
            } else if (each.remote.equals(sender)) {
                return each;
            }
        }
        return chosen;
    }

    private void take(Arrived datagram, String way) {
        if (queuedBytes + size(datagram) > options.get(StandardSocketOptions.SO_RCVBUF)) {
            node.network().reached("datagram queue full");
            node.network().trace(node, "drop datagram " + way + ": the queue is full");
            return;
        }
        node.network().trace(node, "deliver datagram of " + datagram.data.length + " bytes " + way);
        queuedBytes += size(datagram);
        queue.add(datagram);
        watch.changed();
    }

    private void refused(InetSocketAddress to) {
        if (node.boot() == boot && to.equals(remote)) {
            wasRefused = true;
            watch.changed();
        }
    }

    private String way(InetSocketAddress from, InetSocketAddress to) {
        return node.nameOf(from) + " -> " + node.network().nameOf(node, to);
    }
}
