package io.tardy.sim.net;

import java.io.IOException;
import java.net.ProtocolFamily;
import java.nio.channels.Channel;
import java.nio.channels.DatagramChannel;
import java.nio.channels.Pipe;
import java.nio.channels.ServerSocketChannel;
import java.nio.channels.SocketChannel;
import java.nio.channels.spi.AbstractSelector;
import java.nio.channels.spi.SelectorProvider;

/** Makes channels of the node whose program runs now, and outside of a simulation the JDK's. */
public final class AmbientProvider extends SelectorProvider {

    /** The only one. */
    public static final AmbientProvider INSTANCE = new AmbientProvider();

    private AmbientProvider() {}

    private static SelectorProvider now() {
        Node node = CurrentNode.orNull();
        return node == null ? SelectorProvider.provider() : node.provider();
    }

    @Override
    public DatagramChannel openDatagramChannel() throws IOException {
        return now().openDatagramChannel();
    }

    @Override
    public DatagramChannel openDatagramChannel(ProtocolFamily family) throws IOException {
        return now().openDatagramChannel(family);
    }

    @Override
    public Pipe openPipe() throws IOException {
        return now().openPipe();
    }

    @Override
    public AbstractSelector openSelector() throws IOException {
        return now().openSelector();
    }

    @Override
    public ServerSocketChannel openServerSocketChannel() throws IOException {
        return now().openServerSocketChannel();
    }

    @Override
    public ServerSocketChannel openServerSocketChannel(ProtocolFamily family) throws IOException {
        return now().openServerSocketChannel(family);
    }

    @Override
    public SocketChannel openSocketChannel() throws IOException {
        return now().openSocketChannel();
    }

    @Override
    public SocketChannel openSocketChannel(ProtocolFamily family) throws IOException {
        return now().openSocketChannel(family);
    }

    @Override
    public Channel inheritedChannel() throws IOException {
        return now().inheritedChannel();
    }
}
