package io.tardy.examples.gateway;

import io.tardy.net.Socket;
import java.io.IOException;
import java.net.InetSocketAddress;

/** A connection to the backend, on a socket. */
final class BackendSocket extends PooledConnection {

    private final Socket socket;
    private boolean isReady;

    private BackendSocket(Socket socket) {
        this.socket = socket;
    }

    static BackendSocket connect(InetSocketAddress backend) throws IOException {
        Socket socket = Socket.tcp(backend.getAddress().getHostAddress(), backend.getPort());
        boolean connected = false;
        try {
            socket.connect();
            connected = true;
            return new BackendSocket(socket);
        } finally {
            if (!connected) {
                socket.close();
            }
        }
    }

    Socket socket() {
        return socket;
    }

    /** Between requests, if the backend has not said that it closes the connection. */
    void setReady(boolean isReady) {
        this.isReady = isReady;
    }

    @Override
    boolean isReady() {
        return isReady;
    }

    @Override
    void close() throws IOException {
        socket.close();
    }
}
