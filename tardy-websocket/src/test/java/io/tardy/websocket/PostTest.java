package io.tardy.websocket;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.netty.buffer.ByteBuf;
import io.tardy.aio.AsyncType;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.function.UnaryOperator;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;

/** Messages that other threads send. */
@ExtendWith(BufferCheck.class)
class PostTest {

    private static final int SLOW_BYTES = 256 * 1024;

    /** A server that only receives, and passes its connections to the test. */
    private static ServerFixture receiver(
            UnaryOperator<WebSocketServer.Builder> settings,
            List<CompletableFuture<WebSocketConnection>> connections)
            throws Exception {
        return new ServerFixture(
                AsyncType.AUTO,
                settings,
                ws -> {
                    int index = Integer.parseInt(ws.receive().text());
                    connections.get(index).complete(ws);
                    while (ws.receive() != null) {
                        // Ignore it.
                    }
                });
    }

    private static List<CompletableFuture<WebSocketConnection>> futures(int count) {
        List<CompletableFuture<WebSocketConnection>> futures = new ArrayList<>();
        for (int i = 0; i < count; i++) {
            futures.add(new CompletableFuture<>());
        }
        return Collections.unmodifiableList(futures);
    }

    private static RawPeer connect(ServerFixture server, int index) throws Exception {
        RawPeer peer = new RawPeer(server.port()).upgrade();
        peer.send(RawPeer.text(Integer.toString(index)));
        return peer;
    }

    private static WebSocketConnection of(CompletableFuture<WebSocketConnection> future)
            throws Exception {
        return future.get(ServerFixture.PATIENCE.toSeconds(), TimeUnit.SECONDS);
    }

    /** With both ends of a connection, and its server. */
    @FunctionalInterface
    private interface Ends {
        void use(ServerFixture server, RawPeer peer, WebSocketConnection ws) throws Exception;
    }

    private static void withConnection(Ends ends) throws Exception {
        var connections = futures(1);
        try (ServerFixture server = receiver(b -> b, connections);
                RawPeer peer = connect(server, 0)) {
            ends.use(server, peer, of(connections.getFirst()));
        }
    }

    @Test
    void eachThreadsMessagesArriveInItsOrder() throws Exception {
        withConnection(
                (server, peer, ws) -> {
                    List<Thread> threads = new ArrayList<>();
                    for (int t = 0; t < 4; t++) {
                        String prefix = t + " ";
                        threads.add(
                                Thread.startVirtualThread(
                                        () -> {
                                            for (int i = 0; i < 500; i++) {
                                                ws.post(prefix + i);
                                            }
                                        }));
                    }
                    int[] next = new int[4];
                    for (int i = 0; i < 2000; i++) {
                        String[] words =
                                peer.readFrame().replaceAll("[^0-9 ]", "").trim().split(" ");
                        int thread = Integer.parseInt(words[0]);
                        assertThat(Integer.parseInt(words[1])).isEqualTo(next[thread]++);
                    }
                    for (Thread thread : threads) {
                        thread.join();
                    }
                    assertThat(ws.queuedBytes()).isZero();
                    assertThat(ws.droppedCount()).isZero();
                });
    }

    @Test
    void aBroadcastSharesItsMemory() throws Exception {
        int count = 300;
        var connections = futures(count);
        List<RawPeer> peers = new ArrayList<>();
        try (ServerFixture server = receiver(b -> b, connections);
                WebSocketPayload news = WebSocketPayload.text("n".repeat(2000))) {
            for (int i = 0; i < count; i++) {
                peers.add(connect(server, i));
            }
            long memory = address(news);
            for (var connection : connections) {
                assertThat(of(connection).post(news)).isTrue();
                assertThat(address(news)).isEqualTo(memory);
            }
            for (RawPeer peer : peers) {
                assertThat(peer.readFrame()).isEqualTo("text [2000]");
            }
        } finally {
            for (RawPeer peer : peers) {
                peer.close();
            }
        }
    }

