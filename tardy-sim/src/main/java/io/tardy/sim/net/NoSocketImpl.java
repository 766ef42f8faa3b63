package io.tardy.sim.net;

import java.io.InputStream;
import java.io.OutputStream;
import java.net.InetAddress;
import java.net.SocketAddress;
import java.net.SocketImpl;

/** Behind the sockets of simulated channels: whatever they do not answer themselves is refused. */
final class NoSocketImpl extends SocketImpl {

    static UnsupportedOperationException refusal() {
        return new UnsupportedOperationException(
                "the socket of a simulated channel has addresses and options only: use the"
                        + " channel");
    }

    @Override
    protected void create(boolean stream) {
        throw refusal();
    }

    @Override
    protected void connect(String host, int port) {
        throw refusal();
    }

    @Override
    protected void connect(InetAddress address, int port) {
        throw refusal();
    }

    @Override
    protected void connect(SocketAddress address, int timeout) {
        throw refusal();
    }

    @Override
    protected void bind(InetAddress host, int port) {
        throw refusal();
    }

    @Override
    protected void listen(int backlog) {
        throw refusal();
    }

    @Override
    protected void accept(SocketImpl s) {
        throw refusal();
    }

    @Override
    protected InputStream getInputStream() {
        throw refusal();
    }

    @Override
    protected OutputStream getOutputStream() {
        throw refusal();
    }

    @Override
    protected int available() {
        throw refusal();
    }

    @Override
    protected void close() {
        throw refusal();
    }

    @Override
    protected void sendUrgentData(int data) {
        throw refusal();
    }

    @Override
    public void setOption(int id, Object value) {
        throw refusal();
    }

    @Override
    public Object getOption(int id) {
        throw refusal();
    }
}
