package io.tardy.sim.net;

import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.net.SocketAddress;
import java.net.SocketOption;
import java.nio.channels.ServerSocketChannel;
import java.util.Set;

/** A simulated listener as a socket: its address and its options. */
final class SimServerSocket extends ServerSocket {

    private final SimServerSocketChannel channel;

    SimServerSocket(SimServerSocketChannel channel) {
        super(new AdaptedStream(new AdaptedOptions(channel, channel.options())));
        this.channel = channel;
    }

    private InetSocketAddress local() {
        return (InetSocketAddress) channel.local();
    }

    @Override
    public void bind(SocketAddress address) throws IOException {
        channel.bind(address);
    }

    @Override
    public void bind(SocketAddress address, int backlog) throws IOException {
        channel.bind(address, backlog);
    }

    @Override
    public Socket accept() {
        throw AdaptedOptions.refusal();
    }

    @Override
    public InetAddress getInetAddress() {
        InetSocketAddress local = local();
        return local == null ? null : local.getAddress();
    }

    @Override
    public int getLocalPort() {
        InetSocketAddress local = local();
        return local == null ? -1 : local.getPort();
    }

    @Override
    public SocketAddress getLocalSocketAddress() {
        return local();
    }

    @Override
    public ServerSocketChannel getChannel() {
        return channel;
    }

    @Override
    public boolean isBound() {
        return local() != null;
    }

    @Override
    public boolean isClosed() {
        return !channel.isOpen();
    }

    @Override
    public void close() throws IOException {
        channel.close();
    }

    @Override
    public <T> ServerSocket setOption(SocketOption<T> option, T value) throws IOException {
        channel.setOption(option, value);
        return this;
    }

    @Override
    public <T> T getOption(SocketOption<T> option) throws IOException {
        return channel.getOption(option);
    }

    @Override
    public Set<SocketOption<?>> supportedOptions() {
        return channel.supportedOptions();
    }

    @Override
    public String toString() {
        return channel.toString();
    }
}
