package io.tardy.examples.sim;

import io.tardy.Deadline;
import io.tardy.Frame;
import io.tardy.aio.CancelledException;
import io.tardy.aio.TardyIOException;
import io.tardy.net.Socket;
import io.tardy.sim.Sim;
import io.tardy.sim.SimHost;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.HashSet;
import java.util.List;
import java.util.Set;

/**
 * Clients that order until it is confirmed, and an {@link OrderBook} that is killed, parted from
 * them, stopped for a while, and started again: each order is done exactly once.
 */
final class RetryScenario implements Scenario {

    private static final int CLIENTS = 3;
    private static final int ORDERS = 12;
    private static final Duration PATIENCE = Duration.ofMillis(1500);
    private static final Duration TURN = Duration.ofMillis(200);

    @Override
    public String name() {
        return "retry";
    }

    @Override
    public void run(Sim sim) throws Exception {
        SimHost server = OrderBooks.start(sim);
        SimHost client = sim.host("client");
        client.start(
                rt -> {
                    for (int i = 0; i < CLIENTS; i++) {
                        int id = i;
                        rt.spawn("client " + i, () -> orderAll(id));
                    }
                });
        for (int blows = sim.random(6); blows > 0 && client.isRunning(); blows--) {
            sim.delay(Duration.ofMillis(sim.random(200)));
            strike(sim, server, client);
        }
        sim.heal();
        while (client.isRunning()) {
            if (!server.isRunning()) {
                server.restart();
            }
            sim.delay(TURN);
        }
        server.stop();
        server.await();
        List<Order> written = OrderBooks.read(sim, server);
        Set<Order> once = new HashSet<>(written);
        Check.equal(once.size(), written.size(), "orders in the journal, each once");
        Check.equal(CLIENTS * ORDERS, once.size(), "orders in the journal");
    }

    private static void strike(Sim sim, SimHost server, SimHost client) throws Exception {
        switch (sim.random(4)) {
            case 0 -> server.kill();
            case 1 -> {
                server.crash();
                sim.delay(Duration.ofMillis(sim.random(3000)));
            }
            case 2 -> sim.partition(server, client);
            default -> {
                server.pause();
                sim.delay(Duration.ofMillis(sim.random(3000)));
                server.resume();
            }
        }
        sim.delay(Duration.ofMillis(sim.random(1000)));
        sim.heal();
        if (!server.isRunning()) {
            server.restart();
        }
    }

    private static void orderAll(int client) throws IOException {
        for (int number = 0; number < ORDERS; ) {
            try (Socket socket = Socket.tcp("orders", OrderBook.PORT)) {
                Deadline.within(PATIENCE, socket::connect);
                for (; number < ORDERS; number++) {
                    Order order = new Order(client, number);
                    Deadline.within(PATIENCE, () -> order(socket, order));
                }
            } catch (CancelledException e) {
                throw e;
            } catch (TardyIOException e) {
                Frame.delay(TURN); // then once more
            }
        }
    }

    private static void order(Socket socket, Order order) throws TardyIOException {
        socket.sendAll(order.toBytes());
        ByteBuffer answer = ByteBuffer.allocate(Order.BYTES);
        if (socket.recvAll(answer) < Order.BYTES) {
            throw new TardyIOException(
                    "order", io.tardy.aio.RecvError.CONNECTION_RESET_BY_PEER, 0, "no answer");
        }
        Check.equal(order, Order.of(answer.flip()), "the order that is confirmed");
    }
}
