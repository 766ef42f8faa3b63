package io.tardy.sim.net;

import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.net.SocketAddress;
import java.net.SocketException;
import java.net.SocketOption;
import java.nio.channels.SocketChannel;
import java.util.Set;

/** A simulated channel as a socket: its addresses, its state and its options. */
final class SimSocket extends Socket {

    private final SimSocketChannel channel;

    private SimSocket(SimSocketChannel channel) throws SocketException {
        super(new AdaptedStream(new AdaptedOptions(channel, channel.options())));
        this.channel = channel;
    }

    static SimSocket of(SimSocketChannel channel) {
        try {
            return new SimSocket(channel);
        } catch (SocketException e) {
            throw new AssertionError(e); // the JDK's constructor only declares it
        }
    }

    private InetSocketAddress local() {
        return (InetSocketAddress) channel.local();
    }

    private InetSocketAddress remote() {
        return channel.hasConnected() ? (InetSocketAddress) channel.remote() : null;
    }

    @Override
    public void bind(SocketAddress address) throws IOException {
        channel.bind(address);
    }

    @Override
    public void connect(SocketAddress address) {
        throw AdaptedOptions.refusal();
    }

    @Override
    public void connect(SocketAddress address, int timeout) {
        throw AdaptedOptions.refusal();
    }

    /** For what is there; to read, there is the channel. */
    @Override
    public InputStream getInputStream() {
        return new InputStream() {
            @Override
            public int read() {
                throw AdaptedOptions.refusal();
            }

            @Override
            public int available() {
                return channel.available();
            }
        };
    }

    @Override
    public OutputStream getOutputStream() {
        throw AdaptedOptions.refusal();
    }

    @Override
    public void sendUrgentData(int data) {
        throw AdaptedOptions.refusal();
    }

    @Override
    public InetAddress getInetAddress() {
        InetSocketAddress remote = remote();
        return remote == null ? null : remote.getAddress();
    }

    @Override
    public int getPort() {
        InetSocketAddress remote = remote();
        return remote == null ? 0 : remote.getPort();
    }

    @Override
    public SocketAddress getRemoteSocketAddress() {
        return remote();
    }

    @Override
    public InetAddress getLocalAddress() {
        InetSocketAddress local = local();
        return local == null || isClosed() ? SocketAddresses.WILDCARD : local.getAddress();
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
    public SocketChannel getChannel() {
        return channel;
    }

    @Override
    public boolean isConnected() {
        return channel.isConnected();
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
    public boolean isInputShutdown() {
        return channel.isInputShutdown();
    }

    @Override
    public boolean isOutputShutdown() {
        return channel.isOutputShutdown();
    }

    @Override
    public void shutdownInput() throws IOException {
        channel.shutdownInput();
    }

    @Override
    public void shutdownOutput() throws IOException {
        channel.shutdownOutput();
    }

    @Override
    public void close() throws IOException {
        channel.close();
    }

    @Override
    public <T> Socket setOption(SocketOption<T> option, T value) throws IOException {
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
