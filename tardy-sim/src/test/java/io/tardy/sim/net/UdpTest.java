package io.tardy.sim.net;

import static io.tardy.sim.net.World.at;
import static io.tardy.sim.net.World.bytes;
import static io.tardy.sim.net.World.datagrams;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import io.tardy.sim.faults.NetworkFaults;
import java.io.IOException;
import java.net.BindException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.PortUnreachableException;
import java.net.SocketException;
import java.net.StandardSocketOptions;
import java.nio.ByteBuffer;
import java.nio.channels.AlreadyConnectedException;
import java.nio.channels.DatagramChannel;
import java.nio.channels.NotYetConnectedException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.TreeSet;
import org.junit.jupiter.api.Test;

class UdpTest {

    private final World world = new World(NetworkFaults.none());
    private final DatagramChannel client = datagrams(world.a);
    private final DatagramChannel server = datagrams(world.b);

    UdpTest() throws IOException {
        server.bind(new InetSocketAddress(World.PORT));
    }

    private static List<String> received(DatagramChannel channel) throws IOException {
        List<String> all = new ArrayList<>();
        ByteBuffer into = ByteBuffer.allocate(100);
        while (channel.receive(into) != null) {
            into.flip();
            all.add(StandardCharsets.US_ASCII.decode(into).toString());
            into.clear();
        }
        return all;
    }

    @Test
    void datagramsKeepTheirBordersAndSayWhereTheyCameFrom() throws IOException {
        client.send(bytes("one"), at(2, World.PORT));
        client.send(bytes(""), at(2, World.PORT));
        client.send(bytes("too long"), at(2, World.PORT));
        assertThat(server.receive(ByteBuffer.allocate(9))).isNull();
        world.settle();
        ByteBuffer into = ByteBuffer.allocate(4);
        InetSocketAddress from = (InetSocketAddress) server.receive(into);
        assertThat(from.getAddress()).isEqualTo(World.ip(1));
        assertThat(from.getPort())
                .isEqualTo(((InetSocketAddress) client.getLocalAddress()).getPort());
        assertThat(into.position()).isEqualTo(3);
        assertThat(server.receive(into.clear())).isEqualTo(from);
        assertThat(into.position()).isZero();
        assertThat(server.receive(into.clear())).isEqualTo(from);
        assertThat(new String(into.array(), StandardCharsets.US_ASCII)).isEqualTo("too ");
        assertThat(server.receive(into.clear())).isNull();
        server.send(bytes("back"), from);
        world.settle();
        assertThat(received(client)).containsExactly("back");
    }

    @Test
    void aConnectedSocketHearsItsPeerOnly() throws IOException {
        client.connect(at(2, World.PORT));
        assertThat(client.getLocalAddress()).hasToString("/10.0.0.1:" + port(client));
        assertThat(client.write(bytes("hello"))).isEqualTo(5);
        assertThatExceptionOfType(AlreadyConnectedException.class)
                .isThrownBy(() -> client.send(bytes("x"), at(2, 81)));
        DatagramChannel stranger = datagrams(world.b).bind(new InetSocketAddress(81));
        stranger.send(bytes("psst"), client.getLocalAddress());
        server.send(bytes("hi"), client.getLocalAddress());
        world.settle();
        assertThat(received(client)).containsExactly("hi");
        assertThat(received(server)).containsExactly("hello");
        client.disconnect();
        assertThatExceptionOfType(NotYetConnectedException.class)
                .isThrownBy(() -> client.write(bytes("x")));
        stranger.send(bytes("psst"), at(1, port(client)));
        world.settle();
        assertThat(received(client)).containsExactly("psst");
    }

    private static int port(DatagramChannel channel) throws IOException {
        return ((InetSocketAddress) channel.getLocalAddress()).getPort();
    }

