package io.tardy.sim.broken;

import io.tardy.Deadline;
import io.tardy.Frame;
import io.tardy.TardyRuntime;
import io.tardy.net.Socket;
import io.tardy.sim.Sim;
import io.tardy.sim.SimBody;
import io.tardy.sim.SimHost;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.time.Duration;

/**
 * Two hosts want the {@link Lease} that a third grants, through partitions and pauses. Never do two
 * of them lead.
 */
final class Leaders implements SimBody {

    private static final int PORT = 7;
    private static final Duration LONG = Duration.ofSeconds(12);

    private final BrokenConnections failures = new BrokenConnections();
    private Sim sim;
    private SimHost granter;

    // The granter's.
    private int holder = -1;
    private long heldUntilNanos;

    /** Until when each believes to lead. */
    private final long[] leads = new long[2];

    @Override
    public void run(Sim sim) throws Exception {
        this.sim = sim;
        granter = sim.host("granter").options(b -> b.uncaughtFrame(failures));
        granter.start(rt -> listen());
        SimHost[] hosts = new SimHost[leads.length];
        for (int i = 0; i < hosts.length; i++) {
            int number = i;
            hosts[i] = sim.host("candidate-" + i).start(rt -> rt.spawn(() -> compete(number)));
        }
        while (sim.now().compareTo(LONG) < 0) {
            sim.delay(Duration.ofMillis(sim.random(1_500)));
            SimHost host = hosts[sim.random(hosts.length)];
            sim.partition(granter, host);
            sim.delay(Duration.ofMillis(sim.random(1_500)));
            sim.heal();
        }
        for (SimHost host : hosts) {
            host.await();
        }
        failures.requireNoOther();
    }

    private void listen() throws IOException {
        Socket listener = Socket.tcp("0.0.0.0", PORT);
        listener.bind().listen(16);
        TardyRuntime.current().spawn(() -> listener.serve(this::grant));
    }

    private void grant(Socket peer) throws IOException {
        ByteBuffer request = ByteBuffer.allocate(4);
        while (peer.recv(request) > 0 && !request.hasRemaining()) {
            int candidate = request.flip().getInt();
            long now = now();
            boolean isFree = candidate == holder || now >= heldUntilNanos;
            if (isFree) {
                holder = candidate;
                heldUntilNanos = now + Lease.GRANTED.toNanos();
            }
            request.clear();
            peer.sendAll(ByteBuffer.allocate(4).putInt(isFree ? 1 : 0).flip());
        }
    }

    private long now() {
        return sim.now().toNanos();
    }

    private void compete(int number) throws IOException {
        while (sim.now().compareTo(LONG) < 0) {
            try (Socket socket = Socket.tcp(granter.address().getHostAddress(), PORT)) {
                Deadline.within(
                        Duration.ofSeconds(10),
                        () -> {
                            socket.connect();
                            while (ask(socket, number)) {
                                Frame.delay(Duration.ofMillis(sim.random(300)));
                            }
                        });
            } catch (IOException e) {
                // and once more
            }
            Frame.delay(Duration.ofMillis(sim.random(200)));
        }
    }

    private boolean ask(Socket socket, int number) throws IOException {
        long asked = now();
        socket.sendAll(ByteBuffer.allocate(4).putInt(number).flip());
        ByteBuffer answer = ByteBuffer.allocate(4);
        if (socket.recvAll(answer) < 4 || answer.getInt(0) == 0) {
            return false;
        }
        leads[number] = Lease.endNanos(asked, now());
        if (leads[number] > now() && leads[1 - number] > now()) {
            throw new AssertionError("both lead, until " + leads[0] + " and " + leads[1]);
        }
        return true;
    }
}
