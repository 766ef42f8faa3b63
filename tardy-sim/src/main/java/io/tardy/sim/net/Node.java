package io.tardy.sim.net;

import java.net.BindException;
import java.net.Inet4Address;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.SocketAddress;
import java.net.UnixDomainSocketAddress;
import java.nio.channels.spi.SelectorProvider;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;

/**
 * A machine at a {@link Network}: its addresses, its kernel's sockets, and the one process that has
 * them. A process that is only slow or stopped is none of the network's business: its kernel goes
 * on.
 */
public final class Node {

    private final Network network;
    private final String name;
    private final List<InetAddress> addresses;
    private final Ports<Listener> tcp;
    private final Ports<DatagramEnd> udp;
    private final SocketPaths paths = new SocketPaths();
    private final SimProvider provider;

    /** In the order in which they were opened. */
    private final Set<SimChannel> open = new LinkedHashSet<>();

    private boolean isUp = true;

    /** How often the power has been lost: what was made before then is gone. */
    private int boot;

    Node(Network network, String name, List<InetAddress> addresses) {
        this.network = network;
        this.name = name;
        this.addresses = addresses;
        this.tcp = new Ports<>(network, true);
        this.udp = new Ports<>(network, false);
        this.provider = new SimProvider(this);
    }

    /** Its name. */
    public String name() {
        return name;
    }

    /** Those it was given, without its loopback addresses. */
    public List<InetAddress> addresses() {
        return addresses;
    }

    /**
     * Makes the channels and selectors of this node; it implements the poll transport's {@code
     * SocketFiles} too. They are for one thread, and never block but in a select.
     */
    public SelectorProvider provider() {
        return provider;
    }

    /**
     * Which ports those get that do not name one; 32768 to 60999 if this is not called.
     *
     * @throws IllegalArgumentException if there are no such ports
     */
    public void ephemeralPorts(int first, int last) {
        tcp.ephemeral(first, last);
        udp.ephemeral(first, last);
    }

    /**
     * The process dies, and its kernel closes what it had: its peers see connections that end, or
     * are reset where it had not read everything. The node stays up, and its provider makes new
     * channels.
     */
    public void kill() {
        network.trace(this, "kill");
        closeAll();
    }

    /**
     * The power is lost: nobody hears of it. What is sent here gets no answer until {@link
     * #restart}, and then, if it belongs to a connection of before, a reset.
     *
     * @throws IllegalStateException if it is down already
     */
    public void crash() {
        requireUp();
        network.trace(this, "crash");
        boot++;
        isUp = false;
        closeAll();
        tcp.clear();
        udp.clear();
    }

    private void closeAll() {
        for (SimChannel channel : new ArrayList<>(open)) {
            channel.kill();
        }
    }

    /**
     * The power is back.
     *
     * @throws IllegalStateException if it was not lost
     */
    public void restart() {
        if (isUp) {
            throw new IllegalStateException("host " + name + " is up: crash() comes before");
        }
        network.trace(this, "restart");
        isUp = true;
    }

    /** False from {@link #crash} to {@link #restart}. */
    public boolean isUp() {
        return isUp;
    }

    void requireUp() {
        if (!isUp) {
            throw new IllegalStateException("host " + name + " is down: restart() comes before");
        }
    }

    /** What is open, selectors not included; one line each, in the order of opening. */
    public List<String> openChannels() {
        return open.stream().map(SimChannel::description).toList();
    }

    void opened(SimChannel channel) {
        requireUp();
        open.add(channel);
    }

    void closed(SimChannel channel) {
        open.remove(channel);
    }

    Network network() {
        return network;
    }

    int boot() {
        return boot;
    }

    Ports<Listener> tcp() {
        return tcp;
    }

    Ports<DatagramEnd> udp() {
        return udp;
    }

    SocketPaths paths() {
        return paths;
    }

    /** Takes a port of TCP, any if it is 0. */
    Ports.Binding<Listener> bindTcp(InetSocketAddress address, OptionValues options)
            throws BindException {
        return bind(tcp, address, options);
    }

    /** Takes a port of UDP, any if it is 0. */
    Ports.Binding<DatagramEnd> bindUdp(InetSocketAddress address, OptionValues options)
            throws BindException {
        return bind(udp, address, options);
    }

    private <S> Ports.Binding<S> bind(
            Ports<S> ports, InetSocketAddress address, OptionValues options) throws BindException {
        if (!owns(address.getAddress())) {
            throw new BindException("Cannot assign requested address");
        }
        Ports.Binding<S> binding = ports.bind(address, options);
        if (binding == null) {
            throw new BindException("Address already in use");
        }
        return binding;
    }

    /** Whether a socket of this node can have this address. */
    boolean owns(InetAddress address) {
        return address.isAnyLocalAddress()
                || address.isLoopbackAddress()
                || addresses.contains(address);
    }

    /** The address that a socket has towards another; null if there is none of its family. */
    InetAddress sourceFor(InetAddress destination) {
        if (destination.isLoopbackAddress() || addresses.contains(destination)) {
            return SocketAddresses.unnamed(destination);
        }
        for (InetAddress own : addresses) {
            if (own instanceof Inet4Address == destination instanceof Inet4Address) {
                return SocketAddresses.unnamed(own);
            }
        }
        return null;
    }

    /** For a trace: the node's name, and the port or path. */
    String nameOf(SocketAddress address) {
        return switch (address) {
            case null -> name + ":?";
            case InetSocketAddress inet -> name + ":" + inet.getPort();
            case UnixDomainSocketAddress unix -> name + ":" + unix.getPath();
            default -> name + ":" + address;
        };
    }

    @Override
    public String toString() {
        return name;
    }
}
