package io.tardy.sim.net;

import static io.tardy.sim.net.World.receive;
import static io.tardy.sim.net.World.send;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import io.tardy.sim.faults.NetworkFaults;
import io.tardy.sim.net.World.Pair;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.CancelledKeyException;
import java.nio.channels.ClosedSelectorException;
import java.nio.channels.DatagramChannel;
import java.nio.channels.SelectionKey;
import java.nio.channels.Selector;
import java.nio.channels.ServerSocketChannel;
import java.nio.channels.SocketChannel;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;

class SelectorTest {

    private final World world = new World(NetworkFaults.none());
    private final Selector selector = world.b.provider().openSelector();

    SelectorTest() throws IOException {}

    private List<SelectionKey> selected() throws IOException {
        selector.selectNow();
        List<SelectionKey> keys = new ArrayList<>(selector.selectedKeys());
        selector.selectedKeys().clear();
        return keys;
    }

    @Test
    void everyKindOfReadinessIsReported() throws IOException {
        ServerSocketChannel listener = world.listener(5);
        SelectionKey accepts = listener.register(selector, SelectionKey.OP_ACCEPT);
        Selector ofClient = world.a.provider().openSelector();
        SocketChannel client = world.connecting();
        SelectionKey connects = client.register(ofClient, SelectionKey.OP_CONNECT);
        assertThat(selected()).isEmpty();
        assertThat(ofClient.selectNow()).isZero();
        world.settle();
        assertThat(ofClient.selectNow()).isOne();
        assertThat(connects.isConnectable()).isTrue();
        client.finishConnect();
        assertThat(selected()).containsExactly(accepts);
        assertThat(accepts.isAcceptable()).isTrue();
        SocketChannel server = listener.accept();
        assertThat(selected()).isEmpty();
        server.configureBlocking(false);
        SelectionKey reads = server.register(selector, SelectionKey.OP_READ);
        assertThat(selected()).isEmpty();
        send(client, "hello");
        world.settle();
        assertThat(selected()).containsExactly(reads);
        receive(server, 2);
        assertThat(selected()).as("levels").containsExactly(reads);
        receive(server, 10);
        assertThat(selected()).isEmpty();
        reads.interestOps(SelectionKey.OP_READ | SelectionKey.OP_WRITE);
        assertThat(selected()).containsExactly(reads);
        assertThat(reads.readyOps()).isEqualTo(SelectionKey.OP_WRITE);
        client.close();
        world.settle();
        assertThat(selected()).containsExactly(reads);
        assertThat(reads.isReadable()).isTrue();
    }

    @Test
    void aKeyThatStaysSelectedGathersWhatItIsReadyFor() throws IOException {
        Pair pair = world.connected();
        SelectionKey key = pair.server().register(selector, SelectionKey.OP_WRITE);
        assertThat(selector.selectNow()).isOne();
        assertThat(selector.selectNow()).as("nothing new").isZero();
        key.interestOps(SelectionKey.OP_READ);
        send(pair.client(), "hello");
        world.settle();
        assertThat(selector.selectNow()).isOne();
        assertThat(key.readyOps()).isEqualTo(SelectionKey.OP_WRITE | SelectionKey.OP_READ);
    }

    @Test
    void whatCameBeforeAConnectWasFinishedIsReported() throws IOException {
        ServerSocketChannel listener = world.listener(5);
        SocketChannel client = world.connecting();
        client.register(selector, SelectionKey.OP_READ);
        world.settle();
        SocketChannel server = listener.accept();
        server.configureBlocking(false);
        send(server, "early");
        world.settle();
        assertThat(selected()).isEmpty();
        client.finishConnect();
        assertThat(selected()).hasSize(1);
    }

    @Test
    void datagramsAndRefusalsAreReported() throws IOException {
        DatagramChannel server = World.datagrams(world.b).bind(World.at(2, World.PORT));
        DatagramChannel client = World.datagrams(world.a);
        Selector ofClient = world.a.provider().openSelector();
        SelectionKey key = server.register(selector, SelectionKey.OP_READ);
        client.register(ofClient, SelectionKey.OP_READ);
        assertThat(selected()).isEmpty();
        client.send(World.bytes("hello"), World.at(2, World.PORT));
        client.connect(World.at(2, 81));
        client.write(World.bytes("hello?"));
        assertThat(ofClient.selectNow()).isZero();
        world.settle();
        assertThat(selected()).containsExactly(key);
        server.receive(ByteBuffer.allocate(10));
        assertThat(selected()).isEmpty();
        assertThat(ofClient.selectNow()).isOne();
    }

