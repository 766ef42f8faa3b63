package io.tardy.sim.net;

import io.tardy.transport.poll.SocketFiles;
import java.io.IOException;
import java.net.ProtocolFamily;
import java.net.StandardProtocolFamily;
import java.nio.channels.DatagramChannel;
import java.nio.channels.Pipe;
import java.nio.channels.ServerSocketChannel;
import java.nio.channels.SocketChannel;
import java.nio.channels.spi.AbstractSelector;
import java.nio.channels.spi.SelectorProvider;
import java.nio.file.Path;
import java.util.Objects;

/** Makes the channels and selectors of a node. */
final class SimProvider extends SelectorProvider implements SocketFiles {

    private final Node node;

    SimProvider(Node node) {
        this.node = node;
    }

    Node node() {
        return node;
    }

    @Override
    public AbstractSelector openSelector() {
        node.requireUp();
        return new SimSelector(this, node.network());
    }

    @Override
    public SocketChannel openSocketChannel() {
        return new SimSocketChannel(this, SocketAddresses.DUAL);
    }

    @Override
    public SocketChannel openSocketChannel(ProtocolFamily family) {
        return new SimSocketChannel(this, SocketAddresses.of(family));
    }

    @Override
    public ServerSocketChannel openServerSocketChannel() {
        return new SimServerSocketChannel(this, SocketAddresses.DUAL);
    }

    @Override
    public ServerSocketChannel openServerSocketChannel(ProtocolFamily family) {
        return new SimServerSocketChannel(this, SocketAddresses.of(family));
    }

    @Override
    public DatagramChannel openDatagramChannel() {
        return new SimDatagramChannel(this, SocketAddresses.DUAL);
    }

    @Override
    public DatagramChannel openDatagramChannel(ProtocolFamily family) {
        if (Objects.requireNonNull(family, "family") == StandardProtocolFamily.UNIX) {
            throw new UnsupportedOperationException(
                    "the JDK has no datagram sockets of the Unix domain");
        }
        return new SimDatagramChannel(this, SocketAddresses.of(family));
    }

    @Override
    public Pipe openPipe() throws IOException {
        throw new UnsupportedOperationException("the simulator has no pipes");
    }

    @Override
    public Object fileKey(Path path) throws IOException {
        return node.paths().identity(path);
    }

    @Override
    public void delete(Path path) throws IOException {
        node.paths().delete(path);
    }

    @Override
    public int available(SocketChannel stream) {
        return ((SimSocketChannel) stream).available();
    }
}
