package io.tardy.sim.net;

import static io.tardy.sim.net.World.at;
import static io.tardy.sim.net.World.bytes;
import static io.tardy.sim.net.World.read;
import static io.tardy.sim.net.World.receive;
import static io.tardy.sim.net.World.send;
import static io.tardy.sim.net.World.socket;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.assertj.core.api.Assertions.assertThatIllegalStateException;

import io.tardy.sim.faults.NetworkFaults;
import io.tardy.sim.net.World.Pair;
import java.io.IOException;
import java.net.ConnectException;
import java.net.InetSocketAddress;
import java.net.SocketException;
import java.nio.channels.ClosedChannelException;
import java.nio.channels.ServerSocketChannel;
import java.nio.channels.SocketChannel;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;

/** Partitions, and nodes that fail. */
class OutageTest {

    private final World world = new World(NetworkFaults.none());

    OutageTest() throws IOException {}

    @Test
    void whatIsSentIntoAPartitionArrivesAfterItHeals() throws IOException {
        Pair pair = world.connected();
        world.network.partition(world.a, world.b);
        send(pair.client(), "one");
        world.pass(1, TimeUnit.SECONDS);
        send(pair.client(), "two");
        world.pass(1, TimeUnit.MINUTES);
        assertThat(read(pair.server())).isZero();
        world.network.healAll();
        world.settle();
        assertThat(receive(pair.server(), 10)).isEqualTo("onetwo");
        assertThat(world.seconds()).isLessThan(200);
        send(pair.server(), "answer");
        world.settle();
        assertThat(receive(pair.client(), 10)).isEqualTo("answer");
    }

    @Test
    void aSenderGivesUpAfterAQuarterOfAnHour() throws IOException {
        Pair pair = world.connected();
        world.network.partition(world.a, world.b);
        send(pair.client(), "lost");
        world.settle();
        assertThat(world.seconds()).isBetween(900L, 950L);
        assertThatExceptionOfType(IOException.class)
                .isThrownBy(() -> read(pair.client()))
                .withMessage("Connection timed out");
        world.network.heal(world.a, world.b);
        // The other side knows nothing: half open, until it sends.
        assertThat(read(pair.server())).isZero();
        send(pair.server(), "hello?");
        world.settle();
        assertThatExceptionOfType(SocketException.class)
                .isThrownBy(() -> read(pair.server()))
                .withMessage("Connection reset");
    }

    @Test
    void whereOnlyTheWayBackIsCutDataArrivesAndTheSenderGivesUp() throws IOException {
        Pair pair = world.connected();
        world.network.partitionFrom(world.b, world.a);
        send(pair.client(), "heard");
        world.pass(1, TimeUnit.SECONDS);
        assertThat(receive(pair.server(), 10)).isEqualTo("heard");
        world.settle();
        assertThatExceptionOfType(IOException.class)
                .isThrownBy(() -> pair.client().write(bytes("more")))
                .withMessage("Connection timed out");
    }

    @Test
    void whereTheWayBackHealsInTimeNothingIsLost() throws IOException {
        Pair pair = world.connected();
        world.network.partitionFrom(world.b, world.a);
        send(pair.client(), "heard");
        world.pass(1, TimeUnit.MINUTES);
        world.network.healFrom(world.b, world.a);
        world.settle();
        send(pair.client(), "twice");
        world.settle();
        assertThat(receive(pair.server(), 20)).isEqualTo("heardtwice");
    }

    @Test
    void aKilledProcessEndsItsConnectionsAndItsNodeRefusesNewOnes() throws IOException {
        ServerSocketChannel listener = world.listener(5);
        Pair read = world.connected(listener, socket(world.a), at(2, World.PORT));
        Pair unread = world.connected(listener, socket(world.a), at(2, World.PORT));
        Pair queued = new Pair(world.connecting(), null);
        send(unread.client(), "unread");
        world.settle();
        queued.client().finishConnect();
        assertThat(world.b.openChannels())
                .containsExactly(
                        "tcp listener b:80",
                        "tcp b:80 -> a:" + portOf(read),
                        "tcp b:80 -> a:" + portOf(unread));
        world.b.kill();
        assertThat(world.b.openChannels()).isEmpty();
        assertThat(read.server().isOpen()).isFalse();
        world.settle();
        assertThat(read(read.client())).isEqualTo(-1);
        for (Pair each : new Pair[] {unread, queued}) {
            assertThatExceptionOfType(SocketException.class)
                    .isThrownBy(() -> read(each.client()))
                    .withMessage("Connection reset");
        }
        SocketChannel late = world.connecting();
        world.settle();
        assertThatExceptionOfType(ConnectException.class)
                .isThrownBy(late::finishConnect)
                .withMessage("Connection refused");
        world.connected(); // it is started again
    }