    @Test
    void closedChannelsLeaveAtTheNextSelect() throws IOException {
        Pair pair = world.connected();
        SelectionKey key = pair.server().register(selector, SelectionKey.OP_WRITE);
        selector.selectNow();
        pair.server().close();
        assertThat(key.isValid()).isFalse();
        assertThat(selector.keys()).containsExactly(key);
        assertThat(selected()).isEmpty();
        assertThat(selector.keys()).isEmpty();
        assertThatExceptionOfType(CancelledKeyException.class).isThrownBy(key::interestOps);
        selector.close();
        assertThatExceptionOfType(ClosedSelectorException.class).isThrownBy(selector::selectNow);
    }

    @Test
    void aWakeEndsTheNextSelectAndNoOther() throws IOException {
        world.listener(5).register(selector, SelectionKey.OP_ACCEPT);
        selector.wakeup();
        assertThat(selector.select()).isZero();
        selector.wakeup();
        assertThat(selector.selectNow()).isZero();
        Thread.currentThread().interrupt();
        assertThat(selector.select(1)).isZero();
        assertThat(Thread.interrupted()).isTrue();
    }

    @Test
    void whoeverWaitsIsUnparkedByWhatArrives() throws Exception {
        world.listener(5).register(selector, SelectionKey.OP_ACCEPT);
        world.connecting();
        assertThat(selectWhileTheWorldGoesOn()).isOne();
    }

    @Test
    void whoeverWaitsIsUnparkedByWhatIsReportedLate() throws Exception {
        Pair pair = world.connected();
        pair.server().register(selector, SelectionKey.OP_WRITE);
        world.network.faults(NetworkFaults.none().but().selectLate(1).build());
        assertThat(selectWhileTheWorldGoesOn()).isOne();
    }

    /** Selects in a thread that is parked before anything happens. */
    private int selectWhileTheWorldGoesOn() throws InterruptedException {
        int[] count = new int[1];
        Thread waits =
                new Thread(
                        () -> {
                            try {
                                count[0] = selector.select();
                            } catch (IOException e) {
                                throw new AssertionError(e);
                            }
                        });
        waits.start();
        while (waits.getState() != Thread.State.WAITING) {
            Thread.onSpinWait();
        }
        world.settle();
        waits.join(TimeUnit.SECONDS.toMillis(30));
        return count[0];
    }

    @Test
    void lateSelectsReportInTheEndAndShuffledOnesAll() throws IOException {
        ServerSocketChannel listener = world.listener(50);
        List<SelectionKey> keys = new ArrayList<>();
        for (int i = 0; i < 8; i++) {
            Pair pair = world.connected(listener, World.socket(world.a), World.at(2, World.PORT));
            keys.add(pair.server().register(selector, SelectionKey.OP_WRITE));
        }
        assertThat(selected()).containsExactlyElementsOf(keys);
        world.network.faults(NetworkFaults.none().but().selectShuffle(1).build());
        List<SelectionKey> shuffled = selected();
        assertThat(shuffled).containsExactlyInAnyOrderElementsOf(keys).isNotEqualTo(keys);
        world.network.faults(
                NetworkFaults.none().but().selectLate(1).selectLateNanosMax(1_000).build());
        assertThat(selected()).isEmpty();
        world.settle();
        assertThat(selected()).containsExactlyInAnyOrderElementsOf(keys);
        world.network.faults(NetworkFaults.none().but().selectSpurious(1).build());
        keys.forEach(SelectionKey::cancel);
        assertThat(selector.select()).isZero();
        assertThat(world.network.reached())
                .containsKeys("select late", "select shuffled", "select spurious");
    }

    @Test
    void whatIsNotReadyMayBeReportedButNoEndOfAConnect() throws IOException {
        SelectionKey key = world.listener(5).register(selector, SelectionKey.OP_ACCEPT);
        world.network.faults(NetworkFaults.none().but().selectUnready(1).build());
        assertThat(selector.select()).isOne();
        assertThat(key.readyOps()).isEqualTo(SelectionKey.OP_ACCEPT);
        assertThat(((ServerSocketChannel) key.channel()).accept()).isNull();
        key.cancel();
        SocketChannel connecting = World.socket(world.a);
        connecting.connect(World.at(2, World.PORT));
        connecting.register(selector, SelectionKey.OP_CONNECT);
        selector.wakeup();
        assertThat(selector.select()).isZero();
        assertThat(world.network.reached()).containsEntry("select unready", 1L);
    }
}
