package io.tardy.sim.net;

import java.io.IOException;
import java.net.DatagramSocket;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.NetworkInterface;
import java.net.SocketAddress;
import java.net.SocketException;
import java.net.SocketOption;
import java.nio.ByteBuffer;
import java.nio.channels.AlreadyBoundException;
import java.nio.channels.AlreadyConnectedException;
import java.nio.channels.ClosedChannelException;
import java.nio.channels.DatagramChannel;
import java.nio.channels.MembershipKey;
import java.nio.channels.NotYetConnectedException;
import java.nio.channels.SelectionKey;
import java.util.Objects;

/** A UDP socket. */
final class SimDatagramChannel extends DatagramChannel implements SimChannel {

    /** No UDP datagram is longer. */
    private static final int BYTES_MAX = 65_507;

    private static final String TOO_LONG = "Message too long";

    private static final int LIMITED_BROADCAST = 255;

    private final Node node;
    private final SocketAddresses addresses;
    private final OptionValues options = OptionValues.datagrams();
    private final Watch watch = new Watch();
    private final DatagramEnd end;

    /** Null until it is bound. */
    private Ports.Binding<DatagramEnd> binding;

    private InetSocketAddress local;

    /** Null unless it is connected. */
    private InetSocketAddress remote;

    /** Null until somebody asks. */
    private DatagramSocket socket;

    SimDatagramChannel(SimProvider provider, SocketAddresses addresses) {
        super(provider);
        this.node = provider.node();
        this.addresses = addresses;
        this.end = new DatagramEnd(node, options, watch);
        node.opened(this);
    }

    @Override
    public OptionValues options() {
        return options;
    }

    private void requireConnected() throws ClosedChannelException {
        requireOpen();
        if (remote == null) {
            throw new NotYetConnectedException();
        }
    }

    @Override
    public DatagramChannel bind(SocketAddress address) throws IOException {
        requireOpen();
        if (local != null) {
            throw new AlreadyBoundException();
        }
        requireOneNode(addresses.toBind(address).getAddress());
        binding = node.bindUdp(addresses.toBind(address), options);
        binding.serve(end);
        local = binding.address();
        return this;
    }

    private void bindIfNot() throws IOException {
        if (local == null) {
            bind(null);
        }
    }

    private static void requireOneNode(InetAddress address) {
        byte[] raw = address.getAddress();
        boolean isBroadcast = true;
        for (byte each : raw) {
            isBroadcast &= Byte.toUnsignedInt(each) == LIMITED_BROADCAST;
        }
        if (isBroadcast || address.isMulticastAddress()) {
            throw new UnsupportedOperationException(
                    address.getHostAddress()
                            + ": the simulator has neither broadcast nor multicast, send to each"
                            + " node");
        }
    }

    @Override
    public DatagramChannel connect(SocketAddress address) throws IOException {
        InetSocketAddress to = addresses.toReach(address);
        requireOpen();
        if (remote != null) {
            throw new AlreadyConnectedException();
        }
        if (to.getPort() == 0) {
            throw new SocketException("Can't connect to port 0");
        }
        requireOneNode(to.getAddress());
        bindIfNot();
        local = sourceFor(to);
        remote = to;
        end.connect(to);
        return this;
    }

    /** The address that it sends from. */
    private InetSocketAddress sourceFor(InetSocketAddress to) throws SocketException {
        if (!local.getAddress().isAnyLocalAddress()) {
            return local;
        }
        InetAddress source = node.sourceFor(to.getAddress());
        if (source == null) {
            throw new SocketException("Network is unreachable");
        }
        return new InetSocketAddress(source, local.getPort());
    }

    @Override
    public DatagramChannel disconnect() throws IOException {
        if (remote != null) {
            remote = null;
            end.connect(null);
            local = binding.address();
        }
        return this;
    }

    @Override
    public SocketAddress receive(ByteBuffer into) throws IOException {
        requireOpen();
        if (into.isReadOnly()) {
            throw new IllegalArgumentException("Read-only buffer");
        }
        BlockingRefused.check(this, "receive");
        bindIfNot();
        requireNotRefused();
        DatagramEnd.Arrived next = end.receive();
        if (next == null) {
            return null;
        }
        into.put(next.data(), 0, Math.min(next.data().length, into.remaining()));
        return next.from();
    }

    private void requireNotRefused() throws IOException {
        if (end.takeRefusal()) {
            throw Failure.ofDatagram();
        }
    }

