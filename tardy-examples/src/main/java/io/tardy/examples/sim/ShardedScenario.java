package io.tardy.examples.sim;

import io.tardy.Deadline;
import io.tardy.TardyRuntime;
import io.tardy.examples.Sharded;
import io.tardy.net.Socket;
import io.tardy.sim.Sim;
import io.tardy.sim.SimHost;
import io.tardy.stream.ByteReader;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.SplittableRandom;

/**
 * {@link Sharded} and several clients: each reads what it has written, over whatever connection,
 * and all are told the same runtime for a key. Then the server drains, perhaps while they talk.
 */
final class ShardedScenario implements Scenario {

    private static final int PORT = 6380;
    private static final Duration PATIENCE = Duration.ofMinutes(5);

    /** Where keys live, as clients were told. */
    private static final class Told {
        private final Map<String, String> places = new HashMap<>();
        private boolean isDraining;

        void add(String key, String place) {
            String before = places.putIfAbsent(key, place);
            Check.that(before == null || before.equals(place), key + " lives on one runtime");
        }
    }

    @Override
    public String name() {
        return "sharded";
    }

    @Override
    public void run(Sim sim) throws Exception {
        SimHost server = sim.host("server").runtimes(1 + sim.random(3)).tolerate(IOException.class);
        Socket listener = Socket.tcp(server.tardy(), "0.0.0.0", PORT).bind().listen(16);
        server.start(rt -> Sharded.start(rt, listener));
        Told told = new Told();
        List<SimHost> clients = List.of(sim.host("client-a"), sim.host("client-b"));
        for (SimHost client : clients) {
            int frames = 1 + sim.random(3);
            client.start(rt -> start(sim, rt, client + " ", frames, told));
        }
        if (sim.random(3) == 0) {
            sim.delay(Duration.ofMillis(sim.random(300)));
            told.isDraining = true;
            server.drain(Duration.ofMinutes(1));
        }
        for (SimHost client : clients) {
            client.await();
        }
        told.isDraining = true;
        server.drain(Duration.ofMinutes(1));
        Deadline.within(Duration.ofMinutes(10), server::await);
        Check.equal(List.of(), server.openSockets(), "sockets of what was drained");
    }

    private static void start(Sim sim, TardyRuntime rt, String of, int frames, Told told) {
        SplittableRandom random = new SplittableRandom(sim.random(1 << 30));
        for (int i = 0; i < frames; i++) {
            Client client = new Client(random.split(), (of + i).replace(' ', '-'), told);
            rt.spawn(
                    "client " + i,
                    () -> {
                        try {
                            Deadline.within(PATIENCE, client::talk);
                        } catch (IOException e) {
                            if (!told.isDraining) {
                                Connections.requireBreakable(sim, e);
                            }
                        }
                    });
        }
    }

    /** Has keys of its own, and so knows what they are. */
    private static final class Client {

        private final SplittableRandom random;
        private final String name;
        private final Told told;
        private final Map<String, String> values = new HashMap<>();

        Client(SplittableRandom random, String name, Told told) {
            this.random = random;
            this.name = name;
            this.told = told;
        }

        void talk() throws IOException {
            for (int connections = random.nextInt(1, 4); connections > 0; connections--) {
                Socket socket = Socket.tcp("server", PORT);
                try (socket) {
                    talk(socket.connect());
                }
            }
        }

        private void talk(Socket socket) throws IOException {
            ByteReader in = socket.reader();
            for (int turns = random.nextInt(1, 12); turns > 0; turns--) {
                String key = name + "-" + random.nextInt(4);
                String answer;
                switch (random.nextInt(3)) {
                    case 0 -> {
                        String value = "value " + random.nextInt(1000);
                        answer = ask(socket, in, "set " + key + " " + value);
                        if (answer != null) {
                            Check.equal("ok", answer, "the answer to a set");
                            values.put(key, value);
                        }
                    }
                    case 1 -> {
                        answer = ask(socket, in, "get " + key);
                        if (answer != null) {
                            String value = values.get(key);
                            Check.equal(value == null ? "none" : "is " + value, answer, key);
                        }
                    }
                    default -> {
                        answer = ask(socket, in, "where " + key);
                        if (answer != null) {
                            told.add(key, answer);
                        }
                    }
                }
                if (answer == null) {
                    Check.that(told.isDraining, "the server ends");
                    return;
                }
            }
        }

        private static String ask(Socket socket, ByteReader in, String line) throws IOException {
            socket.sendAll(ByteBuffer.wrap((line + "\n").getBytes(StandardCharsets.UTF_8)));
            return in.readLine();
        }
    }
}
