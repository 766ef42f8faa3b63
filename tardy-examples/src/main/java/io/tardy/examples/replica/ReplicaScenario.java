package io.tardy.examples.replica;

import io.tardy.Frame;
import io.tardy.TardyRuntime;
import io.tardy.aio.DeadlineExceededException;
import io.tardy.net.Socket;
import io.tardy.sim.Sim;
import io.tardy.sim.SimBody;
import io.tardy.sim.SimHost;
import io.tardy.sim.SimOptions;
import io.tardy.sim.faults.Faults;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ThreadLocalRandom;

/**
 * Three or five replicas, and clients that write and read, while the network is parted, hosts crash
 * and come back, stand still, or have clocks that go wrong. In the end the world is whole again,
 * and then:
 *
 * <ul>
 *   <li>each term has had one leader at most,
 *   <li>no two replicas have different entries at the same place,
 *   <li>what a client was told that is written is there,
 *   <li>and each key was a linearizable register all the time.
 * </ul>
 */
public final class ReplicaScenario implements SimBody {

    private static final int PORT = 7000;
    private static final int CLIENTS = 3;
    private static final int OPERATIONS = 40;
    private static final int BLOWS_MAX = 20;
    private static final Path DATA = Path.of("/data");
    private static final Duration PATIENCE = Duration.ofSeconds(3);
    private static final Duration PATIENCE_AT_END = Duration.ofSeconds(60);

    private final Flaw flaw;
    private Ledger ledger;

    /** Of replicas as they should be. */
    public ReplicaScenario() {
        this(Flaw.NONE);
    }

    ReplicaScenario(Flaw flaw) {
        this.flaw = flaw;
    }

    /** With some kinds of the faults of networks and disks, others for each seed. */
    public static SimOptions options() {
        return SimOptions.defaults().faults(Faults.all()).swarm(true);
    }

    @Override
    public void run(Sim sim) throws Exception {
        ledger = new Ledger();
        new World(sim, flaw, ledger).run();
    }

    /** What became known in the last simulation. */
    Ledger ledger() {
        return ledger;
    }

    /** One simulation. */
    private static final class World {
        private final Sim sim;
        private final Flaw flaw;
        private final Ledger ledger;
        private final List<History> keys = List.of(new History("x"), new History("y"));
        private final List<SimHost> replicas = new ArrayList<>();
        private final List<SimHost> clients = new ArrayList<>();
        private final List<Address> addresses = new ArrayList<>();

        World(Sim sim, Flaw flaw, Ledger ledger) {
            this.sim = sim;
            this.flaw = flaw;
            this.ledger = ledger;
        }

        void run() throws Exception {
            int count = sim.random(2) == 0 ? 3 : 5;
            for (int id = 1; id <= count; id++) {
                addresses.add(new Address("replica" + id, PORT));
            }
            for (int id = 1; id <= count; id++) {
                replicas.add(start(id));
            }
            for (int id = 1; id <= CLIENTS; id++) {
                clients.add(startClient("client" + id));
            }
            for (int blows = sim.random(BLOWS_MAX + 1); blows > 0; blows--) {
                sim.delay(Duration.ofMillis(20 + sim.random(600)));
                strike();
                ledger.check();
            }
            makeWhole();
            for (SimHost client : clients) {
                client.await();
            }
            askOnceMore();
            ledger.check();
            ledger.checkAcknowledged();
            keys.forEach(History::check);
        }

        private SimHost host(String name) {
            return sim.host(name)
                    .options(
                            tardy ->
                                    tardy.uncaughtFrame(
                                            (frame, failure) -> {
                                                if (!isOfTheWorld(failure)) {
                                                    ledger.fail(failure);
                                                }
                                            }));
        }

        /** A reset connection and a broken disk are no faults of the program. */
        private static boolean isOfTheWorld(Throwable failure) {
            Throwable cause = failure;
            while (cause != null && !(cause instanceof IOException)) {
                cause = cause.getCause();
            }
            return cause != null;
        }

