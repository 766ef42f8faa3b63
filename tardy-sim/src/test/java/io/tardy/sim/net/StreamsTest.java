package io.tardy.sim.net;

import static org.assertj.core.api.Assertions.assertThat;

import io.tardy.sim.faults.NetworkFaults;
import io.tardy.sim.time.Dice;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.net.SocketAddress;
import java.nio.ByteBuffer;
import java.nio.channels.SelectionKey;
import java.nio.channels.Selector;
import java.nio.channels.ServerSocketChannel;
import java.nio.channels.SocketChannel;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.TreeSet;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;

/** Random streams both ways over several connections, under every fault. */
class StreamsTest {

    private static final int SEEDS = 300;
    private static final int CONNECTIONS = 4;
    private static final int BYTES_MAX = 60_000;
    private static final int EVENTS_MAX = 1_000_000;

    /** One end of a connection: it sends its bytes, and reads until the end. */
    private static final class Peer {
        final SocketChannel channel;
        final ByteBuffer toSend;
        final byte[] sent;
        final ByteArrayOutputStream received = new ByteArrayOutputStream();
        SocketAddress local;
        SocketAddress remote;
        boolean hasSent;
        boolean hasEnded;
        IOException failure;

        Peer(SocketChannel channel, Dice dice) throws IOException {
            this.channel = channel;
            local = channel.getLocalAddress();
            remote = channel.getRemoteAddress();
            sent = new byte[dice.below(BYTES_MAX)];
            for (int i = 0; i < sent.length; i++) {
                sent[i] = (byte) dice.below(256);
            }
            toSend = ByteBuffer.wrap(sent);
        }

        boolean isDone() {
            return failure != null || hasSent && hasEnded;
        }

        void ready(SelectionKey key, Dice dice) throws IOException {
            try {
                if (key.isConnectable()) {
                    channel.finishConnect();
                    key.interestOps(SelectionKey.OP_READ | SelectionKey.OP_WRITE);
                    return;
                }
                if (key.isWritable()) {
                    send(key, dice);
                }
                if (key.isReadable()) {
                    receive(key, dice);
                }
            } catch (IOException e) {
                failure = e;
            }
            if (isDone()) {
                channel.close();
            }
        }

        private void send(SelectionKey key, Dice dice) throws IOException {
            int most = Math.min(toSend.remaining(), 1 + dice.below(5_000));
            ByteBuffer part = toSend.slice(toSend.position(), most);
            toSend.position(toSend.position() + channel.write(part));
            if (!toSend.hasRemaining()) {
                channel.shutdownOutput();
                hasSent = true;
                key.interestOps(key.interestOps() & ~SelectionKey.OP_WRITE);
            }
        }

        private void receive(SelectionKey key, Dice dice) throws IOException {
            ByteBuffer into = ByteBuffer.allocate(1 + dice.below(5_000));
            int count = channel.read(into);
            if (count < 0) {
                hasEnded = true;
                key.interestOps(key.interestOps() & ~SelectionKey.OP_READ);
            }
            received.write(into.array(), 0, into.position());
        }
    }

    private static final class Exchange {
        final World world;
        final Dice dice;
        final Selector selector;
        final ServerSocketChannel listener;
        final List<Peer> clients = new ArrayList<>();
        final List<Peer> servers = new ArrayList<>();

        Exchange(long seed, NetworkFaults faults) throws IOException {
            world = new World(seed, faults);
            dice = new Dice(seed).of("exchange");
            selector = world.a.provider().openSelector();
            listener = world.listener(2);
            listener.register(selector, SelectionKey.OP_ACCEPT);
            for (int i = 0; i < CONNECTIONS; i++) {
                Peer client = new Peer(World.socket(world.a), dice);
                client.channel.connect(World.at(2, World.PORT));
                client.local = client.channel.getLocalAddress();
                client.channel.register(selector, SelectionKey.OP_CONNECT, client);
                clients.add(client);
            }
        }

