package io.tardy.sim.net;

import static org.assertj.core.api.Assertions.assertThat;

import io.tardy.sim.faults.NetworkFaults;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.net.SocketAddress;
import java.net.StandardProtocolFamily;
import java.net.UnixDomainSocketAddress;
import java.nio.ByteBuffer;
import java.nio.channels.DatagramChannel;
import java.nio.channels.NetworkChannel;
import java.nio.channels.SelectableChannel;
import java.nio.channels.SelectionKey;
import java.nio.channels.ServerSocketChannel;
import java.nio.channels.SocketChannel;
import java.nio.channels.spi.SelectorProvider;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;

/** Where a scenario takes place: on the JDK's channels, or on simulated ones. */
abstract class Scene {
    private static final int WRITES_MAX = 1_000_000;

    final SelectorProvider provider;
    final Path directory;
    final List<String> seen = new ArrayList<>();

    Scene(SelectorProvider provider, Path directory) {
        this.provider = provider;
        this.directory = directory;
    }

    /** What happens. */
    @FunctionalInterface
    interface Scenario {
        void play(Scene scene) throws IOException;
    }

    /** Plays it on the JDK's channels and on simulated ones: the same is to be seen. */
    static void assertSame(Path directory, Scenario scenario) throws IOException {
        RealScene real = new RealScene(directory);
        scenario.play(real);
        SimulatedScene simulated = new SimulatedScene(new World(NetworkFaults.none()), directory);
        scenario.play(simulated);
        assertThat(simulated.seen).isEqualTo(real.seen).isNotEmpty();
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
                        channel.write(World.bytes("x"));
                        turn();
                    }
                    return "none";
                });
    }

    void seeRead(SocketChannel channel) {
        see("read", () -> channel.read(ByteBuffer.allocate(10)));
    }

    void seeWrite(SocketChannel channel) {
        see("write", () -> channel.write(World.bytes("more")));
    }

    static int portOf(NetworkChannel channel) throws IOException {
        return ((InetSocketAddress) channel.getLocalAddress()).getPort();
    }
}