        private SimHost start(int id) {
            return host(addresses.get(id - 1).host())
                    .start(rt -> rt.spawn("replica", () -> serve(rt, id)));
        }

        private void serve(TardyRuntime rt, int id) throws IOException {
            try {
                Socket server = Socket.tcp("0.0.0.0", PORT);
                server.bind().listen(128);
                new Replica(id, addresses, DATA, ledger.listener(id), flaw).run(server);
            } finally {
                rt.stop();
            }
        }

        private SimHost startClient(String name) {
            return host(name).start(rt -> rt.spawn("client", () -> talk(name)));
        }

        private void talk(String name) throws IOException {
            ThreadLocalRandom random = ThreadLocalRandom.current();
            try (ReplicaClient client = new ReplicaClient(addresses, PATIENCE)) {
                for (int i = 1; i <= OPERATIONS; i++) {
                    History key = keys.get(random.nextInt(keys.size()));
                    try {
                        if (random.nextBoolean()) {
                            write(client, key, name + "-" + i);
                        } else {
                            read(client, key);
                        }
                    } catch (DeadlineExceededException e) {
                        // Nobody knows: the history has a question without an answer.
                    }
                    Frame.delay(Duration.ofMillis(random.nextInt(200)));
                }
            }
        }

        private void write(ReplicaClient client, History key, String value) throws IOException {
            key.askToWrite(value);
            client.put(key.key(), value);
            key.written(value);
            ledger.acknowledge(client.id(), client.sequence());
        }

        private static void read(ReplicaClient client, History key) throws IOException {
            long asked = key.ask();
            key.read(asked, client.get(key.key()));
        }

        private SimHost any() {
            return replicas.get(sim.random(replicas.size()));
        }

        /** Does something bad, or ends it. */
        private void strike() {
            switch (sim.random(14)) {
                case 0 -> part(any(), any());
                case 1 -> sim.isolate(any());
                case 2 -> cutOff(any());
                case 3, 4 -> sim.heal();
                case 5 -> crash(any());
                case 6 -> kill(any());
                case 7 -> replicas.forEach(this::crash);
                case 8 -> any().pause();
                case 9 -> replicas.forEach(SimHost::resume);
                case 10 -> setClock(any());
                default -> replicas.forEach(this::bringBack);
            }
        }

        private void part(SimHost one, SimHost other) {
            if (one != other) {
                sim.partition(one, other);
            }
        }

        /** Clients reach it still, but the other replicas do not. */
        private void cutOff(SimHost replica) {
            replicas.forEach(other -> part(replica, other));
        }

        private void crash(SimHost host) {
            if (host.isRunning()) {
                host.crash();
            }
        }

        private void kill(SimHost host) {
            if (host.isRunning()) {
                host.kill();
            }
        }

        private void setClock(SimHost host) {
            host.driftClock(0.5 + sim.random(1000) / 500.0);
            host.jumpClock(Duration.ofMillis(sim.random(2000) - 1000));
        }

        private void bringBack(SimHost host) {
            if (!host.isRunning()) {
                host.restart();
            }
        }

        private void makeWhole() {
            sim.faults(Faults.none());
            sim.heal();
            for (SimHost replica : replicas) {
                replica.resume();
                replica.driftClock(1);
                bringBack(replica);
            }
        }

        /** A leader answers, and says of each key what was written last. */
        private void askOnceMore() throws Exception {
            SimHost reader =
                    host("reader")
                            .start(
                                    rt ->
                                            rt.spawn(
                                                    () -> {
                                                        try (ReplicaClient client =
                                                                new ReplicaClient(
                                                                        addresses,
                                                                        PATIENCE_AT_END)) {
                                                            for (History key : keys) {
                                                                read(client, key);
                                                            }
                                                        } catch (DeadlineExceededException e) {
                                                            ledger.fail(
                                                                    new AssertionError(
                                                                            "no leader answers in a"
                                                                                + " world that is"
                                                                                + " whole",
                                                                            e));
                                                        }
                                                    }));
            reader.await();
        }
    }
}
