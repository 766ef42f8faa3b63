package io.tardy.sim.net;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.DatagramPacket;
import java.net.DatagramSocket;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.NetworkInterface;
import java.net.SocketAddress;
import java.net.SocketOption;
import java.nio.channels.DatagramChannel;
import java.util.Set;

/** A simulated datagram channel as a socket: its addresses, its state and its options. */
final class SimDatagramSocket extends DatagramSocket {

    private final SimDatagramChannel channel;

    SimDatagramSocket(SimDatagramChannel channel) {
        super(new AdaptedDatagrams(new AdaptedOptions(channel, channel.options())));
        this.channel = channel;
    }

    @Override
    public void bind(SocketAddress address) {
        throw AdaptedOptions.refusal();
    }

    @Override
    public void connect(InetAddress address, int port) {
        throw AdaptedOptions.refusal();
    }

    @Override
    public void connect(SocketAddress address) {
        throw AdaptedOptions.refusal();
    }

    @Override
    public void disconnect() {
        throw AdaptedOptions.refusal();
    }

    @Override
    public void send(DatagramPacket packet) {
        throw AdaptedOptions.refusal();
    }

    @Override
    public void receive(DatagramPacket packet) {
        throw AdaptedOptions.refusal();
    }

    @Override
    public void joinGroup(SocketAddress group, NetworkInterface via) {
        throw AdaptedOptions.refusal();
    }

    @Override
    public void leaveGroup(SocketAddress group, NetworkInterface via) {
        throw AdaptedOptions.refusal();
    }

    @Override
    public void setSoTimeout(int millis) {
        throw AdaptedOptions.refusal();
    }

    @Override
    public int getSoTimeout() {
        return 0;
    }

    @Override
    public boolean isBound() {
        return channel.local() != null;
    }

    @Override
    public boolean isConnected() {
        return channel.remote() != null;
    }

    @Override
    public boolean isClosed() {
        return !channel.isOpen();
    }

    @Override
    public InetAddress getInetAddress() {
        InetSocketAddress remote = channel.remote();
        return remote == null ? null : remote.getAddress();
    }

    @Override
    public int getPort() {
        InetSocketAddress remote = channel.remote();
        return remote == null ? -1 : remote.getPort();
    }

    @Override
    public SocketAddress getRemoteSocketAddress() {
        return channel.remote();
    }

    @Override
    public InetAddress getLocalAddress() {
        if (isClosed()) {
            return null;
        }
        InetSocketAddress local = channel.local();
        return local == null ? SocketAddresses.WILDCARD : local.getAddress();
    }

    @Override
    public int getLocalPort() {
        if (isClosed()) {
            return -1;
        }
        InetSocketAddress local = channel.local();
        return local == null ? 0 : local.getPort();
    }

    @Override
    public SocketAddress getLocalSocketAddress() {
        return isClosed() ? null : channel.local();
    }

    @Override
    public DatagramChannel getChannel() {
        return channel;
    }

    @Override
    public void close() {
        try {
            channel.close();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    @Override
    public <T> DatagramSocket setOption(SocketOption<T> option, T value) throws IOException {
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
