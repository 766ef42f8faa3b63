package io.tardy.sim.net;

import static io.tardy.sim.net.World.at;
import static io.tardy.sim.net.World.bytes;
import static io.tardy.sim.net.World.read;
import static io.tardy.sim.net.World.receive;
import static io.tardy.sim.net.World.send;
import static io.tardy.sim.net.World.server;
import static io.tardy.sim.net.World.socket;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import io.tardy.sim.faults.NetworkFaults;
import io.tardy.sim.net.World.Pair;
import java.io.IOException;
import java.net.BindException;
import java.net.ConnectException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.NoRouteToHostException;
import java.net.SocketException;
import java.net.StandardSocketOptions;
import java.nio.ByteBuffer;
import java.nio.channels.AlreadyBoundException;
import java.nio.channels.AlreadyConnectedException;
import java.nio.channels.ClosedChannelException;
import java.nio.channels.ConnectionPendingException;
import java.nio.channels.IllegalBlockingModeException;
import java.nio.channels.NoConnectionPendingException;
import java.nio.channels.NotYetBoundException;
import java.nio.channels.NotYetConnectedException;
import java.nio.channels.ServerSocketChannel;
import java.nio.channels.SocketChannel;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;

class TcpTest {

    private final World world = new World(NetworkFaults.none());

    TcpTest() throws IOException {}

    @Test
    void aConnectionCarriesBytesBothWays() throws IOException {
        ServerSocketChannel listener = world.listener(5);
        SocketChannel client = world.connecting();
        assertThat(client.isConnectionPending()).isTrue();
        assertThat(client.finishConnect()).isFalse();
        assertThat(listener.accept()).isNull();
        world.settle();
        assertThat(client.finishConnect()).isTrue();
        assertThat(client.isConnected()).isTrue();
        SocketChannel server = listener.accept();
        server.configureBlocking(false);
        assertThat(server.getLocalAddress()).isEqualTo(at(2, World.PORT));
        assertThat(server.getRemoteAddress()).isEqualTo(client.getLocalAddress());
        assertThat(client.getRemoteAddress()).isEqualTo(at(2, World.PORT));
        send(client, "hello");
        send(server, "welcome");
        assertThat(read(server)).isZero();
        world.settle();
        assertThat(receive(server, 3)).isEqualTo("hel");
        assertThat(receive(server, 10)).isEqualTo("lo");
        assertThat(receive(client, 10)).isEqualTo("welcome");
        assertThat(read(client)).isZero();
        assertThat(world.trace).anyMatch(line -> line.contains("deliver 5 bytes a:"));
    }

    @Test
    void aHalfCloseEndsOneDirectionAfterItsData() throws IOException {
        Pair pair = world.connected();
        send(pair.client(), "last");
        pair.client().shutdownOutput();
        assertThatExceptionOfType(ClosedChannelException.class)
                .isThrownBy(() -> pair.client().write(bytes("more")));
        world.settle();
        assertThat(receive(pair.server(), 10)).isEqualTo("last");
        assertThat(read(pair.server())).isEqualTo(-1);
        assertThat(read(pair.server())).isEqualTo(-1);
        send(pair.server(), "answer");
        world.settle();
        assertThat(receive(pair.client(), 10)).isEqualTo("answer");
        pair.server().close();
        world.settle();
        assertThat(read(pair.client())).isEqualTo(-1);
    }

    @Test
    void aWriteToAClosedPeerSucceedsOnceAndThenThePipeIsBroken() throws IOException {
        Pair pair = world.connected();
        pair.server().close();
        world.settle();
        send(pair.client(), "unheard");
        world.settle();
        // The end came first, so a read goes on seeing the end.
        assertThat(read(pair.client())).isEqualTo(-1);
        assertThatExceptionOfType(IOException.class)
                .isThrownBy(() -> pair.client().write(bytes("more")))
                .withMessage("Broken pipe");
    }

