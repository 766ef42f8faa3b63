package io.tardy.sim.net;

import static org.assertj.core.api.Assertions.assertThat;

import io.tardy.sim.faults.NetworkFaults;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.SocketAddress;
import java.net.SocketOption;
import java.net.StandardProtocolFamily;
import java.net.StandardSocketOptions;
import java.net.UnixDomainSocketAddress;
import java.nio.ByteBuffer;
import java.nio.channels.DatagramChannel;
import java.nio.channels.NetworkChannel;
import java.nio.channels.SelectableChannel;
import java.nio.channels.SelectionKey;
import java.nio.channels.Selector;
import java.nio.channels.ServerSocketChannel;
import java.nio.channels.SocketChannel;
import java.nio.channels.spi.SelectorProvider;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledOnOs;
import org.junit.jupiter.api.condition.OS;
import org.junit.jupiter.api.io.TempDir;

/** What simulated channels answer is what the JDK's channels on Linux answer, word for word. */
@EnabledOnOs(OS.LINUX)
class LikeTheJdkTest {

    private static final long WAIT_MILLIS = TimeUnit.SECONDS.toMillis(20);
    private static final int WRITES_MAX = 1_000_000;

    @TempDir Path directory;

    /** Where a scenario takes place. */
    private abstract static class Scene {
        final SelectorProvider provider;
        final Path directory;
        final List<String> seen = new ArrayList<>();

        Scene(SelectorProvider provider, Path directory) {
            this.provider = provider;
            this.directory = directory;
        }

        /** Waits until the channel is ready for this. */
        abstract void await(SelectableChannel channel, int operation) throws IOException;

        /** Removes what a socket has left. */
        abstract void delete(Path path) throws IOException;

        /** Time passes. */
        void turn() {}

        void see(String what, Callable<?> call) {
            String outcome;
            try {
                Object value = call.call();
                outcome = value instanceof SelectableChannel ? "done" : String.valueOf(value);
            } catch (Exception e) {
                outcome = e.getClass().getName() + ": " + e.getMessage();
            }
            seen.add(what + " = " + outcome);
        }

        UnixDomainSocketAddress path(String name) {
            return UnixDomainSocketAddress.of(directory.resolve(name));
        }

        SocketChannel socket() throws IOException {
            return nonBlocking(provider.openSocketChannel());
        }

        SocketChannel unixSocket() throws IOException {
            return nonBlocking(provider.openSocketChannel(StandardProtocolFamily.UNIX));
        }

        ServerSocketChannel server() throws IOException {
            return nonBlocking(provider.openServerSocketChannel());
        }

        ServerSocketChannel unixServer() throws IOException {
            return nonBlocking(provider.openServerSocketChannel(StandardProtocolFamily.UNIX));
        }

        DatagramChannel datagrams() throws IOException {
            return nonBlocking(provider.openDatagramChannel());
        }

        static <C extends SelectableChannel> C nonBlocking(C channel) throws IOException {
            channel.configureBlocking(false);
            return channel;
        }

        /** A client, and what a listener has accepted. */
        SocketChannel[] connected() throws IOException {
            try (ServerSocketChannel listener = server().bind(anyPort())) {
                SocketChannel client = socket();
                if (!client.connect(listener.getLocalAddress())) {
                    await(client, SelectionKey.OP_CONNECT);
                    assertThat(client.finishConnect()).isTrue();
                }
                await(listener, SelectionKey.OP_ACCEPT);
                return new SocketChannel[] {client, nonBlocking(listener.accept())};
            }
        }

        /** A port that nobody has. */
        SocketAddress nobody() throws IOException {
            try (ServerSocketChannel listener = server().bind(anyPort())) {
                return listener.getLocalAddress();
            }
        }

        static SocketAddress anyPort() {
            return new InetSocketAddress("127.0.0.1", 0);
        }

        /** The first write that fails, of many. */
        void seeWritesFail(SocketChannel channel) {
            see(
                    "the first write that fails",
                    () -> {
                        for (int i = 0; i < WRITES_MAX; i++) {
                            channel.write(bytes("x"));
                            turn();
                        }
                        return "none";
                    });
        }

