package io.tardy.sim;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.tardy.Deadline;
import io.tardy.Frame;
import io.tardy.TardyRuntime;
import io.tardy.aio.ConnectError;
import io.tardy.aio.DeadlineExceededException;
import io.tardy.aio.TardyIOException;
import io.tardy.net.Socket;
import io.tardy.sim.faults.Faults;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

/** Sockets of programs that are simulated. */
class SimSocketTest {

    private static final int PORT = 7;

    static void echo(TardyRuntime rt) throws TardyIOException {
        Socket listener = Socket.tcp("0.0.0.0", PORT);
        listener.bind();
        listener.listen(16);
        rt.spawn("accept", () -> listener.serve(SimSocketTest::echo));
    }

    private static void echo(Socket client) throws IOException {
        ByteBuffer buffer = ByteBuffer.allocate(1000);
        while (client.recv(buffer) >= 0) {
            client.sendAll(buffer.flip());
            buffer.clear();
        }
    }

    private static String ask(String host, String text) throws IOException {
        try (Socket socket = Socket.tcp(host, PORT)) {
            socket.connect();
            byte[] bytes = text.getBytes(StandardCharsets.UTF_8);
            socket.sendAll(ByteBuffer.wrap(bytes));
            ByteBuffer answer = ByteBuffer.allocate(bytes.length);
            while (answer.hasRemaining()) {
                if (socket.recv(answer) < 0) {
                    throw new IOException("the answer ends early");
                }
            }
            return new String(answer.array(), StandardCharsets.UTF_8);
        }
    }

    @Test
    void aServerAnswersByItsName() {
        List<String> answers = new ArrayList<>();
        SimReport report =
                Sim.run(
                        1,
                        sim -> {
                            sim.host("server").start(SimSocketTest::echo);
                            sim.host("client").run(() -> answers.add(ask("server", "hi")));
                        });
        assertThat(answers).containsExactly("hi");
        assertThat(report.virtualTime()).isBetween(Duration.ofNanos(1), Duration.ofSeconds(1));
    }

    @Test
    void whatHasArrivedIsAvailableInTheUnixDomainToo() {
        List<Integer> available = new ArrayList<>();
        Sim.run(
                1,
                sim ->
                        sim.host("host")
                                .run(
                                        () -> {
                                            Path path = Path.of("/run/x");
                                            try (Socket listener = Socket.unix(path);
                                                    Socket client = Socket.unix(path)) {
                                                listener.bind().listen(1);
                                                client.connect();
                                                try (Socket peer = listener.accept()) {
                                                    client.sendAll(ByteBuffer.wrap(new byte[3]));
                                                    peer.awaitReadable();
                                                    available.add(peer.available());
                                                    available.add(client.available());
                                                }
                                            }
                                        }));
        assertThat(available).containsExactly(3, 0);
    }

    @SimTest(seeds = 200, faults = true)
    void aServerAnswersOrTheConnectionBreaks(Sim sim) throws Exception {
        echoes(sim);
    }

    @SimTest(seeds = 200, swarm = true)
    void aServerAnswersOrTheConnectionBreaksInASwarm(Sim sim) throws Exception {
        echoes(sim);
    }

    private static void echoes(Sim sim) throws Exception {
        sim.host("server").runtimes(1).options(b -> b.uncaughtFrame((f, e) -> {}));
        sim.host("server").start(SimSocketTest::echo);
        String text = "x".repeat(5000) + sim.seed();
        sim.host("client")
                .start(
                        rt -> {
                            for (int i = 0; i < 3; i++) {
                                rt.spawn(
                                        () -> {
                                            try {
                                                assertThat(ask("server", text)).isEqualTo(text);
                                            } catch (IOException e) {
                                                assertThat(sim.faults())
                                                        .isNotEqualTo(Faults.none());
                                            }
                                        });
                            }
                        })
                .await();
    }

    @Test
    void nobodyListens() {
        Sim.run(
                1,
                sim -> {
                    sim.host("server");
                    sim.host("client")
                            .run(
                                    () ->
                                            assertThatThrownBy(() -> ask("server", "hi"))
                                                    .isInstanceOfSatisfying(
                                                            TardyIOException.class,
                                                            e ->
                                                                    assertThat(e.error())
                                                                            .isEqualTo(
                                                                                    ConnectError
                                                                                            .CONNECTION_REFUSED)));
                });
    }

    @Test
    void aPartitionHolds() {
        Sim.run(
                1,
                sim -> {
                    SimHost server = sim.host("server").start(SimSocketTest::echo);
                    SimHost client = sim.host("client");
                    sim.partition(server, client);
                    client.run(
                            () ->
                                    assertThatThrownBy(
                                                    () ->
                                                            Deadline.within(
                                                                    Duration.ofSeconds(5),
                                                                    () -> ask("server", "hi")))
                                            .isInstanceOf(DeadlineExceededException.class));
                    sim.heal();
                    client.run(() -> ask("server", "hi"));
                });
    }

    @Test
    void aKilledServerIsNoticedAndComesBack() {
        Sim.run(
                1,
                sim -> {
                    SimHost server = sim.host("server").start(SimSocketTest::echo);
                    SimHost client = sim.host("client");
                    client.spawn(
                            () -> {
                                Socket socket = Socket.tcp("server", PORT);
                                socket.connect();
                                assertThat(socket.recv(ByteBuffer.allocate(1))).isNegative();
                                socket.close();
                            });
                    sim.delay(Duration.ofSeconds(1));
                    server.kill();
                    client.await();
                    server.restart();
                    client.run(() -> ask("server", "hi"));
                });
    }