    @Test
    void aCloseWithUnreadDataResets() throws IOException {
        Pair pair = world.connected();
        send(pair.client(), "unread");
        world.settle();
        pair.server().close();
        world.settle();
        for (int i = 0; i < 2; i++) { // again and again, as the JDK says it
            assertThatExceptionOfType(SocketException.class)
                    .isThrownBy(() -> read(pair.client()))
                    .withMessage("Connection reset");
        }
        assertThatExceptionOfType(IOException.class)
                .isThrownBy(() -> pair.client().write(bytes("more")))
                .withMessage("Broken pipe");
    }

    @Test
    void whatArrivedBeforeAResetCanBeRead() throws IOException {
        Pair pair = world.connected();
        send(pair.server(), "first");
        world.settle();
        pair.server().setOption(StandardSocketOptions.SO_LINGER, 0);
        pair.server().close();
        world.settle();
        assertThat(receive(pair.client(), 10)).isEqualTo("first");
        assertThatExceptionOfType(IOException.class)
                .isThrownBy(() -> pair.client().write(bytes("more")))
                .withMessage("Connection reset by peer");
    }

    @Test
    void whereNobodyListensIsRefusedAndTheChannelClosed() throws IOException {
        SocketChannel client = world.connecting();
        world.settle();
        assertThatExceptionOfType(ConnectException.class)
                .isThrownBy(client::finishConnect)
                .withMessage("Connection refused");
        assertThat(client.isOpen()).isFalse();
        assertThat(world.a.openChannels()).isEmpty();
    }

    @Test
    void whereNoNodeIsThereIsNoRoute() throws IOException {
        SocketChannel client = socket(world.a);
        client.connect(at(99, World.PORT));
        world.settle();
        assertThat(world.seconds()).isEqualTo(3);
        assertThatExceptionOfType(NoRouteToHostException.class).isThrownBy(client::finishConnect);
    }

    @Test
    void anotherFamilyIsUnreachable() throws IOException {
        SocketChannel client = socket(world.a);
        InetAddress v6 = InetAddress.getByName("2001:db8::1");
        assertThatExceptionOfType(SocketException.class)
                .isThrownBy(() -> client.connect(new InetSocketAddress(v6, World.PORT)))
                .withMessage("Network is unreachable");
    }

    @Test
    void loopbackAndWildcardAreTheNodeItself() throws IOException {
        ServerSocketChannel listener = server(world.a).bind(new InetSocketAddress(World.PORT));
        for (String own : new String[] {"127.0.0.1", "::1", "10.0.0.1", "0.0.0.0"}) {
            InetSocketAddress to = new InetSocketAddress(InetAddress.getByName(own), World.PORT);
            Pair pair = world.connected(listener, socket(world.a), to);
            InetAddress seen = ((InetSocketAddress) pair.server().getLocalAddress()).getAddress();
            if (!own.equals("0.0.0.0")) { // which is 127.0.0.1 to whoever connects there
                assertThat(seen).hasToString("/" + InetAddress.getByName(own).getHostAddress());
            }
            send(pair.client(), own);
            world.settle();
            assertThat(receive(pair.server(), 20)).isEqualTo(own);
        }
        ServerSocketChannel loopback =
                server(world.b)
                        .bind(
                                new InetSocketAddress(
                                        InetAddress.getByName("127.0.0.1"), World.PORT));
        SocketChannel client = world.connecting();
        world.settle();
        assertThatExceptionOfType(ConnectException.class).isThrownBy(client::finishConnect);
        loopback.close();
    }

    @Test
    void aFullQueueDropsConnectsThatAreThenRepeated() throws IOException {
        ServerSocketChannel listener = world.listener(1);
        SocketChannel first = world.connecting();
        SocketChannel second = world.connecting();
        world.pass(1, TimeUnit.MILLISECONDS);
        SocketChannel third = world.connecting();
        world.pass(10, TimeUnit.MILLISECONDS);
        assertThat(first.finishConnect()).isTrue();
        assertThat(second.finishConnect()).isTrue();
        assertThat(third.finishConnect()).isFalse();
        assertThat(listener.accept()).isNotNull();
        world.pass(1, TimeUnit.SECONDS);
        assertThat(third.finishConnect()).isTrue();
        assertThat(world.network.reached()).containsKeys("accept queue full", "connect repeated");
    }