        void seeRead(SocketChannel channel) {
            see("read", () -> channel.read(ByteBuffer.allocate(10)));
        }

        void seeWrite(SocketChannel channel) {
            see("write", () -> channel.write(bytes("more")));
        }
    }

    private static ByteBuffer bytes(String text) {
        return World.bytes(text);
    }

    private static final class RealScene extends Scene {
        RealScene(Path directory) {
            super(SelectorProvider.provider(), directory);
        }

        @Override
        void await(SelectableChannel channel, int operation) throws IOException {
            try (Selector selector = provider.openSelector()) {
                channel.register(selector, operation);
                assertThat(selector.select(WAIT_MILLIS)).isOne();
            }
        }

        @Override
        void delete(Path path) throws IOException {
            Files.delete(path);
        }
    }

    private static final class SimulatedScene extends Scene {
        private final World world;

        SimulatedScene(World world, Path directory) {
            super(world.a.provider(), directory);
            this.world = world;
        }

        @Override
        void await(SelectableChannel channel, int operation) throws IOException {
            world.settle();
            try (Selector selector = provider.openSelector()) {
                channel.register(selector, operation);
                assertThat(selector.selectNow()).isOne();
            }
        }

        @Override
        void delete(Path path) throws IOException {
            ((SimProvider) provider).delete(path);
        }

        @Override
        void turn() {
            world.settle();
        }
    }

    @FunctionalInterface
    private interface Scenario {
        void play(Scene scene) throws IOException;
    }

    private void assertSame(Scenario scenario) throws IOException {
        RealScene real = new RealScene(directory);
        scenario.play(real);
        SimulatedScene simulated = new SimulatedScene(new World(NetworkFaults.none()), directory);
        scenario.play(simulated);
        assertThat(simulated.seen).isEqualTo(real.seen).isNotEmpty();
    }

    @Test
    void refusedConnects() throws IOException {
        assertSame(
                scene -> {
                    SocketChannel client = scene.socket();
                    client.connect(scene.nobody());
                    scene.await(client, SelectionKey.OP_CONNECT);
                    scene.see("finish", client::finishConnect);
                    scene.see("open", client::isOpen);
                    scene.see("finish again", client::finishConnect);
                    SocketChannel nowhere = scene.socket();
                    scene.see("port 0", () -> nowhere.connect(Scene.anyPort()));
                    scene.see("open", nowhere::isOpen);
                });
    }

    @Test
    void closesWithUnreadData() throws IOException {
        assertSame(
                scene -> {
                    SocketChannel[] pair = scene.connected();
                    pair[0].write(bytes("unread"));
                    scene.await(pair[1], SelectionKey.OP_READ);
                    pair[1].close();
                    scene.await(pair[0], SelectionKey.OP_READ);
                    scene.seeRead(pair[0]);
                    scene.seeRead(pair[0]);
                    scene.seeWrite(pair[0]);
                    scene.seeWrite(pair[0]);
                    scene.see("shutdown", pair[0]::shutdownOutput);
                    scene.see("connected", pair[0]::isConnected);
                    pair[0].close();
                });
    }

    @Test
    void namesOfAddresses() throws IOException {
        assertSame(
                scene -> {
                    InetAddress named =
                            InetAddress.getByAddress("some.name", new byte[] {127, 0, 0, 1});
                    ServerSocketChannel listener =
                            scene.server().bind(new InetSocketAddress(named, 0));
                    seeAddress(scene, listener.getLocalAddress());
                    SocketChannel client = scene.socket();
                    client.bind(new InetSocketAddress(named, 0));
                    client.connect(new InetSocketAddress(named, portOf(listener)));
                    scene.await(client, SelectionKey.OP_CONNECT);
                    client.finishConnect();
                    scene.await(listener, SelectionKey.OP_ACCEPT);
                    SocketChannel server = listener.accept();
                    seeAddress(scene, client.getLocalAddress());
                    seeAddress(scene, client.getRemoteAddress());
                    seeAddress(scene, server.getLocalAddress());
                    seeAddress(scene, server.getRemoteAddress());
                    client.close();
                    server.close();
                    listener.close();
                });
    }