    private static int portOf(Pair pair) throws IOException {
        return ((InetSocketAddress) pair.client().getLocalAddress()).getPort();
    }

    @Test
    void aCrashedNodeIsSilentAndResetsWhatItDoesNotKnowAnyMore() throws IOException {
        Pair pair = world.connected();
        world.b.crash();
        assertThat(world.b.openChannels()).isEmpty();
        assertThatExceptionOfType(ClosedChannelException.class)
                .isThrownBy(() -> read(pair.server()));
        assertThatIllegalStateException().isThrownBy(() -> socket(world.b));
        send(pair.client(), "hello?");
        SocketChannel late = world.connecting();
        world.pass(5, TimeUnit.SECONDS);
        assertThat(read(pair.client())).isZero();
        assertThat(late.finishConnect()).isFalse();
        world.b.restart();
        world.settle();
        assertThatExceptionOfType(SocketException.class)
                .isThrownBy(() -> read(pair.client()))
                .withMessage("Connection reset");
        assertThatExceptionOfType(ConnectException.class)
                .isThrownBy(late::finishConnect)
                .withMessage("Connection refused");
        world.connected();
    }

    @Test
    void anEndOfDataIsResetTooByWhoDoesNotKnowTheConnection() throws IOException {
        Pair pair = world.connected();
        world.b.crash();
        world.b.restart();
        pair.client().shutdownOutput();
        world.settle();
        assertThatExceptionOfType(SocketException.class)
                .isThrownBy(() -> read(pair.client()))
                .withMessage("Connection reset");
    }

    @Test
    void theCrashOfASenderLeavesThePeerHalfOpen() throws IOException {
        Pair pair = world.connected();
        send(pair.client(), "gone");
        pair.client().shutdownOutput();
        world.a.crash();
        world.settle();
        assertThat(read(pair.server())).isZero();
        world.a.restart();
        world.settle();
        assertThat(read(pair.server())).isZero();
        send(pair.server(), "hello?");
        world.settle();
        assertThatExceptionOfType(SocketException.class).isThrownBy(() -> read(pair.server()));
    }

    @Test
    void aReaderBehindAPartitionIsHeardOfWhenItHeals() throws IOException {
        world.network.faults(NetworkFaults.none().but().bufferBytes(4, 4).build());
        Pair pair = world.connected();
        send(pair.client(), "full");
        world.settle();
        world.network.partition(world.a, world.b);
        assertThat(receive(pair.server(), 10)).isEqualTo("full");
        world.pass(10, TimeUnit.SECONDS);
        assertThat(pair.client().write(bytes("more"))).isZero();
        world.network.heal(world.a, world.b);
        world.settle();
        send(pair.client(), "more");
    }

    @Test
    void nonsenseIsRefused() {
        assertThatIllegalArgumentException()
                .isThrownBy(() -> world.network.addNode("a"))
                .withMessageContaining("a host a already");
        assertThatIllegalArgumentException()
                .isThrownBy(() -> world.network.addNode("c", World.ip(1)))
                .withMessageContaining("10.0.0.1");
        assertThatIllegalArgumentException()
                .isThrownBy(() -> world.network.partition(world.a, world.a));
        assertThatIllegalArgumentException()
                .isThrownBy(() -> NetworkFaults.none().but().segmentLoss(1.5).build())
                .withMessageContaining("segmentLoss");
        assertThatIllegalArgumentException()
                .isThrownBy(() -> NetworkFaults.none().but().bufferBytes(0, 5).build());
        assertThatIllegalArgumentException()
                .isThrownBy(() -> NetworkFaults.none().but().latencyNanos(5, 4).build());
        assertThatIllegalArgumentException().isThrownBy(() -> world.a.ephemeralPorts(5, 4));
        assertThatIllegalStateException().isThrownBy(world.a::restart);
        assertThat(world.network.lookup("a")).hasSize(1);
        assertThat(world.network.lookup("z")).isEmpty();
    }
}