    @Test
    void aConnectThatNobodyHearsTimesOut() throws IOException {
        world.listener(5);
        world.network.partition(world.a, world.b);
        SocketChannel client = world.connecting();
        world.settle();
        assertThat(world.seconds()).isEqualTo(127);
        assertThatExceptionOfType(ConnectException.class)
                .isThrownBy(client::finishConnect)
                .withMessage("Connection timed out");
    }

    @Test
    void aConnectThatIsClosedLeavesNothing() throws IOException {
        ServerSocketChannel listener = world.listener(5);
        SocketChannel client = world.connecting();
        client.close();
        world.settle();
        assertThat(world.seconds()).isZero();
        assertThat(listener.accept()).isNull();
        assertThat(world.a.openChannels()).isEmpty();
    }

    @Test
    void aListenerThatClosesResetsWhatItHasNotAccepted() throws IOException {
        ServerSocketChannel listener = world.listener(5);
        SocketChannel client = world.connecting();
        world.settle();
        client.finishConnect();
        listener.close();
        world.settle();
        assertThatExceptionOfType(SocketException.class)
                .isThrownBy(() -> read(client))
                .withMessage("Connection reset");
    }

    @Test
    void aFullBufferTakesNothingUntilThePeerReads() throws IOException {
        world.network.faults(NetworkFaults.none().but().bufferBytes(8, 8).build());
        Pair pair = world.connected();
        assertThat(pair.client().write(bytes("0123456789"))).isEqualTo(8);
        assertThat(pair.client().write(bytes("89"))).isZero();
        world.settle();
        assertThat(pair.client().write(bytes("89"))).isZero();
        assertThat(receive(pair.server(), 3)).isEqualTo("012");
        assertThat(pair.client().write(bytes("89"))).isZero(); // it does not know yet
        world.settle();
        assertThat(pair.client().write(bytes("89abcdef"))).isEqualTo(3);
        world.settle();
        assertThat(receive(pair.server(), 20)).isEqualTo("3456789a");
    }

    @Test
    void scatterAndGatherKeepTheOrder() throws IOException {
        Pair pair = world.connected();
        ByteBuffer[] parts = {bytes("one"), bytes(""), bytes("two"), bytes("three")};
        assertThat(pair.client().write(parts)).isEqualTo(11);
        world.settle();
        ByteBuffer[] into = {ByteBuffer.allocate(2), ByteBuffer.allocate(20)};
        assertThat(pair.server().read(into)).isEqualTo(11);
        assertThat(new String(into[1].array(), 0, 9)).isEqualTo("etwothree");
        assertThat(pair.server().read(new ByteBuffer[] {ByteBuffer.allocate(2)})).isZero();
        pair.client().close();
        world.settle();
        assertThat(pair.server().read(new ByteBuffer[] {ByteBuffer.allocate(2)})).isEqualTo(-1);
    }

    @Test
    void closedInputIsTheEnd() throws IOException {
        Pair pair = world.connected();
        send(pair.client(), "unread");
        world.settle();
        pair.server().shutdownInput();
        assertThat(read(pair.server())).isEqualTo(-1);
        send(pair.client(), "more");
        world.settle();
        assertThat(read(pair.server())).isEqualTo(-1);
        pair.server().close();
        world.settle();
        assertThat(read(pair.client())).isEqualTo(-1);
    }

    @Test
    void portsAreExclusiveUnlessBothShare() throws IOException {
        world.listener(1);
        assertThatExceptionOfType(BindException.class)
                .isThrownBy(() -> world.listener(1))
                .withMessage("Address already in use");
        ServerSocketChannel one = server(world.a);
        ServerSocketChannel two = server(world.a);
        one.setOption(StandardSocketOptions.SO_REUSEPORT, true);
        two.setOption(StandardSocketOptions.SO_REUSEPORT, true);
        one.bind(new InetSocketAddress(World.PORT));
        two.bind(new InetSocketAddress(World.PORT));
        int ones = 0;
        for (int i = 0; i < 40; i++) {
            SocketChannel client = socket(world.b);
            client.connect(at(1, World.PORT));
            world.settle();
            SocketChannel taken = one.accept();
            ones += taken == null ? 0 : 1;
            assertThat(taken != null || two.accept() != null).isTrue();
        }
        assertThat(ones).isBetween(1, 39);
        assertThatExceptionOfType(BindException.class)
                .isThrownBy(() -> socket(world.a).bind(at(2, 0)))
                .withMessage("Cannot assign requested address");
    }

