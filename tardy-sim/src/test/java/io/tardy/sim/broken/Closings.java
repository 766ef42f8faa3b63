package io.tardy.sim.broken;

import io.tardy.Frame;
import io.tardy.TardyRuntime;
import io.tardy.aio.RecvError;
import io.tardy.aio.TardyIOException;
import io.tardy.net.Socket;
import io.tardy.sim.Sim;
import io.tardy.sim.SimBody;
import io.tardy.sim.SimHost;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.time.Duration;

/**
 * Sockets that are closed while frames wait for them: whoever waits gets an error at once, the peer
 * the end of the stream, and a server whose listener is closed ends.
 */
final class Closings implements SimBody {

    private static final int PORT = 7;
    private static final int CLIENTS = 3;

    private final BrokenConnections failures = new BrokenConnections();
    private Sim sim;
    private SimHost server;
    private Socket listener;

    @Override
    public void run(Sim sim) throws Exception {
        this.sim = sim;
        server = sim.host("server").runtimes(2).options(b -> b.uncaughtFrame(failures));
        server.start(this::serve);
        SimHost client = sim.host("client");
        client.start(
                rt -> {
                    for (int i = 0; i < CLIENTS; i++) {
                        rt.spawn(() -> connect(rt));
                    }
                });
        client.await();
        server.await();
        failures.requireNoOther();
    }

    /** Both runtimes take connections of one listener, until it is closed. */
    private void serve(TardyRuntime rt) throws TardyIOException {
        if (listener == null) {
            listener = Socket.tcp("0.0.0.0", PORT);
            listener.bind().listen(16);
            rt.spawn(
                    () -> {
                        Frame.delay(Duration.ofSeconds(30));
                        listener.close();
                    });
        }
        rt.spawn(() -> listener.serve(Closings::greet));
    }

    private static void greet(Socket peer) throws IOException {
        peer.sendAll(ByteBuffer.allocate(1));
        ByteBuffer none = ByteBuffer.allocate(1);
        if (peer.recv(none) >= 0) {
            throw new AssertionError("nobody has sent that");
        }
    }

    private void connect(TardyRuntime rt) throws IOException {
        Socket socket = Socket.tcp(server.address().getHostAddress(), PORT);
        try {
            socket.connect();
            ByteBuffer greeting = ByteBuffer.allocate(1);
            if (socket.recv(greeting) != 1) {
                throw new AssertionError("no greeting");
            }
        } catch (TardyIOException e) {
            Talk.requireBreaks(sim, e);
            socket.close();
            return;
        }
        Frame<?> waiting = rt.spawn(() -> awaitClose(socket));
        Frame.delay(Duration.ofNanos(sim.random(10_000_000)));
        socket.close();
        Duration closed = sim.now();
        waiting.join();
        if (!sim.now().equals(closed)) {
            throw new AssertionError("closed at " + closed + ", and heard at " + sim.now());
        }
    }

    private static void awaitClose(Socket socket) throws IOException {
        try {
            int count = socket.recv(ByteBuffer.allocate(1));
            throw new AssertionError("received " + count);
        } catch (TardyIOException e) {
            if (e.error() != RecvError.INVALID_FD
                    && e.error() != RecvError.CONNECTION_RESET_BY_PEER) {
                throw e;
            }
        }
    }
}