    @Override
    public int send(ByteBuffer from, SocketAddress to) throws IOException {
        InetSocketAddress target = addresses.toReach(to);
        requireOpen();
        BlockingRefused.check(this, "send");
        if (remote != null && !remote.equals(target)) {
            throw new AlreadyConnectedException();
        }
        if (target.getPort() == 0) {
            throw new SocketException("Can't send to port 0");
        }
        if (from.remaining() > BYTES_MAX) {
            throw new SocketException(TOO_LONG);
        }
        return sendTo(from, target);
    }

    private int sendTo(ByteBuffer from, InetSocketAddress to) throws IOException {
        requireOneNode(to.getAddress());
        bindIfNot();
        requireNotRefused();
        InetSocketAddress source = sourceFor(to);
        byte[] data = new byte[from.remaining()];
        from.get(data);
        end.send(data, source, to);
        return data.length;
    }

    @Override
    public int read(ByteBuffer into) throws IOException {
        requireConnected();
        int before = into.position();
        receive(into);
        return into.position() - before;
    }

    @Override
    public long read(ByteBuffer[] into, int offset, int length) throws IOException {
        Objects.checkFromIndexSize(offset, length, into.length);
        requireConnected();
        BlockingRefused.check(this, "read");
        requireNotRefused();
        DatagramEnd.Arrived next = end.receive();
        if (next == null) {
            return 0;
        }
        int count = 0;
        for (int i = offset; i < offset + length; i++) {
            int part = Math.min(into[i].remaining(), next.data().length - count);
            into[i].put(next.data(), count, part);
            count += part;
        }
        return count;
    }

    /** The JDK sends nothing that is empty here. */
    @Override
    public int write(ByteBuffer from) throws IOException {
        requireConnected();
        BlockingRefused.check(this, "write");
        if (from.remaining() > BYTES_MAX) {
            throw new IOException(TOO_LONG);
        }
        return from.hasRemaining() ? sendTo(from, remote) : 0;
    }

    @Override
    public long write(ByteBuffer[] from, int offset, int length) throws IOException {
        Objects.checkFromIndexSize(offset, length, from.length);
        long total = 0;
        for (int i = offset; i < offset + length; i++) {
            total += from[i].remaining();
        }
        if (total > BYTES_MAX) {
            throw new IOException(TOO_LONG);
        }
        ByteBuffer whole = ByteBuffer.allocate((int) total);
        for (int i = offset; i < offset + length; i++) {
            whole.put(from[i]);
        }
        return write(whole.flip());
    }

    @Override
    public DatagramSocket socket() {
        if (socket == null) {
            socket = new SimDatagramSocket(this);
        }
        return socket;
    }

    @Override
    public MembershipKey join(InetAddress group, NetworkInterface via) {
        throw noMulticast();
    }

    @Override
    public MembershipKey join(InetAddress group, NetworkInterface via, InetAddress source) {
        throw noMulticast();
    }

    private static UnsupportedOperationException noMulticast() {
        return new UnsupportedOperationException(
                "the simulator has no multicast: send to each node");
    }

    @Override
    public boolean isConnected() {
        return remote != null;
    }

    @Override
    public SocketAddress getRemoteAddress() throws IOException {
        requireOpen();
        return remote;
    }

    /** Null unless it is connected. */
    InetSocketAddress remote() {
        return remote;
    }

    @Override
    public SocketAddress getLocalAddress() throws IOException {
        requireOpen();
        return local;
    }

    /** Also after the close; null if there was none. */
    InetSocketAddress local() {
        return local;
    }

    @Override
    public <T> DatagramChannel setOption(SocketOption<T> option, T value) throws IOException {
        requireOpen();
        options.set(option, value);
        return this;
    }

    @Override
    public Watch watch() {
        return watch;
    }

    @Override
    public int readyOps() {
        return SelectionKey.OP_WRITE | (end.isReadable() ? SelectionKey.OP_READ : 0);
    }

    @Override
    protected void implConfigureBlocking(boolean block) {}

    @Override
    protected void implCloseSelectableChannel() {
        node.closed(this);
        if (binding != null) {
            node.udp().unbind(binding);
        }
    }

    @Override
    public String description() {
        return "udp "
                + (local == null ? node.name() : node.nameOf(local))
                + (remote == null ? "" : " -> " + node.network().nameOf(node, remote));
    }

    @Override
    public String toString() {
        return description() + (isOpen() ? "" : " (closed)");
    }
}