    /** The buffer that every connection gets. */
    private static long address(WebSocketPayload payload) {
        ByteBuf wire = payload.toWire();
        try {
            assertThat(wire.readableBytes()).isEqualTo(payload.bytes() + 4);
            return wire.memoryAddress();
        } finally {
            wire.release();
        }
    }

    @Test
    void aClosedPayloadCannotBePosted() throws Exception {
        withConnection(
                (server, peer, ws) -> {
                    WebSocketPayload binary = WebSocketPayload.binary(new byte[] {1, 2});
                    ws.post(binary);
                    binary.close();
                    binary.close();
                    assertThatThrownBy(() -> ws.post(binary))
                            .isInstanceOf(IllegalStateException.class);
                    assertThat(peer.readFrame()).isEqualTo("binary [2]");
                });
    }

    @Test
    void dropOldestKeepsTheNewest() throws Exception {
        List<Integer> received = overflow(OverflowPolicy.DROP_OLDEST);
        assertThat(received.getLast()).isEqualTo(received.size() + 20 - 1);
    }

    @Test
    void dropNewestKeepsTheOldest() throws Exception {
        List<Integer> received = overflow(OverflowPolicy.DROP_NEWEST);
        int firstGap = 0;
        while (firstGap < received.size() && received.get(firstGap) == firstGap) {
            firstGap++;
        }
        assertThat(firstGap).isGreaterThanOrEqualTo(7); // the capacity of the queue
        assertThat(received.getLast()).isLessThan(received.size() + 20 - 1);
    }

    /** Posts far more numbers than the queue and the sockets hold. Returns those that arrived. */
    private static List<Integer> overflow(OverflowPolicy policy) throws Exception {
        var connections = futures(1);
        try (ServerFixture server =
                        receiver(
                                b -> b.outboundBytesMax(SLOW_BYTES).overflow(policy), connections);
                RawPeer peer = connect(server, 0)) {
            WebSocketConnection ws = of(connections.getFirst());
            int posted = 0;
            while (ws.droppedCount() < 20) {
                boolean isTaken = ws.post(number(posted++));
                assertThat(isTaken || policy == OverflowPolicy.DROP_NEWEST).isTrue();
                assertThat(ws.queuedBytes()).isLessThanOrEqualTo(SLOW_BYTES);
                assertThat(posted).isLessThan(10_000);
            }
            List<Integer> received = new ArrayList<>();
            for (int i = 0; i < posted - 20; i++) {
                assertThat(peer.readFrame()).startsWith("binary");
                received.add(ByteBuffer.wrap(peer.payload()).getInt());
            }
            assertThat(received).isSorted().doesNotHaveDuplicates();
            assertThat(ws.droppedCount()).isEqualTo(20);
            return received;
        }
    }

    private static byte[] number(int number) {
        return ByteBuffer.allocate(SLOW_BYTES / 8).putInt(number).array();
    }

    @Test
    void close1013ClosesSlowConnections() throws Exception {
        var connections = futures(1);
        try (ServerFixture server = receiver(b -> b.outboundBytesMax(SLOW_BYTES), connections);
                RawPeer peer = connect(server, 0)) {
            WebSocketConnection ws = of(connections.getFirst());
            byte[] big = new byte[SLOW_BYTES / 8];
            for (int i = 0; i < 10_000 && ws.post(big); i++) {
                assertThat(ws.queuedBytes()).isLessThanOrEqualTo(SLOW_BYTES);
            }
            String seen = peer.readToEnd();
            assertThat(seen).endsWith("binary [32768], close 1013, end");
            assertThat(ws.closeCode()).isEqualTo(1013);
            assertThat(ws.post("late")).isFalse();
            assertThat(ws.droppedCount()).isPositive();
            assertThat(ws.queuedBytes()).isZero();
        }
    }

    @Test
    void postedMessagesGoOutBeforeTheClose() throws Exception {
        withConnection(
                (server, peer, ws) -> {
                    for (int i = 0; i < 100; i++) {
                        ws.post("same");
                    }
                    server.beginShutdown();
                    assertThat(peer.readToEnd()).isEqualTo("100 × text “same”, close 1001, end");
                });
    }
}