    private static void seeAddress(Scene scene, SocketAddress address) {
        scene.see("address", () -> ((InetSocketAddress) address).getAddress());
    }

    private static int portOf(NetworkChannel channel) throws IOException {
        return ((InetSocketAddress) channel.getLocalAddress()).getPort();
    }

    @Test
    void resetsThatAWriteHearsOfFirst() throws IOException {
        assertSame(
                scene -> {
                    SocketChannel[] pair = scene.connected();
                    pair[1].setOption(StandardSocketOptions.SO_LINGER, 0);
                    pair[1].close();
                    scene.await(pair[0], SelectionKey.OP_READ);
                    scene.seeWrite(pair[0]);
                    scene.seeWrite(pair[0]);
                    scene.seeRead(pair[0]);
                    scene.seeRead(pair[0]);
                    pair[0].close();
                });
    }

    @Test
    void dataBeforeAReset() throws IOException {
        assertSame(
                scene -> {
                    SocketChannel[] pair = scene.connected();
                    pair[1].write(bytes("first"));
                    scene.await(pair[0], SelectionKey.OP_READ);
                    pair[1].setOption(StandardSocketOptions.SO_LINGER, 0);
                    pair[1].close();
                    scene.turn();
                    scene.seeRead(pair[0]);
                    scene.await(pair[0], SelectionKey.OP_READ);
                    scene.seeRead(pair[0]);
                    pair[0].close();
                });
    }

    @Test
    void writesToAClosedPeer() throws IOException {
        assertSame(
                scene -> {
                    SocketChannel[] pair = scene.connected();
                    pair[1].close();
                    scene.await(pair[0], SelectionKey.OP_READ);
                    scene.seeRead(pair[0]);
                    scene.seeWrite(pair[0]);
                    scene.turn();
                    scene.seeWritesFail(pair[0]);
                    scene.seeRead(pair[0]);
                    pair[0].close();
                });
    }

    @Test
    void closedDirections() throws IOException {
        assertSame(
                scene -> {
                    SocketChannel[] pair = scene.connected();
                    pair[0].shutdownOutput();
                    scene.see("shutdown again", pair[0]::shutdownOutput);
                    scene.seeWrite(pair[0]);
                    scene.await(pair[1], SelectionKey.OP_READ);
                    scene.seeRead(pair[1]);
                    scene.await(pair[0], SelectionKey.OP_WRITE);
                    scene.seeWrite(pair[1]);
                    scene.await(pair[0], SelectionKey.OP_READ);
                    scene.seeRead(pair[0]);
                    pair[0].shutdownInput();
                    scene.await(pair[0], SelectionKey.OP_READ);
                    scene.seeRead(pair[0]);
                    scene.see("output", () -> pair[0].socket().isOutputShutdown());
                    scene.see("input", () -> pair[0].socket().isInputShutdown());
                    pair[0].close();
                    pair[1].close();
                });
    }

    @Test
    void callsInTheWrongState() throws IOException {
        assertSame(
                scene -> {
                    SocketChannel fresh = scene.socket();
                    scene.seeRead(fresh);
                    scene.seeWrite(fresh);
                    scene.see("finish", fresh::finishConnect);
                    scene.see("shutdown", fresh::shutdownOutput);
                    scene.see("local", fresh::getLocalAddress);
                    scene.see("remote", fresh::getRemoteAddress);
                    scene.see(
                            "unresolved",
                            () -> fresh.connect(InetSocketAddress.createUnresolved("x", 1)));
                    scene.see("unix", () -> fresh.connect(scene.path("x")));
                    scene.see("foreign", () -> fresh.bind(new InetSocketAddress("192.0.2.1", 0)));
                    fresh.bind(Scene.anyPort());
                    scene.see("bind again", () -> fresh.bind(Scene.anyPort()));
                    scene.see("open", fresh::isOpen);
                    scene.see("in use", () -> scene.server().bind(fresh.getLocalAddress()));
                    fresh.close();
                    scene.seeRead(fresh);
                    scene.seeWrite(fresh);
                    scene.see("connect", () -> fresh.connect(Scene.anyPort()));
                    scene.see("bind", () -> fresh.bind(null));
                    scene.see("local", fresh::getLocalAddress);
                    SocketChannel[] pair = scene.connected();
                    scene.see("connect again", () -> pair[0].connect(pair[1].getLocalAddress()));
                    scene.see("bind connected", () -> pair[0].bind(null));
                    scene.see("finish again", pair[0]::finishConnect);
                    pair[0].close();
                    pair[1].close();
                    ServerSocketChannel listener = scene.server();
                    scene.see("accept", listener::accept);
                    listener.bind(Scene.anyPort());
                    scene.see("accept", listener::accept);
                    scene.see("bind again", () -> listener.bind(null));
                    scene.see(
                            "two listeners", () -> scene.server().bind(listener.getLocalAddress()));
                    listener.close();
                    scene.see("accept", listener::accept);
                });
    }

