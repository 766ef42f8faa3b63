package io.tardy.sim.net;

import static org.assertj.core.api.Assertions.assertThat;

import io.tardy.sim.faults.NetworkFaults;
import io.tardy.sim.time.Dice;
import io.tardy.sim.time.Timeline;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.SocketAddress;
import java.nio.ByteBuffer;
import java.nio.channels.DatagramChannel;
import java.nio.channels.ServerSocketChannel;
import java.nio.channels.SocketChannel;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;

/** Two nodes and their network, moved by the test. */
final class World {

    static final int PORT = 80;

    final Timeline timeline = new Timeline();
    final List<String> trace = new ArrayList<>();
    final Network network;
    final Node a;
    final Node b;

    World(NetworkFaults faults) throws IOException {
        this(1, faults);
    }

    World(long seed, NetworkFaults faults) throws IOException {
        network =
                new Network(
                        timeline,
                        new Dice(seed),
                        (host, what) -> trace.add(timeline.nowNanos() + " " + host + ": " + what),
                        faults);
        a = network.addNode("a", ip(1));
        b = network.addNode("b", ip(2));
    }

    static InetAddress ip(int last) throws IOException {
        return InetAddress.getByAddress(new byte[] {10, 0, 0, (byte) last});
    }

    static InetSocketAddress at(int node, int port) throws IOException {
        return new InetSocketAddress(ip(node), port);
    }

    /** Everything happens that is to. */
    void settle() {
        while (timeline.hasNext()) {
            timeline.advance();
        }
    }

    /** What is to happen in this time happens. */
    void pass(long amount, TimeUnit unit) {
        boolean[] over = new boolean[1];
        timeline.after(unit.toNanos(amount), () -> over[0] = true);
        while (!over[0]) {
            timeline.advance();
        }
    }

    long seconds() {
        return TimeUnit.NANOSECONDS.toSeconds(timeline.nowNanos());
    }

    static SocketChannel socket(Node node) throws IOException {
        SocketChannel channel = node.provider().openSocketChannel();
        channel.configureBlocking(false);
        return channel;
    }

    static ServerSocketChannel server(Node node) throws IOException {
        ServerSocketChannel channel = node.provider().openServerSocketChannel();
        channel.configureBlocking(false);
        return channel;
    }

    static DatagramChannel datagrams(Node node) throws IOException {
        DatagramChannel channel = node.provider().openDatagramChannel();
        channel.configureBlocking(false);
        return channel;
    }

    /** A listener of b's. */
    ServerSocketChannel listener(int backlog) throws IOException {
        return server(b).bind(new InetSocketAddress(PORT), backlog);
    }

    SocketChannel connecting() throws IOException {
        SocketChannel client = socket(a);
        assertThat(client.connect(at(2, PORT))).isFalse();
        return client;
    }

    /** Both sides of a connection: the client's at a, the server's at b. */
    record Pair(SocketChannel client, SocketChannel server) {}

    Pair connected() throws IOException {
        try (ServerSocketChannel listener = listener(1)) {
            return connected(listener, socket(a), at(2, PORT));
        }
    }

    Pair connected(ServerSocketChannel listener, SocketChannel client, SocketAddress to)
            throws IOException {
        client.connect(to);
        settle();
        assertThat(client.finishConnect()).isTrue();
        SocketChannel server = listener.accept();
        server.configureBlocking(false);
        return new Pair(client, server);
    }

    static ByteBuffer bytes(String text) {
        return ByteBuffer.wrap(text.getBytes(StandardCharsets.US_ASCII));
    }

    static void send(SocketChannel channel, String text) throws IOException {
        assertThat(channel.write(bytes(text))).isEqualTo(text.length());
    }

    /** What is there now, up to so many bytes. */
    static String receive(SocketChannel channel, int bytesMax) throws IOException {
        ByteBuffer into = ByteBuffer.allocate(bytesMax);
        channel.read(into);
        return new String(into.array(), 0, into.position(), StandardCharsets.US_ASCII);
    }

    static int read(SocketChannel channel) throws IOException {
        return channel.read(ByteBuffer.allocate(10));
    }
}
