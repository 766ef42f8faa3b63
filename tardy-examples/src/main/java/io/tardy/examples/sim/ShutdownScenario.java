package io.tardy.examples.sim;

import io.tardy.Deadline;
import io.tardy.Signal;
import io.tardy.TardyRuntime;
import io.tardy.net.Socket;
import io.tardy.sim.Sim;
import io.tardy.sim.SimHost;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.HashSet;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;

/**
 * An {@link OrderBook} that is drained, gets a signal, is stopped, killed or loses its power while
 * it confirms orders: what was confirmed is on its disk, and a program that is stopped ends.
 */
final class ShutdownScenario implements Scenario {

    private static final int CLIENTS = 3;
    private static final int ORDERS = 60;
    private static final int AHEAD_MAX = 8;
    private static final Duration PATIENCE = Duration.ofSeconds(5);

    @Override
    public String name() {
        return "shutdown";
    }

    @Override
    public void run(Sim sim) throws Exception {
        Set<Order> confirmed = new LinkedHashSet<>();
        SimHost server = OrderBooks.start(sim);
        SimHost client = sim.host("client");
        client.start(rt -> connect(rt, confirmed));
        sim.delay(Duration.ofMillis(sim.random(300)));
        end(sim, server);
        client.await();
        List<Order> written = OrderBooks.read(sim, server);
        Set<Order> once = new HashSet<>(written);
        Check.equal(once.size(), written.size(), "orders in the journal");
        for (Order order : confirmed) {
            Check.that(once.contains(order), order + " was confirmed and is not in the journal");
        }
    }

    private static void end(Sim sim, SimHost server) throws Exception {
        switch (sim.random(3)) {
            case 0 -> {
                switch (sim.random(3)) {
                    case 0 -> server.drain(Duration.ofMillis(sim.random(300)));
                    case 1 -> server.signal(Signal.TERM);
                    default -> server.stop();
                }
                Deadline.within(Duration.ofMinutes(1), server::await);
                Check.equal(List.of(), server.openSockets(), "sockets of what was stopped");
            }
            case 1 -> {
                server.kill();
                if (sim.random(2) == 0) {
                    server.crash();
                    server.restart();
                    server.kill();
                }
            }
            default -> {
                server.crash();
                server.restart();
                server.stop();
                Deadline.within(Duration.ofMinutes(1), server::await);
            }
        }
    }

    private static void connect(TardyRuntime rt, Set<Order> confirmed) {
        for (int i = 0; i < CLIENTS; i++) {
            int id = i;
            rt.spawn(
                    "client " + i,
                    () -> {
                        try (Socket socket = Socket.tcp("orders", OrderBook.PORT)) {
                            Deadline.within(PATIENCE, socket::connect);
                            order(socket, id, confirmed);
                        } catch (IOException e) {
                            // that is the end of the server, for this client
                        }
                    });
        }
    }

    /** Keeps some orders under way. */
    private static void order(Socket socket, int id, Set<Order> confirmed) throws IOException {
        ByteBuffer answer = ByteBuffer.allocate(Order.BYTES);
        int sent = 0;
        for (int answered = 0; answered < ORDERS; answered++) {
            while (sent < Math.min(ORDERS, answered + AHEAD_MAX)) {
                socket.sendAll(new Order(id, sent++).toBytes());
            }
            int got = Deadline.callWithin(PATIENCE, () -> socket.recvAll(answer.clear()));
            if (got < Order.BYTES) {
                return;
            }
            Order order = Order.of(answer.flip());
            Check.equal(new Order(id, answered), order, "the order that is confirmed next");
            confirmed.add(order);
        }
    }
}
