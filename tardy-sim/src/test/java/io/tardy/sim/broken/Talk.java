package io.tardy.sim.broken;

import io.tardy.Frame;
import io.tardy.Scope;
import io.tardy.TardyRuntime;
import io.tardy.aio.TardyIOException;
import io.tardy.net.Socket;
import io.tardy.sim.Sim;
import io.tardy.sim.SimBody;
import io.tardy.sim.SimHost;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.time.Duration;

/**
 * Clients send, receive at the same time, and end their direction; the server sends back what came,
 * and after the end how much that was. Either all of it arrives, or the connection breaks.
 */
final class Talk implements SimBody {

    private static final int PORT = 7;
    private static final int CLIENTS = 3;
    private static final int BYTES_MAX = 9_000;

    private final BrokenConnections failures = new BrokenConnections();
    private Sim sim;
    private SimHost server;

    @Override
    public void run(Sim sim) throws Exception {
        this.sim = sim;
        server = sim.host("server").options(b -> b.uncaughtFrame(failures));
        server.start(rt -> listen());
        sim.host("client").start(this::talk).await();
        failures.requireNoOther();
    }

    private static void listen() throws TardyIOException {
        Socket listener = Socket.tcp("0.0.0.0", PORT);
        listener.bind().listen(16);
        TardyRuntime.current().spawn("accept", () -> listener.serve(Talk::echo));
    }

    private static void echo(Socket peer) throws IOException {
        ByteBuffer buffer = ByteBuffer.allocate(700);
        int total = 0;
        for (int count; (count = peer.recv(buffer.clear())) >= 0; total += count) {
            peer.sendAll(buffer.flip());
        }
        peer.sendAll(ByteBuffer.allocate(4).putInt(total).flip());
    }

    private void talk(TardyRuntime rt) {
        for (int i = 0; i < CLIENTS; i++) {
            rt.spawn(
                    () -> {
                        try {
                            connect(sim.random(BYTES_MAX));
                        } catch (IOException e) {
                            requireBreaks(sim, e);
                        }
                    });
        }
    }

    /** Nothing breaks a connection but what the faults have. */
    static void requireBreaks(Sim sim, IOException e) throws IOException {
        if (sim.faults().network().segmentReset() == 0) {
            throw e;
        }
    }

    private void connect(int total) throws IOException {
        try (Socket socket = Socket.tcp(server.address().getHostAddress(), PORT);
                Scope scope = Scope.open()) {
            socket.connect();
            scope.fork(
                    () -> {
                        send(socket, total);
                        socket.shutdownOutput();
                    });
            try {
                receive(socket, total);
            } finally {
                scope.join();
            }
        } catch (io.tardy.FrameFailedException e) {
            throw e.getCause() instanceof IOException cause ? cause : new IOException(e);
        }
    }

    private void send(Socket socket, int total) throws IOException {
        for (int sent = 0; sent < total; ) {
            ByteBuffer part = ByteBuffer.allocate(Math.min(total - sent, 1 + sim.random(3_000)));
            while (part.hasRemaining()) {
                part.put((byte) (sent++ * 7));
            }
            socket.sendAll(part.flip());
            if (sim.random(4) == 0) {
                Frame.delay(Duration.ofMillis(sim.random(5)));
            }
        }
    }

    private void receive(Socket socket, int total) throws IOException {
        ByteBuffer got = ByteBuffer.allocate(total + 5);
        while (socket.recv(got) >= 0) {
            if (sim.random(4) == 0) {
                Frame.delay(Duration.ofMillis(sim.random(5)));
            }
        }
        got.flip();
        if (got.remaining() != total + 4 || got.getInt(total) != total) {
            throw new AssertionError(got + " of " + total + " bytes and 4");
        }
        for (int i = 0; i < total; i++) {
            if (got.get(i) != (byte) (i * 7)) {
                throw new AssertionError("byte " + i + " is " + got.get(i));
            }
        }
    }
}