        /** Until nothing happens any more. */
        void run() throws IOException {
            for (int i = 0; i < EVENTS_MAX; i++) {
                selector.selectNow();
                for (SelectionKey key : selector.selectedKeys()) {
                    if (!key.isValid()) {
                        continue; // killed
                    }
                    if (key.attachment() instanceof Peer peer) {
                        peer.ready(key, dice);
                    } else {
                        accept();
                    }
                }
                boolean nothing = selector.selectedKeys().isEmpty();
                selector.selectedKeys().clear();
                if (nothing) {
                    if (!world.timeline.hasNext()) {
                        return;
                    }
                    world.timeline.advance();
                }
            }
            throw new AssertionError("still running after " + EVENTS_MAX + " events");
        }

        private void accept() throws IOException {
            SocketChannel channel = listener.accept();
            channel.configureBlocking(false);
            Peer server = new Peer(channel, dice);
            channel.register(selector, SelectionKey.OP_READ | SelectionKey.OP_WRITE, server);
            servers.add(server);
        }

        Peer serverOf(Peer client) {
            for (Peer server : servers) {
                if (server.remote.equals(client.local)) {
                    return server;
                }
            }
            return null;
        }
    }

    @Test
    void withoutResetsEveryStreamArrivesWhole() throws IOException {
        TreeSet<String> reached = new TreeSet<>();
        for (long seed = 0; seed < SEEDS; seed++) {
            Exchange exchange =
                    new Exchange(seed, NetworkFaults.all().but().segmentReset(0).build());
            exchange.run();
            assertThat(exchange.servers).as("seed " + seed).hasSize(CONNECTIONS);
            for (Peer client : exchange.clients) {
                Peer server = exchange.serverOf(client);
                for (Peer each : new Peer[] {client, server}) {
                    assertThat(each.failure).as("seed " + seed).isNull();
                }
                assertThat(server.received.toByteArray()).as("seed " + seed).isEqualTo(client.sent);
                assertThat(client.received.toByteArray()).as("seed " + seed).isEqualTo(server.sent);
            }
            assertNothingLeft(seed, exchange);
            reached.addAll(exchange.world.network.reached().keySet());
        }
        assertThat(reached)
                .contains(
                        "connect lost",
                        "partial read",
                        "partial write",
                        "segment lost",
                        "select late",
                        "select shuffled");
    }

    @Test
    void withResetsEveryStreamIsABeginning() throws IOException {
        long resets = 0;
        for (long seed = 0; seed < SEEDS; seed++) {
            Exchange exchange =
                    new Exchange(seed, NetworkFaults.all().but().segmentReset(0.02).build());
            exchange.run();
            for (Peer client : exchange.clients) {
                Peer server = exchange.serverOf(client);
                assertThat(client.isDone()).as("seed " + seed).isTrue();
                if (server != null) {
                    assertThat(server.isDone()).as("seed " + seed).isTrue();
                    assertBeginning(seed, server.received.toByteArray(), client.sent);
                    assertBeginning(seed, client.received.toByteArray(), server.sent);
                }
            }
            assertNothingLeft(seed, exchange);
            resets += exchange.world.network.reached().getOrDefault("reset", 0L);
        }
        assertThat(resets).isGreaterThan(SEEDS / 10);
    }

    @Test
    void partitionsDelayAndTakeNothing() throws IOException {
        long partitions = 0;
        for (long seed = 0; seed < SEEDS; seed++) {
            Exchange exchange =
                    new Exchange(seed, NetworkFaults.all().but().segmentReset(0).build());
            partitionNowAndThen(exchange.world, exchange.dice.of("partitions"), 10);
            exchange.run();
            for (Peer client : exchange.clients) {
                Peer server = exchange.serverOf(client);
                assertThat(client.failure).as("seed " + seed).isNull();
                assertThat(server.received.toByteArray()).as("seed " + seed).isEqualTo(client.sent);
                assertThat(client.received.toByteArray()).as("seed " + seed).isEqualTo(server.sent);
            }
            assertNothingLeft(seed, exchange);
            partitions += exchange.world.network.reached().getOrDefault("partition", 0L);
        }
        assertThat(partitions).isGreaterThan(SEEDS);
    }

