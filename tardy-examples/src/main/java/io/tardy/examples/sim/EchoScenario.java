package io.tardy.examples.sim;

import io.tardy.Deadline;
import io.tardy.TardyRuntime;
import io.tardy.examples.Echo;
import io.tardy.net.Socket;
import io.tardy.sim.Sim;
import io.tardy.sim.SimHost;
import java.io.IOException;
import java.time.Duration;
import java.util.List;
import java.util.SplittableRandom;

/**
 * {@link Echo} and several clients: what comes back is what was sent, whole unless the connection
 * has been reset; and nothing of a connection is left at the server.
 */
final class EchoScenario implements Scenario {

    private static final int PORT = 9862;

    @Override
    public String name() {
        return "echo";
    }

    @Override
    public void run(Sim sim) throws Exception {
        SimHost server = sim.host("server").runtimes(1 + sim.random(2)).tolerate(IOException.class);
        Socket listener = Socket.tcp(server.tardy(), "0.0.0.0", PORT).bind().listen(16);
        server.start(rt -> Echo.start(rt, listener));
        List<SimHost> clients = List.of(sim.host("client-a"), sim.host("client-b"));
        for (SimHost client : clients) {
            int connections = 1 + sim.random(3);
            client.start(rt -> connect(sim, rt, connections));
        }
        for (SimHost client : clients) {
            client.await();
            Check.equal(List.of(), client.openSockets(), "sockets of " + client);
        }
        sim.delay(Duration.ofSeconds(10));
        Check.equal(1, server.openSockets().size(), "sockets of the server with its listener");
    }

    private static void connect(Sim sim, TardyRuntime rt, int connections) {
        SplittableRandom random = new SplittableRandom(sim.random(1 << 30));
        for (int i = 0; i < connections; i++) {
            EchoClient client = new EchoClient(random.split());
            rt.spawn(
                    "client " + i,
                    () -> {
                        try {
                            Deadline.within(Duration.ofMinutes(5), () -> talk(client));
                        } catch (IOException e) {
                            Connections.requireBreakable(sim, e);
                        }
                    });
        }
    }

    private static void talk(EchoClient client) throws IOException {
        Socket socket = Socket.tcp("server", PORT);
        try (socket) {
            client.talk(socket.connect());
        }
    }
}
