package io.tardy.examples;

import io.tardy.FrameFailedException;
import io.tardy.Scope;
import io.tardy.TardyRuntime;
import io.tardy.aio.TardyIOException;
import io.tardy.net.Socket;
import io.tardy.stream.Stream;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.net.StandardSocketOptions;
import java.time.Duration;

/**
 * Passes connections on to another server: a frame for each direction, which copies until its end
 * and passes that end on, while the other direction lives as long as it likes.
 */
final class Proxy {

    private static final Duration CONNECT_TIMEOUT = Duration.ofSeconds(10);

    private final String host;
    private final int port;

    /** To a resolved address: looking a name up would block the runtime. */
    Proxy(InetSocketAddress target) {
        this.host = target.getAddress().getHostAddress();
        this.port = target.getPort();
    }

    void start(TardyRuntime rt, Socket listener) {
        rt.spawn("accept", () -> listener.serve(this::serve));
    }

    private void serve(Socket client) throws IOException {
        try (Socket server = Socket.tcp(host, port)) {
            server.connect(CONNECT_TIMEOUT);
            try (Scope scope = Scope.open()) {
                scope.fork(() -> pass(client, server));
                scope.fork(() -> pass(server, client));
                scope.join(); // if one fails, the other is cancelled
            } catch (FrameFailedException e) {
                if (!(e.getCause() instanceof TardyIOException)) {
                    throw e;
                }
                // Half of it is lost: neither may take what it has for the whole.
                reset(client);
                reset(server);
            }
        } catch (TardyIOException e) {
            reset(client); // no server, no connection
            throw e;
        }
    }

    private static void pass(Socket from, Socket to) throws IOException {
        Stream.copy(from, to);
        to.shutdownOutput();
    }

    /** What is closed without lingering sends a reset, not an end. */
    private static void reset(Socket socket) throws IOException {
        socket.setOption(StandardSocketOptions.SO_LINGER, 0);
    }
}