    @Test
    void whereNobodyIsAConnectedSocketIsTold() throws IOException {
        client.connect(at(2, 81));
        client.write(bytes("hello?"));
        world.settle();
        assertThatExceptionOfType(PortUnreachableException.class)
                .isThrownBy(() -> client.read(ByteBuffer.allocate(1)));
        assertThat(client.read(ByteBuffer.allocate(1))).isZero();
        DatagramChannel unconnected = datagrams(world.a);
        unconnected.send(bytes("hello?"), at(2, 81));
        unconnected.send(bytes("hello?"), at(99, 81));
        world.settle();
        assertThat(received(unconnected)).isEmpty();
    }

    @Test
    void aFullQueueDrops() throws IOException {
        server.setOption(StandardSocketOptions.SO_RCVBUF, 2_000);
        for (String each : new String[] {"one", "two", "three"}) {
            client.send(bytes(each), at(2, World.PORT));
        }
        world.settle();
        assertThat(received(server)).containsExactly("one", "two");
        assertThat(world.network.reached()).containsEntry("datagram queue full", 1L);
    }

    @Test
    void lossCopiesAndDelaysHappen() throws IOException {
        world.network.faults(
                NetworkFaults.none()
                        .but()
                        .datagramLoss(0.1)
                        .datagramCopy(0.1)
                        .datagramDelay(0.2)
                        .build());
        List<String> sent = new ArrayList<>();
        for (int i = 100; i < 300; i++) {
            sent.add(String.valueOf(i));
            client.send(bytes(sent.getLast()), at(2, World.PORT));
        }
        world.settle();
        List<String> received = received(server);
        List<String> once = new ArrayList<>(new TreeSet<>(received));
        assertThat(sent).containsAll(once);
        assertThat(once).hasSizeLessThan(sent.size());
        assertThat(received).hasSizeGreaterThan(once.size()).isNotEqualTo(sorted(received));
        assertThat(world.network.reached())
                .containsKeys("datagram lost", "datagram copied", "datagram delayed");
    }

    private static List<String> sorted(List<String> texts) {
        return texts.stream().sorted().toList();
    }

    @Test
    void aPartitionAndACrashLoseDatagrams() throws IOException {
        world.network.partition(world.a, world.b);
        client.send(bytes("lost"), at(2, World.PORT));
        world.settle();
        world.network.healAll();
        client.send(bytes("heard"), at(2, World.PORT));
        world.settle();
        assertThat(received(server)).containsExactly("heard");
        world.b.crash();
        client.connect(at(2, World.PORT));
        client.write(bytes("lost"));
        world.settle();
        assertThat(client.read(ByteBuffer.allocate(1))).isZero();
        assertThat(world.b.openChannels()).isEmpty();
    }

    @Test
    void portsAreSharedByThoseWhoBothSayIt() throws IOException {
        DatagramChannel other = datagrams(world.b);
        assertThatExceptionOfType(BindException.class)
                .isThrownBy(() -> other.bind(new InetSocketAddress(World.PORT)));
        server.setOption(StandardSocketOptions.SO_REUSEADDR, true);
        other.setOption(StandardSocketOptions.SO_REUSEADDR, true);
        other.bind(new InetSocketAddress(World.PORT));
        client.send(bytes("hello"), at(2, World.PORT));
        world.settle();
        assertThat(received(server)).isEmpty();
        assertThat(received(other)).containsExactly("hello");
    }

    @Test
    void groupsAndGiantsAreRefused() throws IOException {
        for (String each : new String[] {"255.255.255.255", "224.0.0.1"}) {
            assertThatExceptionOfType(UnsupportedOperationException.class)
                    .isThrownBy(
                            () ->
                                    client.send(
                                            bytes("all"),
                                            new InetSocketAddress(InetAddress.getByName(each), 80)))
                    .withMessageContaining("neither broadcast nor multicast");
        }
        assertThatExceptionOfType(UnsupportedOperationException.class)
                .isThrownBy(() -> client.join(InetAddress.getByName("224.0.0.1"), null));
        assertThatExceptionOfType(SocketException.class)
                .isThrownBy(() -> client.send(ByteBuffer.allocate(65_508), at(2, World.PORT)))
                .withMessage("Message too long");
    }
}