    /** One way or both, for a while; so many times. */
    private static void partitionNowAndThen(World world, Dice dice, int times) {
        if (times == 0) {
            world.network.healAll();
            return;
        }
        long pause = dice.between(0, TimeUnit.MILLISECONDS.toNanos(200));
        world.timeline.after(
                pause,
                () -> {
                    switch (dice.below(4)) {
                        case 0 -> world.network.partition(world.a, world.b);
                        case 1 -> world.network.partitionFrom(world.a, world.b);
                        case 2 -> world.network.partitionFrom(world.b, world.a);
                        default -> world.network.healAll();
                    }
                    partitionNowAndThen(world, dice, times - 1);
                });
    }

    @Test
    void killsAndCrashesLeaveBeginningsAndNothingElse() throws IOException {
        for (long seed = 0; seed < SEEDS; seed++) {
            Exchange exchange = new Exchange(seed, NetworkFaults.all());
            World world = exchange.world;
            Dice dice = exchange.dice.of("kills");
            world.timeline.after(
                    dice.between(0, TimeUnit.MILLISECONDS.toNanos(60)),
                    dice.below(2) == 0
                            ? world.b::kill
                            : () -> {
                                world.b.crash();
                                world.timeline.after(dice.below(1_000_000), world.b::restart);
                            });
            exchange.run();
            for (Peer client : exchange.clients) {
                Peer server = exchange.serverOf(client);
                if (server != null) {
                    assertBeginning(seed, server.received.toByteArray(), client.sent);
                    assertBeginning(seed, client.received.toByteArray(), server.sent);
                }
                client.channel.close(); // a reader whose peer has crashed waits for ever
            }
            assertNothingLeft(seed, exchange);
        }
    }

    private static void assertNothingLeft(long seed, Exchange exchange) throws IOException {
        exchange.listener.close();
        exchange.world.settle();
        exchange.world.pass(60, TimeUnit.SECONDS);
        for (Node node : new Node[] {exchange.world.a, exchange.world.b}) {
            assertThat(node.openChannels()).as("seed " + seed).isEmpty();
            assertThat(node.tcp().areUnused()).as("seed " + seed).isTrue();
        }
    }

    private static void assertBeginning(long seed, byte[] received, byte[] sent) {
        assertThat(received)
                .as("seed " + seed)
                .isEqualTo(Arrays.copyOf(sent, Math.min(sent.length, received.length)));
    }

    @Test
    void theSameSeedGivesTheSameTraceAndAnotherAnother() throws IOException {
        Exchange first = new Exchange(7, NetworkFaults.all());
        first.run();
        Exchange again = new Exchange(7, NetworkFaults.all());
        again.run();
        Exchange other = new Exchange(8, NetworkFaults.all());
        other.run();
        assertThat(first.world.trace).isEqualTo(again.world.trace).isNotEmpty();
        assertThat(first.world.network.reached()).isEqualTo(again.world.network.reached());
        assertThat(other.world.trace).isNotEqualTo(first.world.trace);
    }

    @Test
    void bandwidthBoundsHowSoonAllHasArrived() throws IOException {
        World world = new World(NetworkFaults.none().but().bytesPerSecond(1_000).build());
        World.Pair pair = world.connected();
        pair.client().write(ByteBuffer.allocate(10_000));
        pair.client().shutdownOutput();
        world.pass(9, TimeUnit.SECONDS);
        int early = pair.server().read(ByteBuffer.allocate(20_000));
        world.settle();
        assertThat(early).isZero();
        assertThat(pair.server().read(ByteBuffer.allocate(20_000))).isEqualTo(10_000);
        assertThat(world.seconds()).isEqualTo(10);
    }
}