    @Test
    void aCrashedServerIsSilent() {
        Sim.run(
                1,
                sim -> {
                    SimHost server = sim.host("server").start(SimSocketTest::echo);
                    SimHost client = sim.host("client");
                    client.spawn(
                            () -> {
                                Socket socket = Socket.tcp("server", PORT);
                                socket.connect();
                                Frame.delay(Duration.ofSeconds(2));
                                assertThatThrownBy(
                                                () ->
                                                        Deadline.within(
                                                                Duration.ofSeconds(60),
                                                                () ->
                                                                        socket.recv(
                                                                                ByteBuffer.allocate(
                                                                                        1))))
                                        .isInstanceOf(DeadlineExceededException.class);
                                socket.close();
                            });
                    sim.delay(Duration.ofSeconds(1));
                    server.crash();
                    client.await();
                });
    }

    private static void askUntilItIsThere(String host) throws IOException {
        for (int i = 0; ; i++) {
            try {
                ask(host, "hi");
                return;
            } catch (TardyIOException e) {
                assertThat(i).isLessThan(100);
                Frame.delay(Duration.ofSeconds(1));
            }
        }
    }

    /** The JDK remembers for ten real seconds that it was not: in this simulation and the next. */
    @Test
    void aHostThatWasUnknownIsFoundOnceItIsMade() {
        for (long seed = 1; seed <= 2; seed++) {
            SimReport report =
                    Sim.run(
                            seed,
                            sim -> {
                                SimHost client =
                                        sim.host("client").spawn(() -> askUntilItIsThere("Late-1"));
                                sim.delay(Duration.ofSeconds(5));
                                sim.host("late-1").start(SimSocketTest::echo);
                                client.await();
                            });
            assertThat(report.virtualTime())
                    .isBetween(Duration.ofSeconds(5), Duration.ofSeconds(7));
        }
    }

    @Test
    void whatASimulationHasLookedUpTheNextDoesNotKnow() {
        Sim.run(
                1,
                sim -> {
                    sim.host("early").start(SimSocketTest::echo);
                    sim.delay(Duration.ofMillis(1));
                    sim.host("client").run(() -> ask("early", "hi"));
                });
        assertThatThrownBy(
                        () -> Sim.run(1, sim -> sim.host("client").run(() -> ask("early", "hi"))))
                .isInstanceOf(SimFailedError.class)
                .hasMessageContaining("unknown host early");
    }

    private static void askOneself(TardyRuntime rt) throws IOException {
        echo(rt);
        rt.spawn(
                () -> {
                    assertThat(ask("localhost", "hi")).isEqualTo("hi");
                    rt.stop();
                });
    }

    @Test
    void localhostIsTheHostItself() {
        Sim.run(1, sim -> sim.host("a").start(SimSocketTest::askOneself).await());
    }

    /** What a process has had open the system closes at its end, however it ends. */
    @Test
    void whatAProgramHadOpenThatHasEndedIsClosedWhenItStartsAgain() {
        Sim.run(
                1,
                sim -> {
                    SimHost host = sim.host("a").start(SimSocketTest::askOneself);
                    host.await();
                    host.restart().await();
                });
    }

    @Test
    void aNameThatIsNoneIsRefused() {
        for (String name : List.of("", "localhost", "a b", "127.0.0.1")) {
            assertThatThrownBy(() -> Sim.run(1, sim -> sim.host(name)))
                    .hasMessageContaining("no name of a host");
        }
    }

    /** A line that arrives in parts is sent back as a whole. */
    private static void sendLinesBack(Socket client, boolean keepsWhatWasLent) throws IOException {
        List<ByteBuffer> parts = new ArrayList<>();
        for (ByteBuffer data; (data = client.recvNext()) != null; ) {
            boolean isEnd = data.get(data.limit() - 1) == '\n';
            ByteBuffer copy = ByteBuffer.allocate(data.remaining()).put(data.duplicate()).flip();
            parts.add(keepsWhatWasLent ? data.slice() : copy);
            if (isEnd) {
                for (ByteBuffer part : parts) {
                    client.sendAll(part);
                }
                parts.clear();
            }
        }
    }

    private static void sendLines(long seed, boolean keepsWhatWasLent) {
        Sim.run(
                seed,
                sim -> {
                    sim.host("server")
                            .start(
                                    rt -> {
                                        Socket listener = Socket.tcp("0.0.0.0", PORT);
                                        listener.bind().listen(16);
                                        rt.spawn(
                                                () ->
                                                        listener.serve(
                                                                peer ->
                                                                        sendLinesBack(
                                                                                peer,
                                                                                keepsWhatWasLent)));
                                    });
                    sim.host("client").run(SimSocketTest::askInTwoParts);
                });
    }

    private static void askInTwoParts() throws IOException {
        try (Socket socket = Socket.tcp("server", PORT)) {
            socket.connect();
            socket.sendAll(ByteBuffer.wrap(new byte[] {'a'}));
            Frame.delay(Duration.ofSeconds(1));
            socket.sendAll(ByteBuffer.wrap(new byte[] {'b', '\n'}));
            ByteBuffer line = ByteBuffer.allocate(3);
            socket.recvAll(line);
            assertThat(line.array()).containsExactly('a', 'b', '\n');
        }
    }

    @Test
    void whoKeepsALentBufferFailsWithEachSeed() {
        for (long seed = 0; seed < 20; seed++) {
            long each = seed;
            sendLines(each, false);
            assertThatThrownBy(() -> sendLines(each, true))
                    .as("seed %d", each)
                    .hasMessageContaining("[-34, 98, 10]"); // garbage, and not what was lent
        }
    }
}
