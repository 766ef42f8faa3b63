package io.tardy.sim.net;

import java.io.IOException;
import java.net.BindException;
import java.net.ConnectException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.net.SocketAddress;
import java.net.SocketException;
import java.net.SocketOption;
import java.net.UnixDomainSocketAddress;
import java.nio.ByteBuffer;
import java.nio.channels.AlreadyBoundException;
import java.nio.channels.AlreadyConnectedException;
import java.nio.channels.AsynchronousCloseException;
import java.nio.channels.ClosedChannelException;
import java.nio.channels.ConnectionPendingException;
import java.nio.channels.NoConnectionPendingException;
import java.nio.channels.NotYetConnectedException;
import java.nio.channels.SelectionKey;
import java.nio.channels.SocketChannel;
import java.util.Objects;

/** A stream socket that does not listen: TCP, or of the Unix domain. */
final class SimSocketChannel extends SocketChannel implements SimChannel {

    private enum State {
        UNCONNECTED,
        PENDING,
        CONNECTED
    }

    private final Node node;
    private final SocketAddresses addresses;
    private final OptionValues options;
    private final Watch watch = new Watch();
    private State state = State.UNCONNECTED;

    /** What it was bound to, of TCP; null if it was not. */
    private Ports.Binding<Listener> binding;

    private SocketAddress local;

    /** Null until a connect begins. */
    private StreamEnd end;

    private Handshake handshake;
    private boolean isInputShutdown;
    private boolean isOutputShutdown;

    /** Null until somebody asks. */
    private Socket socket;

    SimSocketChannel(SimProvider provider, SocketAddresses addresses) {
        super(provider);
        this.node = provider.node();
        this.addresses = addresses;
        this.options = OptionValues.stream(isUnix());
        node.opened(this);
    }

    /** Of a connection that a listener has. */
    SimSocketChannel(SimProvider provider, SocketAddresses addresses, StreamEnd accepted) {
        this(provider, addresses);
        state = State.CONNECTED;
        end = accepted;
        local = accepted.local();
        accepted.watch(watch);
    }

    private boolean isUnix() {
        return addresses == SocketAddresses.UNIX;
    }

    @Override
    public OptionValues options() {
        return options;
    }

    private void requireConnected() throws ClosedChannelException {
        requireOpen();
        if (state != State.CONNECTED) {
            throw new NotYetConnectedException();
        }
    }

    @Override
    public SocketChannel bind(SocketAddress address) throws IOException {
        requireOpen();
        if (state == State.PENDING) {
            throw new ConnectionPendingException();
        }
        if (local != null) {
            throw new AlreadyBoundException();
        }
        if (!isUnix()) {
            binding = node.bindTcp(addresses.toBind(address), options);
            local = binding.address();
        } else if (address != null) {
            UnixDomainSocketAddress unix = SocketAddresses.unix(address);
            if (node.paths().make(unix) == null) {
                throw new BindException("Address already in use");
            }
            local = unix;
        }
        return this;
    }

    @Override
    public boolean connect(SocketAddress remote) throws IOException {
        try {
            SocketAddress to = isUnix() ? SocketAddresses.unix(remote) : addresses.toReach(remote);
            requireOpen();
            switch (state) {
                case UNCONNECTED -> {}
                case PENDING -> throw new ConnectionPendingException();
                case CONNECTED -> throw new AlreadyConnectedException();
            }
            BlockingRefused.check(this, "connect");
            if (to instanceof InetSocketAddress inet) {
                connectTcp(inet);
                state = State.PENDING;
                return false;
            }
            connectUnix((UnixDomainSocketAddress) to);
            becomeConnected();
            return true;
        } catch (IOException e) {
            close(); // as the JDK does
            throw e;
        }
    }

    private void connectTcp(InetSocketAddress remote) throws IOException {
        InetSocketAddress own = localFor(remote);
        if (!node.tcp().connect(new Ports.Ends(own, remote))) {
            throw new BindException("Cannot assign requested address");
        }
        local = own;
        end = new StreamEnd(node, own, remote);
        end.watch(watch);
        Network network = node.network();
        Node other = network.owner(node, remote.getAddress());
        handshake =
                new Handshake(
                        network,
                        end,
                        other == null ? null : network.link(node, other),
                        other == null ? null : network.link(other, node));
    }

    private InetSocketAddress localFor(InetSocketAddress remote) throws IOException {
        InetSocketAddress bound = binding == null ? null : binding.address();
        if (bound != null && !bound.getAddress().isAnyLocalAddress()) {
            return bound;
        }
        InetAddress source = node.sourceFor(remote.getAddress());
        if (source == null) {
            throw new SocketException("Network is unreachable");
        }
        if (bound != null) {
            return new InetSocketAddress(source, bound.getPort());
        }
        InetSocketAddress ephemeral = node.tcp().ephemeralFor(source, remote);
        if (ephemeral == null) {
            node.network().reached("no port left");
            throw new BindException("Cannot assign requested address");
        }
        return ephemeral;
    }

