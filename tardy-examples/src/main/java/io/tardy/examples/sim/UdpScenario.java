package io.tardy.examples.sim;

import io.tardy.Deadline;
import io.tardy.aio.DeadlineExceededException;
import io.tardy.aio.RecvError;
import io.tardy.aio.SendError;
import io.tardy.aio.TardyIOException;
import io.tardy.examples.UdpEcho;
import io.tardy.net.Socket;
import io.tardy.sim.Sim;
import io.tardy.sim.SimHost;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.SplittableRandom;

/**
 * {@link UdpEcho}, and clients that ask again until they are answered, while datagrams are lost,
 * late and doubled, and the server is killed: every answer is to something that was asked, and
 * whole.
 */
final class UdpScenario implements Scenario {

    private static final int PORT = 5300;
    private static final int BYTES_MAX = 1200;
    private static final int TRIES_MAX = 200;
    private static final Duration PATIENCE = Duration.ofMillis(200);

    @Override
    public String name() {
        return "udp";
    }

    @Override
    public void run(Sim sim) throws Exception {
        SimHost server = sim.host("server");
        SimHost client = sim.host("client");
        server.start(rt -> UdpEcho.start(rt, Socket.udp("0.0.0.0", PORT).bind()));
        SplittableRandom random = new SplittableRandom(sim.random(1 << 30));
        int clients = 1 + sim.random(3);
        client.start(
                rt -> {
                    for (int i = 0; i < clients; i++) {
                        int id = i << 16;
                        SplittableRandom own = random.split();
                        rt.spawn("client " + i, () -> ask(own, id));
                    }
                });
        for (int i = sim.random(3); i > 0; i--) {
            sim.delay(Duration.ofMillis(sim.random(30)));
            server.kill();
            sim.delay(Duration.ofMillis(sim.random(500)));
            server.restart();
            sim.partition(server, client);
            sim.delay(Duration.ofMillis(sim.random(500)));
            sim.heal();
        }
        client.await();
        sim.delay(Duration.ofSeconds(1)); // the server may have begun just now
        Check.equal(0, client.openSockets().size(), "sockets of the client");
        Check.equal(1, server.openSockets().size(), "sockets of the server");
    }

    private static void ask(SplittableRandom random, int first) throws IOException {
        boolean connects = random.nextBoolean();
        try (Socket socket =
                connects ? Socket.udp("server", PORT).connect() : Socket.udp("0.0.0.0", 0).bind()) {
            for (int id = first; id < first + 6; id++) {
                ByteBuffer question = question(id, random.nextInt(BYTES_MAX));
                int tries = 0;
                while (!isAnswered(socket, connects, question.duplicate(), id)) {
                    Check.that(++tries < TRIES_MAX, "question " + id + " is never answered");
                }
            }
        }
    }

    private static ByteBuffer question(int id, int bytes) {
        return ByteBuffer.allocate(2 * Integer.BYTES + bytes)
                .putInt(id)
                .putInt(bytes)
                .put(new Pattern(id).bytes(0, bytes))
                .flip();
    }

    private static boolean isAnswered(Socket socket, boolean connected, ByteBuffer question, int id)
            throws IOException {
        try {
            if (connected) {
                socket.send(question);
            } else {
                socket.sendTo(question, new InetSocketAddress("server", PORT));
            }
            return Deadline.callWithin(PATIENCE, () -> receive(socket, id));
        } catch (DeadlineExceededException e) {
            return false;
        } catch (TardyIOException e) {
            if (e.error() == RecvError.CONNECTION_REFUSED
                    || e.error() == SendError.CONNECTION_REFUSED) {
                io.tardy.Frame.delay(PATIENCE); // nobody is at the port: the server was killed
                return false;
            }
            throw e;
        }
    }

    /** Skips late answers to what was asked before. */
    private static boolean receive(Socket socket, int id) throws IOException {
        ByteBuffer answer = ByteBuffer.allocate(2 * BYTES_MAX);
        int answered;
        do {
            socket.recvFrom(answer.clear());
            answered = answer.flip().getInt();
            Check.equal(answer.getInt(), answer.remaining(), "bytes of answer " + answered);
            new Pattern(answered).check(answer, 0);
            Check.that(
                    answered <= id && answered >> 16 == id >> 16,
                    "answer " + answered + " is of question " + id + " or before");
        } while (answered != id);
        return true;
    }
}
