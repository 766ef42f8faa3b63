package io.tardy.examples.sim;

import io.tardy.aio.CancelledException;
import io.tardy.sim.Sim;
import io.tardy.sim.SimHost;
import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;

/** Hosts with an {@link OrderBook}. */
final class OrderBooks {

    private static final int TRIES_MAX = 100;

    private OrderBooks() {}

    /** A host that runs one. */
    static SimHost start(Sim sim) {
        SimHost host = sim.host("orders").tolerate(IOException.class);
        return host.start(OrderBook::start);
    }

    /** What is in the journal of a host whose program has ended; in spite of its disk's faults. */
    static List<Order> read(Sim sim, SimHost host) throws Exception {
        List<List<Order>> read = new ArrayList<>();
        for (int tries = 0; read.isEmpty(); tries++) {
            Check.that(tries < TRIES_MAX, "the journal can be read at last");
            host.run(
                    () -> {
                        try {
                            read.add(OrderBook.read());
                        } catch (CancelledException e) {
                            throw e;
                        } catch (IOException e) {
                            // again
                        }
                    });
            sim.delay(Duration.ofMillis(10));
        }
        return read.get(0);
    }
}
