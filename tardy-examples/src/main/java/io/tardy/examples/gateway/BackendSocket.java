package io.tardy.examples.gateway;

import io.tardy.TardyRuntime;
import io.tardy.net.Socket;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.nio.ByteBuffer;

/**
 * A connection to the backend, on a socket. A frame of its own receives, also between requests:
 * what a backend says then would be taken for the answer to the next one.
 */
final class BackendSocket extends PooledConnection {

    private static final ByteBuffer NOTHING = ByteBuffer.allocate(0);

    private final TardyRuntime runtime = TardyRuntime.current();
    private final Socket socket;
    private boolean isReady;
    private ByteBuffer arrived = NOTHING; // lent to the frame that receives
    private long receiving;
    private long asking;
    private boolean isAsking; // and waits for more to arrive
    private boolean hasEnded;
    private IOException failure;

    private BackendSocket(Socket socket) {
        this.socket = socket;
    }

    static BackendSocket connect(InetSocketAddress backend) throws IOException {
        Socket socket = Socket.tcp(backend.getAddress().getHostAddress(), backend.getPort());
        boolean connected = false;
        try {
            BackendSocket connection = new BackendSocket(socket.connect());
            connection.runtime.spawnDaemon("backend", connection::receiveAll);
            connected = true;
            return connection;
        } finally {
            if (!connected) {
                socket.close();
            }
        }
    }

    void send(ByteBuffer request) throws IOException {
        socket.sendAll(request);
    }

    /** Waits for some of the answer, as {@link Socket#recv(ByteBuffer)} does. */
    int receive(ByteBuffer into) throws IOException {
        while (!arrived.hasRemaining()) {
            if (failure != null) {
                throw failure;
            } else if (hasEnded) {
                return -1;
            }
            awaitArrival();
        }
        int count = Math.min(into.remaining(), arrived.remaining());
        into.put(into.position(), arrived, arrived.position(), count);
        into.position(into.position() + count);
        arrived.position(arrived.position() + count);
        if (!arrived.hasRemaining()) {
            receiveMore();
        }
        return count;
    }

    private void awaitArrival() throws IOException {
        asking = runtime.scheduler().currentTask();
        isAsking = true;
        try {
            runtime.scheduler().triggerAwait();
        } finally {
            isAsking = false;
        }
    }

    private void receiveMore() {
        arrived = NOTHING;
        runtime.trigger(receiving);
    }

    /** What arrives stays where it is until it is taken. */
    private void receiveAll() throws IOException {
        receiving = runtime.scheduler().currentTask();
        try {
            for (ByteBuffer data; (data = socket.recvNext()) != null; ) {
                if (isReady) {
                    socket.close(); // nobody has asked
                    return;
                }
                arrived = data;
                awaken();
                while (arrived.hasRemaining()) {
                    runtime.scheduler().triggerAwait();
                }
            }
        } catch (IOException e) {
            failure = e; // of whoever asks
        } finally {
            arrived = NOTHING;
            hasEnded = true;
            awaken();
        }
    }

    private void awaken() {
        if (isAsking) {
            runtime.trigger(asking);
        }
    }

    /** Between requests, if the backend has not said that it closes the connection. */
    void setReady(boolean isReady) {
        this.isReady = isReady;
    }

    @Override
    boolean isReady() {
        return isReady && !hasEnded && !arrived.hasRemaining();
    }

    @Override
    void close() throws IOException {
        socket.close();
        receiveMore(); // learns of it
    }
}