    /** Every pair of sockets at one port, with every pair of flags. */
    @Test
    void sharedPorts() throws IOException {
        assertSame(
                scene -> {
                    for (int flags = 0; flags < 16; flags++) {
                        for (boolean listens : new boolean[] {false, true}) {
                            seeTwoSockets(scene, flags, listens, true);
                            seeTwoSockets(scene, flags, listens, false);
                            seeTwoListeners(scene, flags, listens);
                        }
                        seeTwoDatagramSockets(scene, flags);
                    }
                });
    }

    private static <C extends NetworkChannel> C flagged(C channel, int flags) throws IOException {
        channel.setOption(StandardSocketOptions.SO_REUSEADDR, (flags & 1) != 0);
        channel.setOption(StandardSocketOptions.SO_REUSEPORT, (flags & 2) != 0);
        return channel;
    }

    private static SocketAddress samePort(NetworkChannel channel, boolean wildcard)
            throws IOException {
        return new InetSocketAddress(wildcard ? "0.0.0.0" : "127.0.0.1", portOf(channel));
    }

    private static void seeTwoSockets(
            Scene scene, int flags, boolean firstListens, boolean wildcard) throws IOException {
        try (NetworkChannel first = flagged(firstListens ? scene.server() : scene.socket(), flags);
                SocketChannel second = flagged(scene.socket(), flags >> 2)) {
            first.bind(Scene.anyPort());
            SocketAddress address = samePort(first, wildcard);
            scene.see(flags + " " + firstListens + wildcard, () -> second.bind(address));
        }
    }

    private static void seeTwoListeners(Scene scene, int flags, boolean firstListens)
            throws IOException {
        try (NetworkChannel first = flagged(firstListens ? scene.server() : scene.socket(), flags);
                ServerSocketChannel second = flagged(scene.server(), flags >> 2)) {
            first.bind(Scene.anyPort());
            SocketAddress address = samePort(first, false);
            scene.see(flags + " listener " + firstListens, () -> second.bind(address));
        }
    }

    private static void seeTwoDatagramSockets(Scene scene, int flags) throws IOException {
        try (DatagramChannel first = flagged(scene.datagrams(), flags);
                DatagramChannel second = flagged(scene.datagrams(), flags >> 2)) {
            first.bind(Scene.anyPort());
            SocketAddress address = samePort(first, false);
            scene.see(flags + " datagrams", () -> second.bind(address));
        }
    }

    /** After connections of a port, and a minute during which one is remembered. */
    @Test
    void portsOfConnections() throws IOException {
        assertSame(
                scene -> {
                    for (boolean reuses : new boolean[] {false, true}) {
                        SocketChannel[] pair = scene.connected();
                        SocketAddress address = pair[1].getLocalAddress();
                        int flags = reuses ? 1 : 0;
                        seeBind(scene, "open", flagged(scene.server(), flags), address);
                        pair[1].close();
                        scene.await(pair[0], SelectionKey.OP_READ);
                        seeBind(scene, "half", flagged(scene.server(), flags), address);
                        pair[0].close();
                        scene.turn();
                        seeBind(scene, "past", flagged(scene.server(), flags), address);
                        seeBind(scene, "socket", flagged(scene.socket(), flags), address);
                    }
                });
    }

    private static void seeBind(
            Scene scene, String what, NetworkChannel channel, SocketAddress address)
            throws IOException {
        scene.see(what, () -> channel.bind(address));
        channel.close();
    }

