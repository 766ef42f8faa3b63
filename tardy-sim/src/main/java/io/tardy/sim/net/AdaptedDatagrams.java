package io.tardy.sim.net;

import java.net.DatagramPacket;
import java.net.DatagramSocketImpl;
import java.net.InetAddress;
import java.net.NetworkInterface;
import java.net.SocketAddress;
import java.net.SocketException;

/** Behind the sockets of simulated datagram channels: as {@link AdaptedStream}. */
final class AdaptedDatagrams extends DatagramSocketImpl {

    private final AdaptedOptions options;

    AdaptedDatagrams(AdaptedOptions options) {
        this.options = options;
    }

    /** The channel is there already. */
    @Override
    protected void create() {}

    @Override
    protected void bind(int port, InetAddress address) {
        throw AdaptedOptions.refusal();
    }

    @Override
    protected void send(DatagramPacket packet) {
        throw AdaptedOptions.refusal();
    }

    @Override
    protected int peek(InetAddress address) {
        throw AdaptedOptions.refusal();
    }

    @Override
    protected int peekData(DatagramPacket packet) {
        throw AdaptedOptions.refusal();
    }

    @Override
    protected void receive(DatagramPacket packet) {
        throw AdaptedOptions.refusal();
    }

    @Override
    @Deprecated
    @SuppressWarnings("removal")
    protected void setTTL(byte ttl) {
        throw AdaptedOptions.refusal();
    }

    @Override
    @Deprecated
    @SuppressWarnings("removal")
    protected byte getTTL() {
        throw AdaptedOptions.refusal();
    }

    @Override
    protected void setTimeToLive(int ttl) {
        throw AdaptedOptions.refusal();
    }

    @Override
    protected int getTimeToLive() {
        throw AdaptedOptions.refusal();
    }

    @Override
    protected void join(InetAddress group) {
        throw AdaptedOptions.refusal();
    }

    @Override
    protected void leave(InetAddress group) {
        throw AdaptedOptions.refusal();
    }

    @Override
    protected void joinGroup(SocketAddress group, NetworkInterface via) {
        throw AdaptedOptions.refusal();
    }

    @Override
    protected void leaveGroup(SocketAddress group, NetworkInterface via) {
        throw AdaptedOptions.refusal();
    }

    @Override
    protected void close() {
        throw AdaptedOptions.refusal();
    }

    @Override
    public void setOption(int number, Object value) throws SocketException {
        options.set(number, value);
    }

    @Override
    public Object getOption(int number) throws SocketException {
        return options.get(number);
    }
}
