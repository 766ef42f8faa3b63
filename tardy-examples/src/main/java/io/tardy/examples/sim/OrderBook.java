package io.tardy.examples.sim;

import io.tardy.Signal;
import io.tardy.Signals;
import io.tardy.TardyRuntime;
import io.tardy.aio.TardyIOException;
import io.tardy.examples.replica.Journal;
import io.tardy.net.Socket;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.concurrent.locks.ReentrantLock;

/**
 * A server that writes each order into its journal, once, before it confirms it. If its disk fails,
 * it ends: what it knows may not be what the disk has.
 */
final class OrderBook {

    static final int PORT = 700;

    /** What has been asked is confirmed in this time after a signal. */
    private static final Duration DRAIN = Duration.ofMillis(200);

    private static final Path DIRECTORY = Path.of("/orders");

    private final TardyRuntime rt;
    private final Journal journal;
    private final Set<Order> written;

    /** One frame at a time writes. */
    private final ReentrantLock writing = new ReentrantLock();

    private OrderBook(TardyRuntime rt, Journal journal, Set<Order> written) {
        this.rt = rt;
        this.journal = journal;
        this.written = written;
    }

    static void start(TardyRuntime rt) {
        rt.spawnDaemon("signals", () -> drainOnSignal(rt));
        rt.spawn("orders", () -> run(rt));
    }

    private static void drainOnSignal(TardyRuntime rt) throws IOException {
        try (Signals signals = Signals.open(Signal.TERM)) {
            signals.next();
            rt.drain(DRAIN);
        }
    }

    private static void run(TardyRuntime rt) throws IOException {
        List<byte[]> records = new ArrayList<>();
        try (Journal journal = Journal.open(DIRECTORY, records);
                Socket listener = Socket.tcp("0.0.0.0", PORT)) {
            OrderBook book = new OrderBook(rt, journal, new HashSet<>(ordersOf(records)));
            listener.bind().listen(16).serve(book::serve);
        } finally {
            rt.stop();
        }
    }

    private static List<Order> ordersOf(List<byte[]> records) {
        return records.stream().map(ByteBuffer::wrap).map(Order::of).toList();
    }

    private void serve(Socket client) throws IOException {
        ByteBuffer bytes = ByteBuffer.allocate(Order.BYTES);
        while (client.recvAll(bytes.clear()) == Order.BYTES) {
            Order order = Order.of(bytes.flip());
            write(order);
            client.sendAll(order.toBytes());
        }
    }

    private void write(Order order) throws IOException {
        writing.lock();
        try {
            if (!written.contains(order)) {
                journal.append(order.toBytes().array());
                journal.flush();
                written.add(order);
            }
        } catch (TardyIOException e) {
            rt.stop();
            throw e;
        } finally {
            writing.unlock();
        }
    }

    /** What is in the journal, for a program of its own: it may meet a fault of the disk. */
    static List<Order> read() throws IOException {
        List<byte[]> records = new ArrayList<>();
        Journal.open(DIRECTORY, records).close();
        return ordersOf(records);
    }
}