    @Test
    void datagrams() throws IOException {
        assertSame(
                scene -> {
                    SocketAddress nobody = nobodysDatagrams(scene);
                    DatagramChannel client = scene.datagrams();
                    scene.see("write", () -> client.write(bytes("x")));
                    scene.see("read", () -> client.read(ByteBuffer.allocate(1)));
                    scene.see("receive", () -> client.receive(ByteBuffer.allocate(1)));
                    client.connect(nobody);
                    scene.see("write", () -> client.write(bytes("x")));
                    scene.await(client, SelectionKey.OP_READ);
                    scene.see("read", () -> client.read(ByteBuffer.allocate(1)));
                    scene.see("read", () -> client.read(ByteBuffer.allocate(1)));
                    scene.see("connect", () -> client.connect(nobody));
                    scene.see(
                            "elsewhere",
                            () -> client.send(bytes("x"), new InetSocketAddress("127.0.0.1", 9)));
                    scene.see("empty", () -> client.write(bytes("")));
                    scene.see("too long", () -> client.write(ByteBuffer.allocate(65_508)));
                    scene.see("connected", client::isConnected);
                    client.disconnect();
                    scene.see(
                            "too long",
                            () -> client.send(ByteBuffer.allocate(65_508), Scene.anyPort()));
                    scene.see("remote", client::getRemoteAddress);
                    DatagramChannel server = scene.datagrams().bind(Scene.anyPort());
                    client.send(bytes("hello"), server.getLocalAddress());
                    scene.await(server, SelectionKey.OP_READ);
                    ByteBuffer into = ByteBuffer.allocate(3);
                    server.receive(into);
                    scene.see("cut", into::position);
                    scene.see("rest", () -> server.receive(into.clear()));
                    client.close();
                    scene.see("closed", () -> client.send(bytes("x"), nobody));
                    scene.see("port 0", () -> server.connect(Scene.anyPort()));
                    server.close();
                });
    }

    private static SocketAddress nobodysDatagrams(Scene scene) throws IOException {
        try (DatagramChannel channel = scene.datagrams().bind(Scene.anyPort())) {
            return channel.getLocalAddress();
        }
    }

    @Test
    void theUnixDomain() throws IOException {
        assertSame(
                scene -> {
                    UnixDomainSocketAddress path = scene.path("x");
                    scene.see("nothing there", () -> scene.unixSocket().connect(path));
                    SocketChannel bound = scene.unixSocket();
                    bound.bind(path);
                    scene.see("bound twice", () -> scene.unixSocket().bind(path));
                    scene.see("nobody listens", () -> scene.unixSocket().connect(path));
                    bound.close();
                    scene.see("left behind", () -> scene.unixServer().bind(path));
                    scene.delete(path.getPath());
                    ServerSocketChannel listener = scene.unixServer().bind(path, 1);
                    SocketChannel client = scene.unixSocket();
                    scene.see("local before", client::getLocalAddress);
                    scene.see("connect", () -> client.connect(path));
                    scene.see("second", () -> scene.unixSocket().connect(path));
                    scene.see("third", () -> scene.unixSocket().connect(path));
                    scene.see("local", client::getLocalAddress);
                    scene.see("remote", client::getRemoteAddress);
                    scene.see("socket", client::socket);
                    SocketChannel server = Scene.nonBlocking(listener.accept());
                    scene.see("local", server::getLocalAddress);
                    scene.see("remote", server::getRemoteAddress);
                    scene.seeWrite(client);
                    scene.await(server, SelectionKey.OP_READ);
                    server.close();
                    scene.await(client, SelectionKey.OP_READ);
                    scene.seeRead(client);
                    scene.seeRead(client);
                    scene.seeWrite(client);
                    SocketChannel other = Scene.nonBlocking(listener.accept());
                    other.close();
                    client.close();
                    listener.close();
                    scene.see("closed", () -> scene.unixSocket().connect(path));
                    scene.delete(path.getPath());
                    scene.see("long", () -> scene.unixServer().bind(scene.path("x".repeat(120))));
                });
    }

