package io.tardy.examples.sim;

import io.tardy.Deadline;
import io.tardy.FrameFailedException;
import io.tardy.Scope;
import io.tardy.TardyRuntime;
import io.tardy.examples.Proxy;
import io.tardy.net.Socket;
import io.tardy.sim.Sim;
import io.tardy.sim.SimHost;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.net.StandardSocketOptions;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.List;
import java.util.SplittableRandom;

/**
 * Clients that talk to a server through {@link Proxy}, while both send. Each sees of the other's
 * stream a beginning; all of it if it sees the stream's end; and never an end of what was reset.
 */
final class ProxyScenario implements Scenario {

    private static final int PORT = 80;
    private static final int STREAM_BYTES_MAX = 9_000;

    /** What a client says first: which streams follow, and how long they are. */
    private record Plan(int id, int up, int down) {

        static final int BYTES = 12;

        static Plan draw(SplittableRandom random) {
            return new Plan(
                    random.nextInt(),
                    random.nextInt(STREAM_BYTES_MAX),
                    random.nextInt(STREAM_BYTES_MAX));
        }

        ByteBuffer toBytes() {
            return ByteBuffer.allocate(BYTES).putInt(id).putInt(up).putInt(down).flip();
        }

        static Plan of(ByteBuffer bytes) {
            return new Plan(bytes.getInt(), bytes.getInt(), bytes.getInt());
        }
    }

    @Override
    public String name() {
        return "proxy";
    }

    @Override
    public void run(Sim sim) throws Exception {
        SimHost server = sim.host("server").tolerate(IOException.class);
        server.start(ProxyScenario::serve);
        SimHost proxy = sim.host("proxy").runtimes(1 + sim.random(2)).tolerate(IOException.class);
        Socket listener = Socket.tcp(proxy.tardy(), "0.0.0.0", PORT).bind().listen(16);
        Proxy forwarding = new Proxy(new InetSocketAddress(server.address(), PORT));
        proxy.start(rt -> forwarding.start(rt, listener));
        SimHost client = sim.host("client");
        boolean parts = sim.random(3) == 0;
        client.start(rt -> connect(sim, rt));
        if (parts) {
            sim.delay(Duration.ofMillis(sim.random(20)));
            sim.partition(proxy, sim.random(2) == 0 ? client : server);
            sim.delay(Duration.ofMillis(sim.random(3000)));
            sim.heal();
        }
        client.await();
        Check.equal(List.of(), client.openSockets(), "sockets of the client");
        sim.delay(Duration.ofSeconds(30));
        Check.equal(1, proxy.openSockets().size(), "sockets of the proxy with its listener");
        Check.equal(1, server.openSockets().size(), "sockets of the server with its listener");
    }

    private static void serve(TardyRuntime rt) throws IOException {
        Socket listener = Socket.tcp("0.0.0.0", PORT).bind().listen(16);
        rt.spawn("accept", () -> listener.serve(ProxyScenario::answer));
    }

    private static void answer(Socket peer) throws IOException {
        ByteBuffer said = ByteBuffer.allocate(Plan.BYTES);
        if (peer.recvAll(said) < Plan.BYTES) {
            return; // a client that aborts at once
        }
        Plan plan = Plan.of(said.flip());
        exchange(peer, new Pattern(~plan.id), plan.down, new Pattern(plan.id), plan.up);
    }

    private static void connect(Sim sim, TardyRuntime rt) {
        SplittableRandom random = new SplittableRandom(sim.random(1 << 30));
        for (int i = random.nextInt(1, 4); i > 0; i--) {
            SplittableRandom own = random.split();
            rt.spawn(
                    "client " + i,
                    () -> {
                        try {
                            Deadline.within(Duration.ofMinutes(5), () -> talk(own));
                        } catch (IOException e) {
                            Connections.requireBreakable(sim, e);
                        }
                    });
        }
    }

    private static void talk(SplittableRandom random) throws IOException {
        try (Socket socket = Socket.tcp("proxy", PORT)) {
            socket.connect();
            Plan plan = Plan.draw(random);
            socket.sendAll(plan.toBytes());
            if (random.nextInt(4) == 0) {
                abort(socket, plan, random.nextInt(plan.up + 1));
            } else {
                exchange(socket, new Pattern(plan.id), plan.up, new Pattern(~plan.id), plan.down);
            }
        }
    }

    /** Sends a part, and closes with a reset: the server must not see an end. */
    private static void abort(Socket socket, Plan plan, int part) throws IOException {
        socket.sendAll(new Pattern(plan.id).bytes(0, part));
        socket.setOption(StandardSocketOptions.SO_LINGER, 0);
    }

    private static void exchange(Socket socket, Pattern out, int outBytes, Pattern in, int inBytes)
            throws IOException {
        try (Scope scope = Scope.open()) {
            scope.fork(
                    () -> {
                        socket.sendAll(out.bytes(0, outBytes));
                        socket.shutdownOutput();
                    });
            scope.fork(() -> receive(socket, in, inBytes));
            scope.join();
        } catch (FrameFailedException e) {
            if (e.getCause() instanceof IOException broken) {
                throw broken;
            }
            throw e;
        }
    }

    private static void receive(Socket socket, Pattern in, int inBytes) throws IOException {
        ByteBuffer buffer = ByteBuffer.allocate(2000);
        int received = 0;
        for (int got; (got = socket.recv(buffer.clear())) >= 0; received += got) {
            in.check(buffer.flip(), received);
        }
        Check.equal(inBytes, received, "bytes until the end of a stream");
    }
}
