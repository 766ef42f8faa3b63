package io.tardy.sim.net;

import io.tardy.sim.faults.NetworkFaults;
import io.tardy.sim.time.Dice;
import io.tardy.sim.time.Timeline;
import io.tardy.sim.time.Trace;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.SocketAddress;
import java.util.ArrayList;
import java.util.Collections;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.TreeMap;

/**
 * Nodes, and what is between them, in virtual time. For one thread.
 *
 * <p>What is not simulated: routers and name servers, multicast and broadcast, fragments of
 * datagrams, keep-alive probes (the option is held and does nothing), delays for small writes.
 */
public final class Network {

    private final Timeline timeline;
    private final Dice dice;
    private final Dice identities;
    private final Trace trace;
    private NetworkFaults faults;
    private final Map<String, Node> nodes = new LinkedHashMap<>();
    private final Map<InetAddress, Node> owners = new HashMap<>();
    private final Map<Node, Map<Node, Link>> links = new HashMap<>();
    private final List<Link> linksMade = new ArrayList<>();
    private final Map<String, Long> reached = new TreeMap<>();

    /** Without nodes. */
    public Network(Timeline timeline, Dice dice, Trace trace, NetworkFaults faults) {
        this.timeline = Objects.requireNonNull(timeline, "timeline");
        this.dice = Objects.requireNonNull(dice, "dice");
        this.identities = dice.of("identities");
        this.trace = Objects.requireNonNull(trace, "trace");
        this.faults = Objects.requireNonNull(faults, "faults");
    }

    /** What goes wrong now. */
    public NetworkFaults faults() {
        return faults;
    }

    /** From now on this goes wrong; connections keep the size of their buffers. */
    public void faults(NetworkFaults faults) {
        this.faults = Objects.requireNonNull(faults, "faults");
    }

    /**
     * Adds a node, up and connected to all others.
     *
     * @param addresses its own, beside the loopback addresses that every node has
     * @throws IllegalArgumentException if another node has the name or an address, or an address is
     *     not one that a node can have
     */
    public Node addNode(String name, InetAddress... addresses) {
        if (nodes.containsKey(Objects.requireNonNull(name, "name"))) {
            throw new IllegalArgumentException("there is a host " + name + " already");
        }
        List<InetAddress> own = new ArrayList<>();
        for (InetAddress address : addresses) {
            if (address.isLoopbackAddress()
                    || address.isAnyLocalAddress()
                    || address.isMulticastAddress()) {
                throw new IllegalArgumentException(
                        "host " + name + " cannot have the address " + address.getHostAddress());
            }
            Node owner = owners.get(address);
            if (owner != null) {
                throw new IllegalArgumentException(
                        "host " + owner + " has the address " + address.getHostAddress());
            }
            own.add(address);
        }
        Node node = new Node(this, name, List.copyOf(own));
        nodes.put(name, node);
        for (InetAddress address : own) {
            owners.put(address, node);
        }
        return node;
    }

    /** Another number each time, which the seed decides. */
    public long newIdentity() {
        return identities.next();
    }

    /** The addresses of the node of this name; none if there is no such node. */
    public List<InetAddress> lookup(String name) {
        Node node = nodes.get(name);
        return node == null ? List.of() : node.addresses();
    }

    /** Nothing arrives from one at the other any more, in both directions. */
    public void partition(Node a, Node b) {
        partitionFrom(a, b);
        partitionFrom(b, a);
    }

    /** Nothing that one node sends arrives at the other any more. */
    public void partitionFrom(Node from, Node to) {
        if (from == to) {
            throw new IllegalArgumentException("host " + from + " cannot be cut from itself");
        }
        if (!link(from, to).isCut()) {
            reached("partition");
            trace(from, "partition " + from + " -> " + to);
            link(from, to).cut(true);
        }
    }

    /** Undoes {@link #partition} and {@link #partitionFrom} between the two. */
    public void heal(Node a, Node b) {
        healFrom(a, b);
        healFrom(b, a);
    }

    /** Undoes {@link #partitionFrom}. */
    public void healFrom(Node from, Node to) {
        if (link(from, to).isCut()) {
            trace(from, "heal " + from + " -> " + to);
            link(from, to).cut(false);
        }
    }

    /** Undoes every partition. */
    public void healAll() {
        for (Link link : linksMade) {
            healFrom(link.from(), link.to());
        }
    }

    /** How often each kind of fault has happened; those that have not are not there. */
    public Map<String, Long> reached() {
        return Collections.unmodifiableMap(new TreeMap<>(reached));
    }

    void reached(String fault) {
        reached.merge(fault, 1L, Long::sum);
    }

    Timeline timeline() {
        return timeline;
    }

    Dice dice() {
        return dice;
    }

    void trace(Node node, String what) {
        trace.add(node.name(), what);
    }

    Link link(Node from, Node to) {
        return links.computeIfAbsent(from, node -> new HashMap<>())
                .computeIfAbsent(
                        to,
                        node -> {
                            Link link = new Link(this, from, to);
                            linksMade.add(link);
                            return link;
                        });
    }

    /** Whose this address is, as seen from a node; null if it is nobody's. */
    Node owner(Node from, InetAddress address) {
        return from.owns(address) ? from : owners.get(address);
    }

    /** For a trace: what is at an address, as seen from a node. */
    String nameOf(Node from, SocketAddress address) {
        if (!(address instanceof InetSocketAddress inet)) {
            return from.nameOf(address);
        }
        Node owner = owner(from, inet.getAddress());
        return owner != null
                ? owner.nameOf(inet)
                : inet.getAddress().getHostAddress() + ":" + inet.getPort();
    }

    /** Who listens at an address of a node; any of those who share it; null if nobody does. */
    Listener listener(Node node, InetSocketAddress address) {
        List<Listener> found = node.tcp().find(address);
        return found.isEmpty() ? null : found.get(dice.below(found.size()));
    }
}