    @Test
    void options() throws IOException {
        assertSame(
                scene -> {
                    seeOptions(scene, scene.socket());
                    seeOptions(scene, scene.server());
                    seeOptions(scene, scene.datagrams());
                    seeOptions(scene, scene.unixSocket());
                    seeOptions(scene, scene.unixServer());
                });
    }

    private static void seeOptions(Scene scene, NetworkChannel channel) throws IOException {
        for (SocketOption<?> option :
                List.of(
                        StandardSocketOptions.SO_REUSEADDR,
                        StandardSocketOptions.SO_REUSEPORT,
                        StandardSocketOptions.SO_KEEPALIVE,
                        StandardSocketOptions.TCP_NODELAY,
                        StandardSocketOptions.SO_LINGER,
                        StandardSocketOptions.SO_BROADCAST,
                        StandardSocketOptions.IP_TOS,
                        StandardSocketOptions.IP_MULTICAST_IF,
                        StandardSocketOptions.IP_MULTICAST_TTL,
                        StandardSocketOptions.IP_MULTICAST_LOOP)) {
            boolean isThere = channel.supportedOptions().contains(option);
            scene.see(option.name() + " there", () -> isThere);
            if (isThere) {
                scene.see(option.name(), () -> channel.getOption(option));
            }
        }
        SocketOption<Integer> bytes = StandardSocketOptions.SO_RCVBUF;
        scene.see("set", () -> channel.setOption(bytes, 20_000).getOption(bytes));
        channel.close();
        scene.see("closed", () -> channel.getOption(bytes));
    }

    @Test
    void socketAdaptors() throws IOException {
        assertSame(
                scene -> {
                    SocketChannel[] pair = scene.connected();
                    SocketChannel fresh = scene.socket();
                    for (SocketChannel each : new SocketChannel[] {fresh, pair[0]}) {
                        seeSocket(scene, each);
                        each.close();
                        seeSocket(scene, each);
                    }
                    pair[1].close();
                    ServerSocketChannel listener = scene.server();
                    scene.see("bound", () -> listener.socket().isBound());
                    scene.see("port", () -> listener.socket().getLocalPort());
                    scene.see("address", () -> listener.socket().getInetAddress());
                    listener.bind(Scene.anyPort());
                    scene.see("bound", () -> listener.socket().isBound());
                    scene.see("address", () -> listener.socket().getInetAddress());
                    scene.see("reuse", () -> listener.socket().getReuseAddress());
                    listener.close();
                    scene.see("closed", () -> listener.socket().isClosed());
                    scene.see("reuse", () -> listener.socket().getReuseAddress());
                    DatagramChannel datagrams = scene.datagrams();
                    seeDatagramSocket(scene, datagrams);
                    datagrams.bind(Scene.anyPort());
                    seeDatagramSocket(scene, datagrams);
                    datagrams.close();
                    seeDatagramSocket(scene, datagrams);
                });
    }

    private static void seeSocket(Scene scene, SocketChannel channel) {
        scene.see("bound", () -> channel.socket().isBound());
        scene.see("connected", () -> channel.socket().isConnected());
        scene.see("closed", () -> channel.socket().isClosed());
        scene.see("has port", () -> channel.socket().getLocalPort() > 0);
        scene.see("has remote", () -> channel.socket().getRemoteSocketAddress() != null);
        scene.see("remote", () -> channel.socket().getInetAddress());
        scene.see("has peer", () -> channel.socket().getPort() > 0);
        scene.see("linger", () -> channel.socket().getSoLinger());
        scene.see("delay", () -> channel.socket().getTcpNoDelay());
    }

    private static void seeDatagramSocket(Scene scene, DatagramChannel channel) {
        scene.see("bound", () -> channel.socket().isBound());
        scene.see("connected", () -> channel.socket().isConnected());
        scene.see("closed", () -> channel.socket().isClosed());
        scene.see("port", () -> channel.socket().getLocalPort() > 0);
        scene.see("has local", () -> channel.socket().getLocalSocketAddress() != null);
        scene.see("remote", () -> channel.socket().getRemoteSocketAddress());
        scene.see("peer", () -> channel.socket().getPort());
        scene.see("broadcast", () -> channel.socket().getBroadcast());
    }
}