    @Test
    void twoThatReuseAnAddressShareItUntilOneListens() throws IOException {
        SocketChannel first = socket(world.a);
        SocketChannel second = socket(world.a);
        for (SocketChannel each : new SocketChannel[] {first, second}) {
            each.setOption(StandardSocketOptions.SO_REUSEADDR, true);
            each.bind(new InetSocketAddress(World.PORT));
        }
        ServerSocketChannel listener = server(world.a).bind(new InetSocketAddress(World.PORT));
        assertThatExceptionOfType(BindException.class)
                .isThrownBy(() -> server(world.a).bind(new InetSocketAddress(World.PORT)));
        listener.close();
        server(world.a).bind(new InetSocketAddress(World.PORT)).close();
    }

    @Test
    void aPastConnectionKeepsThePortFromThoseWhoDoNotReuseIt() throws IOException {
        ServerSocketChannel listener = world.listener(1);
        Pair pair = world.connected(listener, socket(world.a), at(2, World.PORT));
        listener.close();
        pair.server().close();
        world.settle();
        pair.client().close();
        world.settle();
        SocketChannel again = socket(world.b);
        assertThatExceptionOfType(BindException.class)
                .isThrownBy(() -> again.bind(new InetSocketAddress(World.PORT)));
        world.listener(1).close(); // it may reuse it
        world.pass(60, TimeUnit.SECONDS);
        again.bind(new InetSocketAddress(World.PORT));
    }

    @Test
    void ephemeralPortsRunOut() throws IOException {
        world.a.ephemeralPorts(5_000, 5_002);
        world.listener(50);
        for (int i = 0; i < 3; i++) {
            world.connecting();
        }
        assertThatExceptionOfType(BindException.class)
                .isThrownBy(world::connecting)
                .withMessage("Cannot assign requested address");
        assertThatExceptionOfType(BindException.class)
                .isThrownBy(() -> server(world.a).bind(null))
                .withMessage("Address already in use");
        socket(world.a).connect(at(2, 81)); // to elsewhere the ports can be used again
    }

    @Test
    void callsOutOfOrderAreRefusedAsTheJdkDoes() throws IOException {
        SocketChannel client = socket(world.a);
        assertThatExceptionOfType(NotYetConnectedException.class).isThrownBy(() -> read(client));
        assertThatExceptionOfType(NoConnectionPendingException.class)
                .isThrownBy(client::finishConnect);
        client.connect(at(2, World.PORT));
        assertThatExceptionOfType(ConnectionPendingException.class)
                .isThrownBy(() -> client.connect(at(2, World.PORT)));
        assertThatExceptionOfType(ConnectionPendingException.class)
                .isThrownBy(() -> client.bind(null));
        client.close();
        assertThatExceptionOfType(ClosedChannelException.class).isThrownBy(() -> read(client));
        Pair pair = world.connected();
        assertThatExceptionOfType(AlreadyConnectedException.class)
                .isThrownBy(() -> pair.client().connect(at(2, World.PORT)));
        ServerSocketChannel listener = server(world.a);
        assertThatExceptionOfType(NotYetBoundException.class).isThrownBy(listener::accept);
        listener.bind(null);
        assertThatExceptionOfType(AlreadyBoundException.class)
                .isThrownBy(() -> listener.bind(null));
    }

    @Test
    void blockingModeIsRefusedWithASentence() throws IOException {
        SocketChannel client = world.a.provider().openSocketChannel();
        assertThatExceptionOfType(IllegalBlockingModeException.class)
                .isThrownBy(() -> client.connect(at(2, World.PORT)))
                .withMessageContaining("configureBlocking(false)");
    }
}