    private void connectUnix(UnixDomainSocketAddress remote) throws IOException {
        SocketPaths.File file = node.paths().at(remote);
        if (file == null) {
            throw new SocketException("No such file or directory");
        }
        Listener listener = file.listener();
        if (listener == null) {
            throw new ConnectException("Connection refused");
        }
        if (listener.isFull()) {
            node.network().reached("accept queue full");
            throw new SocketException("Resource temporarily unavailable");
        }
        if (local == null) {
            local = SocketAddresses.UNNAMED;
        }
        end = StreamEnd.connectUnix(node, local, listener);
        end.watch(watch);
    }

    @Override
    public boolean finishConnect() throws IOException {
        requireOpen();
        if (state == State.CONNECTED) {
            return true;
        }
        if (state != State.PENDING) {
            throw new NoConnectionPendingException();
        }
        BlockingRefused.check(this, "finishConnect");
        if (end.failure() != null) {
            close(); // as the JDK does
            throw end.failure().ofConnect();
        }
        if (end.isEstablished()) {
            becomeConnected();
        }
        return state == State.CONNECTED;
    }

    private void becomeConnected() {
        state = State.CONNECTED;
        watch.changed(); // data may have come before
    }

    @Override
    public int read(ByteBuffer into) throws IOException {
        requireConnected();
        BlockingRefused.check(this, "read");
        return end.read(into);
    }

    @Override
    public long read(ByteBuffer[] into, int offset, int length) throws IOException {
        Objects.checkFromIndexSize(offset, length, into.length);
        long total = 0;
        for (int i = offset; i < offset + length; i++) {
            if (into[i].hasRemaining()) {
                if (total > 0 && !end.hasReceived()) {
                    return total;
                }
                int count = read(into[i]);
                if (count < 0) {
                    return count;
                }
                total += count;
                if (into[i].hasRemaining()) {
                    return total;
                }
            }
        }
        return total;
    }

    @Override
    public int write(ByteBuffer from) throws IOException {
        requireConnected();
        if (isOutputShutdown) {
            throw new AsynchronousCloseException(); // as the JDK says it, whenever it was
        }
        BlockingRefused.check(this, "write");
        return end.write(from);
    }

    @Override
    public long write(ByteBuffer[] from, int offset, int length) throws IOException {
        Objects.checkFromIndexSize(offset, length, from.length);
        long total = 0;
        for (int i = offset; i < offset + length; i++) {
            if (from[i].hasRemaining()) {
                total += write(from[i]);
                if (from[i].hasRemaining()) {
                    return total;
                }
            }
        }
        return total;
    }

    @Override
    public SocketChannel shutdownInput() throws IOException {
        requireConnected();
        if (!isInputShutdown) {
            isInputShutdown = true;
            end.shutdownInput();
        }
        return this;
    }

    @Override
    public SocketChannel shutdownOutput() throws IOException {
        requireConnected();
        if (!isOutputShutdown) {
            isOutputShutdown = true;
            end.shutdownOutput();
        }
        return this;
    }

    @Override
    public Socket socket() {
        if (isUnix()) {
            throw new UnsupportedOperationException("Not supported");
        }
        if (socket == null) {
            socket = SimSocket.of(this);
        }
        return socket;
    }

    /** How many bytes can be read now. */
    int available() {
        return end == null ? 0 : end.available();
    }

    boolean isInputShutdown() {
        return isInputShutdown;
    }

    boolean isOutputShutdown() {
        return isOutputShutdown;
    }

    @Override
    public boolean isConnected() {
        return isOpen() && hasConnected();
    }

    /** Also after the close. */
    boolean hasConnected() {
        return state == State.CONNECTED;
    }

    @Override
    public boolean isConnectionPending() {
        return isOpen() && state == State.PENDING;
    }

    @Override
    public SocketAddress getRemoteAddress() throws IOException {
        requireOpen();
        return remote();
    }

    /** Also after the close; null if there was none. */
    SocketAddress remote() {
        return end == null ? null : end.remote();
    }

    @Override
    public SocketAddress getLocalAddress() throws IOException {
        requireOpen();
        return local;
    }

    /** Also after the close; null if there was none. */
    SocketAddress local() {
        return local;
    }

    @Override
    public <T> SocketChannel setOption(SocketOption<T> option, T value) throws IOException {
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
        return switch (state) {
            case UNCONNECTED -> 0;
            case PENDING ->
                    end.isEstablished() || end.failure() != null ? SelectionKey.OP_CONNECT : 0;
            case CONNECTED ->
                    (end.isReadable() ? SelectionKey.OP_READ : 0)
                            | (end.isWritable() ? SelectionKey.OP_WRITE : 0);
        };
    }

    @Override
    protected void implConfigureBlocking(boolean block) {}

    @Override
    protected void implCloseSelectableChannel() {
        node.closed(this);
        if (handshake != null) {
            handshake.cancel();
        }
        if (end != null && end.isEstablished()) {
            end.close(options);
        } else if (end != null) {
            end.cancelConnect();
        }
        if (binding != null) {
            node.tcp().unbind(binding);
        }
    }

    @Override
    public String description() {
        String kind = isUnix() ? "unix " : "tcp ";
        if (end == null) {
            return kind + (local == null ? node.name() : node.nameOf(local));
        }
        return kind + end.name() + " -> " + end.remoteName();
    }

    @Override
    public String toString() {
        return description() + (isOpen() ? "" : " (closed)");
    }
}
