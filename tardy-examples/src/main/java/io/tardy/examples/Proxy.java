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
 * Forwards connections to another server. Each direction has a frame, which copies until the end of
 * its input and passes that on. The other direction goes on independently.
 */
public final class Proxy {

    private static final Duration CONNECT_TIMEOUT = Duration.ofSeconds(10);

    private final String host;
    private final int port;

    /** Takes a resolved address, because looking up a name would block the runtime. */
    public Proxy(InetSocketAddress target) {
        this.host = target.getAddress().getHostAddress();
        this.port = target.getPort();
    }

    public void start(TardyRuntime rt, Socket listener) {
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
                // Data is lost: neither side may take its part for the whole.
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

    /** Closes with a reset: a socket with SO_LINGER of zero does not send a FIN. */
    private static void reset(Socket socket) throws IOException {
        socket.setOption(StandardSocketOptions.SO_LINGER, 0);
    }
}
