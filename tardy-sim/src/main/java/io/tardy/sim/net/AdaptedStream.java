package io.tardy.sim.net;

import java.io.InputStream;
import java.io.OutputStream;
import java.net.InetAddress;
import java.net.SocketAddress;
import java.net.SocketException;
import java.net.SocketImpl;

/**
 * Behind the sockets of simulated streams and listeners: it has their options, and refuses the
 * rest.
 */
final class AdaptedStream extends SocketImpl {

    private final AdaptedOptions options;

    AdaptedStream(AdaptedOptions options) {
        this.options = options;
    }

    /** The channel is there already. */
    @Override
    protected void create(boolean stream) {}

    @Override
    protected void connect(String host, int port) {
        throw AdaptedOptions.refusal();
    }

    @Override
    protected void connect(InetAddress address, int port) {
        throw AdaptedOptions.refusal();
    }

    @Override
    protected void connect(SocketAddress address, int timeout) {
        throw AdaptedOptions.refusal();
    }

    @Override
    protected void bind(InetAddress host, int port) {
        throw AdaptedOptions.refusal();
    }

    @Override
    protected void listen(int backlog) {
        throw AdaptedOptions.refusal();
    }

    @Override
    protected void accept(SocketImpl s) {
        throw AdaptedOptions.refusal();
    }

    @Override
    protected InputStream getInputStream() {
        throw AdaptedOptions.refusal();
    }

    @Override
    protected OutputStream getOutputStream() {
        throw AdaptedOptions.refusal();
    }

    @Override
    protected int available() {
        throw AdaptedOptions.refusal();
    }

    @Override
    protected void close() {
        throw AdaptedOptions.refusal();
    }

    @Override
    protected void sendUrgentData(int data) {
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
