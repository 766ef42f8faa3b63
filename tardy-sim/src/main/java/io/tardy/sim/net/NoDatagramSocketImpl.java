package io.tardy.sim.net;

import java.net.DatagramPacket;
import java.net.DatagramSocketImpl;
import java.net.InetAddress;
import java.net.NetworkInterface;
import java.net.SocketAddress;

/** As {@link NoSocketImpl}. */
final class NoDatagramSocketImpl extends DatagramSocketImpl {

    @Override
    protected void create() {
        throw NoSocketImpl.refusal();
    }

    @Override
    protected void bind(int port, InetAddress address) {
        throw NoSocketImpl.refusal();
    }

    @Override
    protected void send(DatagramPacket packet) {
        throw NoSocketImpl.refusal();
    }

    @Override
    protected int peek(InetAddress address) {
        throw NoSocketImpl.refusal();
    }

    @Override
    protected int peekData(DatagramPacket packet) {
        throw NoSocketImpl.refusal();
    }

    @Override
    protected void receive(DatagramPacket packet) {
        throw NoSocketImpl.refusal();
    }

    @Override
    @Deprecated
    @SuppressWarnings("removal")
    protected void setTTL(byte ttl) {
        throw NoSocketImpl.refusal();
    }

    @Override
    @Deprecated
    @SuppressWarnings("removal")
    protected byte getTTL() {
        throw NoSocketImpl.refusal();
    }

    @Override
    protected void setTimeToLive(int ttl) {
        throw NoSocketImpl.refusal();
    }

    @Override
    protected int getTimeToLive() {
        throw NoSocketImpl.refusal();
    }

    @Override
    protected void join(InetAddress group) {
        throw NoSocketImpl.refusal();
    }

    @Override
    protected void leave(InetAddress group) {
        throw NoSocketImpl.refusal();
    }

    @Override
    protected void joinGroup(SocketAddress group, NetworkInterface via) {
        throw NoSocketImpl.refusal();
    }

    @Override
    protected void leaveGroup(SocketAddress group, NetworkInterface via) {
        throw NoSocketImpl.refusal();
    }

    @Override
    protected void close() {
        throw NoSocketImpl.refusal();
    }

    @Override
    public void setOption(int id, Object value) {
        throw NoSocketImpl.refusal();
    }

    @Override
    public Object getOption(int id) {
        throw NoSocketImpl.refusal();
    }
}
