package io.tardy.sim.net;

import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.SocketAddress;
import java.net.SocketOption;
import java.net.StandardSocketOptions;
import java.net.UnixDomainSocketAddress;
import java.nio.ByteBuffer;
import java.nio.channels.DatagramChannel;
import java.nio.channels.NetworkChannel;
import java.nio.channels.SelectionKey;
import java.nio.channels.ServerSocketChannel;
import java.nio.channels.SocketChannel;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledOnOs;
import org.junit.jupiter.api.condition.OS;
import org.junit.jupiter.api.io.TempDir;

/** What simulated channels answer is what the JDK's channels on Linux answer, word for word. */
@EnabledOnOs(OS.LINUX)
class LikeTheJdkTest {

    @TempDir Path directory;

    @Test
    void refusedConnects() throws IOException {
        Scene.assertSame(
                directory,
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
        Scene.assertSame(
                directory,
                scene -> {
                    SocketChannel[] pair = scene.connected();
                    pair[0].write(World.bytes("unread"));
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
        Scene.assertSame(
                directory,
                scene -> {
                    InetAddress named =
                            InetAddress.getByAddress("some.name", new byte[] {127, 0, 0, 1});
                    ServerSocketChannel listener =
                            scene.server().bind(new InetSocketAddress(named, 0));
                    seeAddress(scene, listener.getLocalAddress());
                    SocketChannel client = scene.socket();
                    client.bind(new InetSocketAddress(named, 0));
                    client.connect(new InetSocketAddress(named, Scene.portOf(listener)));
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

    @Test
    void resetsThatAWriteHearsOfFirst() throws IOException {
        Scene.assertSame(
                directory,
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
        Scene.assertSame(
                directory,
                scene -> {
                    SocketChannel[] pair = scene.connected();
                    pair[1].write(World.bytes("first"));
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
        Scene.assertSame(
                directory,
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
        Scene.assertSame(
                directory,
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
        Scene.assertSame(
                directory,
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

    @Test
    void datagrams() throws IOException {
        Scene.assertSame(
                directory,
                scene -> {
                    SocketAddress nobody = nobodysDatagrams(scene);
                    DatagramChannel client = scene.datagrams();
                    scene.see("write", () -> client.write(World.bytes("x")));
                    scene.see("read", () -> client.read(ByteBuffer.allocate(1)));
                    scene.see("receive", () -> client.receive(ByteBuffer.allocate(1)));
                    client.connect(nobody);
                    scene.see("write", () -> client.write(World.bytes("x")));
                    scene.await(client, SelectionKey.OP_READ);
                    scene.see("read", () -> client.read(ByteBuffer.allocate(1)));
                    scene.see("read", () -> client.read(ByteBuffer.allocate(1)));
                    scene.see("connect", () -> client.connect(nobody));
                    scene.see(
                            "elsewhere",
                            () ->
                                    client.send(
                                            World.bytes("x"),
                                            new InetSocketAddress("127.0.0.1", 9)));
                    scene.see("empty", () -> client.write(World.bytes("")));
                    scene.see("too long", () -> client.write(ByteBuffer.allocate(65_508)));
                    scene.see("connected", client::isConnected);
                    client.disconnect();
                    scene.see(
                            "too long",
                            () -> client.send(ByteBuffer.allocate(65_508), Scene.anyPort()));
                    scene.see("remote", client::getRemoteAddress);
                    DatagramChannel server = scene.datagrams().bind(Scene.anyPort());
                    client.send(World.bytes("hello"), server.getLocalAddress());
                    scene.await(server, SelectionKey.OP_READ);
                    ByteBuffer into = ByteBuffer.allocate(3);
                    server.receive(into);
                    scene.see("cut", into::position);
                    scene.see("rest", () -> server.receive(into.clear()));
                    client.close();
                    scene.see("closed", () -> client.send(World.bytes("x"), nobody));
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
        Scene.assertSame(
                directory,
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
        Scene.assertSame(
                directory,
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
        Scene.assertSame(
                directory,
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
