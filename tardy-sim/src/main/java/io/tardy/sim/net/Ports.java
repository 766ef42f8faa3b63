package io.tardy.sim.net;

import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.StandardSocketOptions;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;

/**
 * Who has which port of a node, for one protocol.
 *
 * <p>Two sockets share a port if both set SO_REUSEPORT, or both set SO_REUSEADDR and none of them
 * listens; or if their addresses differ and none is the wildcard. A connection keeps its port from
 * those that do not set SO_REUSEADDR, for a minute longer than itself if this side closed first.
 *
 * @param <S> what is found at a port: a listener or a datagram socket
 */
final class Ports<S> {

    /** Whose a port is. The options are the socket's own: they count as they are now. */
    static final class Binding<S> {
        private final InetSocketAddress address;
        private final OptionValues options;
        private S socket;

        private Binding(InetSocketAddress address, OptionValues options) {
            this.address = address;
            this.options = options;
        }

        InetSocketAddress address() {
            return address;
        }

        /** From now on this is found here. */
        void serve(S socket) {
            this.socket = socket;
        }

        private boolean fits(InetAddress wanted) {
            InetAddress own = address.getAddress();
            return own.isAnyLocalAddress() || own.equals(wanted);
        }

        private boolean isWildcard() {
            return address.getAddress().isAnyLocalAddress();
        }
    }

    /** Both ends of a connection, as this node sees them. */
    record Ends(InetSocketAddress local, InetSocketAddress remote) {}

    /** What remains of a connection that this side has closed first. */
    private record Past(Ends ends, long untilNanos) {}

    private final Network network;
    private final boolean listenersExclude;
    private final Map<Integer, List<Binding<S>>> bindings = new HashMap<>();
    private final Set<Ends> connections = new HashSet<>();
    private final Map<Integer, Integer> connectionsAtPort = new HashMap<>();
    private final ArrayDeque<Past> past = new ArrayDeque<>();
    private int ephemeralFirst = 32_768;
    private int ephemeralLast = 60_999;

    /**
     * Nobody has any.
     *
     * @param listenersExclude whether SO_REUSEADDR does not let two share a port where one is found
     */
    Ports(Network network, boolean listenersExclude) {
        this.network = network;
        this.listenersExclude = listenersExclude;
    }

    /** Which ports those get that do not name one. */
    void ephemeral(int first, int last) {
        if (first < 1 || last > 65_535 || last < first) {
            throw new IllegalArgumentException(
                    "ephemeral ports "
                            + first
                            + " to "
                            + last
                            + ": must be from 1 to 65535, the first not after the last");
        }
        ephemeralFirst = first;
        ephemeralLast = last;
    }

    /**
     * Takes a port, any if it is 0.
     *
     * @return null if others have it, or all
     */
    Binding<S> bind(InetSocketAddress address, OptionValues options) {
        forgetPast();
        if (address.getPort() != 0) {
            return isFree(address, options) ? add(address, options) : null;
        }
        int count = ephemeralLast - ephemeralFirst + 1;
        int from = network.dice().below(count);
        for (int i = 0; i < count; i++) {
            int port = ephemeralFirst + (from + i) % count;
            InetSocketAddress candidate = new InetSocketAddress(address.getAddress(), port);
            if (!connectionsAtPort.containsKey(port) && isFree(candidate, options)) {
                return add(candidate, options);
            }
        }
        return null;
    }

    private Binding<S> add(InetSocketAddress address, OptionValues options) {
        Binding<S> binding = new Binding<>(address, options);
        bindings.computeIfAbsent(address.getPort(), port -> new ArrayList<>(1)).add(binding);
        return binding;
    }

    private boolean isFree(InetSocketAddress address, OptionValues options) {
        boolean reusesAddress = options.has(StandardSocketOptions.SO_REUSEADDR);
        if (!reusesAddress && connectionsAtPort.containsKey(address.getPort())) {
            return false;
        }
        boolean reusesPort = options.has(StandardSocketOptions.SO_REUSEPORT);
        boolean isWildcard = address.getAddress().isAnyLocalAddress();
        for (Binding<S> other : at(address.getPort())) {
            boolean bothReusePort =
                    reusesPort && other.options.has(StandardSocketOptions.SO_REUSEPORT);
            boolean bothReuseAddress =
                    reusesAddress
                            && other.options.has(StandardSocketOptions.SO_REUSEADDR)
                            && !(listenersExclude && other.socket != null);
            boolean overlap = isWildcard || other.fits(address.getAddress());
            if (overlap && !bothReusePort && !bothReuseAddress) {
                return false;
            }
        }
        return true;
    }

    private List<Binding<S>> at(int port) {
        return bindings.getOrDefault(port, List.of());
    }

    void unbind(Binding<S> binding) {
        int port = binding.address.getPort();
        List<Binding<S>> all = at(port);
        all.remove(binding);
        if (all.isEmpty()) {
            bindings.remove(port);
        }
    }

    /** Those found at an address: with exactly this one if there are any, else at the wildcard. */
    List<S> find(InetSocketAddress address) {
        List<S> exact = new ArrayList<>(1);
        List<S> wildcard = new ArrayList<>(1);
        for (Binding<S> binding : at(address.getPort())) {
            if (binding.socket != null && binding.fits(address.getAddress())) {
                (binding.isWildcard() ? wildcard : exact).add(binding.socket);
            }
        }
        return exact.isEmpty() ? wildcard : exact;
    }

    /**
     * A local address for a connection that has not bound itself to one.
     *
     * @return null if all ports are taken
     */
    InetSocketAddress ephemeralFor(InetAddress local, InetSocketAddress remote) {
        forgetPast();
        int count = ephemeralLast - ephemeralFirst + 1;
        int from = network.dice().below(count);
        for (int i = 0; i < count; i++) {
            int port = ephemeralFirst + (from + i) % count;
            InetSocketAddress candidate = new InetSocketAddress(local, port);
            if (!bindings.containsKey(port) && !connections.contains(new Ends(candidate, remote))) {
                return candidate;
            }
        }
        return null;
    }

    /** Adds a connection; false if there is one between these already. */
    boolean connect(Ends ends) {
        forgetPast();
        if (!connections.add(ends)) {
            return false;
        }
        connectionsAtPort.merge(ends.local.getPort(), 1, Integer::sum);
        return true;
    }

    /** Adds a connection that a listener takes, in place of a past one between the same ends. */
    void accept(Ends ends) {
        past.removeIf(each -> each.ends.equals(ends));
        disconnect(ends);
        connect(ends);
    }

    /** A connection is over. */
    void disconnect(Ends ends) {
        if (connections.remove(ends)) {
            connectionsAtPort.computeIfPresent(
                    ends.local.getPort(), (port, count) -> count == 1 ? null : count - 1);
        }
    }

    /** A connection is over that this side has closed first. */
    void disconnectLater(Ends ends, long delayNanos) {
        past.add(new Past(ends, network.timeline().nowNanos() + delayNanos));
    }

    private void forgetPast() {
        while (!past.isEmpty() && past.peek().untilNanos <= network.timeline().nowNanos()) {
            disconnect(past.poll().ends);
        }
    }

    /** Whether nobody has anything. */
    boolean areUnused() {
        forgetPast();
        return bindings.isEmpty() && connections.isEmpty() && connectionsAtPort.isEmpty();
    }

    /** The power is lost: nobody has anything. */
    void clear() {
        bindings.clear();
        connections.clear();
        connectionsAtPort.clear();
        past.clear();
    }
}
