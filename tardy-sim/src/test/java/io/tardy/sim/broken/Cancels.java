package io.tardy.sim.broken;

import io.tardy.Deadline;
import io.tardy.Frame;
import io.tardy.TardyRuntime;
import io.tardy.aio.CancelledException;
import io.tardy.aio.DeadlineExceededException;
import io.tardy.aio.TardyIOException;
import io.tardy.net.Socket;
import io.tardy.sim.Sim;
import io.tardy.sim.SimBody;
import io.tardy.sim.SimHost;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.time.Duration;

/**
 * Receives that are given up, by deadlines and by cancels, while the bytes of a count come in now
 * and then. None is lost, and none comes twice.
 */
final class Cancels implements SimBody {

    private static final int PORT = 7;
    private static final int COUNT = 60;

    private final BrokenConnections failures = new BrokenConnections();
    private Sim sim;
    private SimHost server;

    /** How far the client has received. */
    private int received;

    private boolean ended;
    private IOException broken;

    @Override
    public void run(Sim sim) throws Exception {
        this.sim = sim;
        server = sim.host("server").options(b -> b.uncaughtFrame(failures));
        server.start(rt -> listen());
        sim.host("client").start(rt -> rt.spawn(() -> receive(rt))).await();
        failures.requireNoOther();
    }

    private void listen() throws TardyIOException {
        Socket listener = Socket.tcp("0.0.0.0", PORT);
        listener.bind().listen(16);
        TardyRuntime.current().spawn(() -> listener.serve(this::count));
    }

    private void count(Socket peer) throws IOException {
        for (int sent = 0; sent < COUNT; ) {
            ByteBuffer part = ByteBuffer.allocate(Math.min(COUNT - sent, 1 + sim.random(4)));
            while (part.hasRemaining()) {
                part.put((byte) sent++);
            }
            peer.sendAll(part.flip());
            Frame.delay(Duration.ofMillis(sim.random(4)));
        }
    }

    private void receive(TardyRuntime rt) throws IOException {
        try (Socket socket = Socket.tcp(server.address().getHostAddress(), PORT)) {
            socket.connect();
            while (!ended) {
                Frame<?> receiver = rt.spawn(() -> receiveUntilCancelled(socket));
                Frame.delay(Duration.ofNanos(1_000L * sim.random(5_000)));
                receiver.cancel();
                Duration cancelled = sim.now();
                receiver.join();
                requireIsNow(cancelled);
            }
            if (broken != null) {
                throw broken;
            } else if (received != COUNT) {
                throw new AssertionError(received + " of " + COUNT);
            }
        } catch (IOException e) {
            Talk.requireBreaks(sim, e);
        }
    }

    private void requireIsNow(Duration due) {
        if (!sim.now().equals(due)) {
            throw new AssertionError("due at " + due + ", and it is " + sim.now());
        }
    }

    private void receiveUntilCancelled(Socket socket) {
        try {
            receiveSome(socket);
        } catch (CancelledException e) {
            // as it was meant to end
        } catch (IOException e) {
            broken = e;
            ended = true;
        }
    }

    private void receiveSome(Socket socket) throws IOException {
        while (!ended) {
            ByteBuffer into = ByteBuffer.allocate(1 + sim.random(8));
            Duration within = Duration.ofNanos(1_000L * sim.random(4_000));
            Duration late = sim.now().plus(within);
            int count;
            try {
                count = Deadline.callWithin(within, () -> socket.recv(into));
            } catch (DeadlineExceededException e) {
                requireIsNow(late);
                continue;
            }
            if (sim.now().compareTo(late) > 0) {
                throw new AssertionError("no deadline at " + late);
            }
            ended = count < 0;
            for (into.flip(); into.hasRemaining(); received++) {
                byte next = into.get();
                if (next != received) {
                    throw new AssertionError("received " + next + " after " + received);
                }
            }
        }
    }
}
