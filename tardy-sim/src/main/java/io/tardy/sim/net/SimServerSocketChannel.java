package io.tardy.sim.net;

import java.io.IOException;
import java.net.BindException;
import java.net.ServerSocket;
import java.net.SocketAddress;
import java.net.SocketOption;
import java.net.StandardSocketOptions;
import java.net.UnixDomainSocketAddress;
import java.nio.channels.AlreadyBoundException;
import java.nio.channels.NotYetBoundException;
import java.nio.channels.SelectionKey;
import java.nio.channels.ServerSocketChannel;
import java.nio.channels.SocketChannel;

/** A stream socket that listens: TCP, or of the Unix domain. */
final class SimServerSocketChannel extends ServerSocketChannel implements SimChannel {

    /** The JDK's, for less than one. */
    private static final int BACKLOG_DEFAULT = 50;

    private final Node node;
    private final SimProvider provider;
    private final SocketAddresses addresses;
    private final OptionValues options;
    private final Watch watch = new Watch();
    private SocketAddress local;

    /** Null until it is bound. */
    private Listener listener;

    /** At its port, or at its path: whichever it has. */
    private Ports.Binding<Listener> binding;

    private SocketPaths.File file;

    /** Null until somebody asks. */
    private ServerSocket socket;

    SimServerSocketChannel(SimProvider provider, SocketAddresses addresses) {
        super(provider);
        this.provider = provider;
        this.node = provider.node();
        this.addresses = addresses;
        this.options = OptionValues.listener(isUnix());
        node.opened(this);
    }

    private boolean isUnix() {
        return addresses == SocketAddresses.UNIX;
    }

    @Override
    public OptionValues options() {
        return options;
    }

    @Override
    public ServerSocketChannel bind(SocketAddress address, int backlog) throws IOException {
        requireOpen();
        if (local != null) {
            throw new AlreadyBoundException();
        }
        int queue = backlog < 1 ? BACKLOG_DEFAULT : backlog;
        if (isUnix()) {
            UnixDomainSocketAddress unix =
                    address == null ? node.paths().unused() : SocketAddresses.unix(address);
            file = node.paths().make(unix);
            if (file == null) {
                throw new BindException("Address already in use");
            }
            local = unix;
            listener = new Listener(local, options, queue, watch);
            file.serve(listener);
        } else {
            binding = node.bindTcp(addresses.toBind(address), options);
            local = binding.address();
            listener = new Listener(local, options, queue, watch);
            binding.serve(listener);
        }
        node.network().trace(node, "listen " + node.nameOf(local));
        return this;
    }

    @Override
    public SocketChannel accept() throws IOException {
        requireOpen();
        if (listener == null) {
            throw new NotYetBoundException();
        }
        BlockingRefused.check(this, "accept");
        StreamEnd connection = listener.accept();
        if (connection == null) {
            return null;
        }
        SimSocketChannel accepted = new SimSocketChannel(provider, addresses, connection);
        if (options.has(StandardSocketOptions.SO_REUSEADDR)) {
            accepted.options().set(StandardSocketOptions.SO_REUSEADDR, true);
        }
        node.network().trace(node, "accept " + connection.remoteName());
        return accepted;
    }

    @Override
    public ServerSocket socket() {
        if (isUnix()) {
            throw new UnsupportedOperationException("Not supported");
        }
        if (socket == null) {
            socket = new SimServerSocket(this);
        }
        return socket;
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
    public <T> ServerSocketChannel setOption(SocketOption<T> option, T value) throws IOException {
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
        return listener != null && listener.hasConnections() ? SelectionKey.OP_ACCEPT : 0;
    }

    @Override
    protected void implConfigureBlocking(boolean block) {}

    @Override
    protected void implCloseSelectableChannel() {
        node.closed(this);
        if (binding != null) {
            node.tcp().unbind(binding);
        }
        if (file != null) {
            file.serve(null);
        }
        if (listener != null) {
            listener.close();
        }
    }

    @Override
    public String description() {
        return (isUnix() ? "unix listener " : "tcp listener ")
                + (local == null ? node.name() : node.nameOf(local));
    }

    @Override
    public String toString() {
        return description() + (isOpen() ? "" : " (closed)");
    }
}
