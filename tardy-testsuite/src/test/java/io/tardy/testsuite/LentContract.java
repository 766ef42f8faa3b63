package io.tardy.testsuite;

import static io.tardy.testsuite.DeadlineContract.SOON;
import static io.tardy.testsuite.DeadlineContract.assertExceeded;
import static io.tardy.testsuite.TcpContract.assertFailure;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.netty.buffer.ByteBuf;
import io.tardy.Deadline;
import io.tardy.Frame;
import io.tardy.FrameFailedException;
import io.tardy.TardyRuntime;
import io.tardy.aio.AsyncSubmission.AwaitReadable;
import io.tardy.aio.AsyncSubmission.Close;
import io.tardy.aio.AsyncSubmission.Connect;
import io.tardy.aio.AsyncSubmission.Recv;
import io.tardy.aio.AsyncSubmission.RecvBuffer;
import io.tardy.aio.CancelledException;
import io.tardy.aio.DeadlineExceededException;
import io.tardy.aio.RecvError;
import io.tardy.aio.SocketKind;
import io.tardy.net.Socket;
import io.tardy.os.SocketHandle;
import io.tardy.stream.Stream;
import java.io.IOException;
import java.lang.management.BufferPoolMXBean;
import java.lang.management.ManagementFactory;
import java.net.StandardSocketOptions;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;

/** What a runtime lends to a frame is that frame's, until its next receive or its close. */
interface LentContract extends ConnectedFixture {

    /** Of each of many connections, where idle ones hold no memory to receive into. */
    int IDLE_BYTES_MAX = 512;

    private static byte[] content(long seed, int length) {
        byte[] content = new byte[length];
        new SplittableRandom(seed).nextBytes(content);
        return content;
    }

    private static byte[] taken(ByteBuffer data) {
        byte[] bytes = new byte[data.remaining()];
        data.get(bytes);
        return bytes;
    }

    /** Exactly so many bytes. */
    private static byte[] received(Socket socket, int length) throws IOException {
        ByteBuffer all = ByteBuffer.allocate(length);
        while (all.hasRemaining()) {
            all.put(socket.recvNext());
        }
        return all.array();
    }

    @Test
    default void dataIsReceivedUntilTheEndAndEachTime() throws Exception {
        withPair(
                (rt, client, peer) -> {
                    client.sendAll(ByteBuffer.wrap(new byte[] {1}));
                    ByteBuffer data = peer.recvNext();
                    assertThat(data.isDirect()).isTrue();
                    assertThat(data.isReadOnly()).isFalse();
                    assertThat(data.capacity()).isEqualTo(16 * 1024);
                    assertThat(data.position()).isZero();
                    assertThat(taken(data)).isEqualTo(new byte[] {1});
                    client.sendAll(ByteBuffer.wrap(new byte[] {4}));
                    assertThat(taken(peer.recvNext())).isEqualTo(new byte[] {4});
                    client.shutdownOutput();
                    assertThat(peer.recvNext()).isNull();
                    assertThat(peer.recvNext(Duration.ofSeconds(9))).isNull();
                });
    }

    @Test
    default void theFrameMayChangeItAndSendItAnyhow() throws Exception {
        withPair(
                (rt, client, peer) -> {
                    for (int round = 0; round < 3; round++) {
                        client.sendAll(ByteBuffer.wrap(new byte[] {1}));
                        ByteBuffer data = peer.recvNext();
                        data.clear().put(content(~round, data.capacity())).flip();
                        peer.sendAll(data.slice(0, 100));
                        peer.sendAll(data.position(100).limit(200));
                        peer.send(data.limit(data.capacity()).position(200).limit(201));
                        peer.sendAll(data.limit(data.capacity()));
                        assertThat(data.hasRemaining()).isFalse();
                        assertThat(received(client, data.capacity()))
                                .isEqualTo(content(~round, data.capacity()));
                    }
                });
    }

    @Test
    default void whoKeepsItFindsNothing() throws Exception {
        withPair(
                (rt, client, peer) -> {
                    client.sendAll(ByteBuffer.wrap(new byte[] {1}));
                    ByteBuffer kept = peer.recvNext();
                    assertThat(kept.remaining()).isOne();
                    assertExceeded(() -> peer.recvNext(SOON));
                    assertThat(kept.remaining()).as("while nothing is lent").isZero();
                    client.sendAll(ByteBuffer.wrap(new byte[] {4}));
                    ByteBuffer last = peer.recvNext();
                    peer.close();
                    assertThat(last.remaining()).as("after the close").isZero();
                });
    }

    /** It would be overwritten otherwise: each of the others receives as much. */
    @Test
    default void onlyTheFrameThatReceivedItGivesItBack() throws Exception {
        withPair(
                (rt, client, peer) -> {
                    client.sendAll(ByteBuffer.wrap(new byte[] {1}));
                    ByteBuffer mine = peer.recvNext();
                    for (int i = 0; i < 4; i++) {
                        byte[] next = content(i, 100);
                        client.sendAll(ByteBuffer.wrap(next));
                        Frame<byte[]> other = rt.spawnCall(() -> received(peer, 100));
                        assertThat(other.join()).isEqualTo(next);
                    }
                    rt.spawn(peer::close).join();
                    try (Socket listener = TransportFixture.listenAnywhere();
                            Socket another = TransportFixture.connectTo(listener);
                            Socket its = listener.accept()) {
                        another.sendAll(ByteBuffer.wrap(content(7, 100)));
                        assertThat(received(its, 100)).isEqualTo(content(7, 100));
                    }
                    assertThat(taken(mine)).isEqualTo(new byte[] {1});
                });
    }

    @Test
    default void aReceiveThatIsGivenUpLosesNothing() throws Exception {
        withPair(
                (rt, client, peer) -> {
                    for (int i = 0; i < 20; i++) {
                        Frame<byte[]> waiting = rt.spawnCall(() -> taken(peer.recvNext()));
                        for (int yields = i % 4; yields > 0; yields--) {
                            Frame.yield();
                        }
                        byte[] sent = content(i, 10);
                        client.sendAll(ByteBuffer.wrap(sent));
                        for (int yields = i % 3; yields > 0; yields--) {
                            Frame.yield();
                        }
                        waiting.cancel();
                        byte[] got;
                        try {
                            got = waiting.join();
                        } catch (FrameFailedException e) {
                            assertThat(e.getCause()).isInstanceOf(CancelledException.class);
                            got = null;
                        }
                        if (got == null) {
                            got = received(peer, 10);
                        }
                        assertThat(got).as("round %d", i).isEqualTo(sent);
                    }
                });
    }

    @Test
    default void aCloseMeanwhileEndsTheWait() throws Exception {
        withPair(
                (rt, client, peer) -> {
                    Frame<ByteBuffer> waiting = rt.spawnCall(() -> peer.recvNext());
                    Frame.delay(Duration.ofMillis(1));
                    peer.close();
                    assertFailure(waiting, RecvError.INVALID_FD);
                    assertFailure(() -> peer.recvNext(), RecvError.INVALID_FD);
                });
    }

    @Test
    default void aSecondFrameInTheSameDirectionIsRefused() throws Exception {
        withPair(
                (rt, client, peer) -> {
                    Frame<byte[]> waiting = rt.spawnCall(() -> taken(peer.recvNext()));
                    Frame.delay(Duration.ofMillis(1));
                    assertThatThrownBy(() -> peer.recvNext())
                            .isInstanceOf(IllegalStateException.class)
                            .hasMessageContaining("receives from");
                    client.sendAll(ByteBuffer.wrap(new byte[] {9}));
                    assertThat(waiting.join()).isEqualTo(new byte[] {9});
                });
    }

    @Test
    default void aDatagramSocketLendsNothing() throws Exception {
        inFrame(
                rt -> {
                    try (Socket socket = Socket.udp("127.0.0.1", 0).bind()) {
                        assertFailure(() -> socket.recvNext(), RecvError.OPERATION_NOT_SUPPORTED);
                        assertThatThrownBy(() -> socket.recvNext())
                                .hasMessageContaining("use recv or recvFrom");
                    }
                });
    }

    /** Each holds what it received while its send waits for the others to be read. */
    @Test
    default void manyWhoseSendsWaitGetWhatIsTheirs() throws Exception {
        long seed = Seeds.draw("manyWhoseSendsWaitGetWhatIsTheirs");
        int connections = 24;
        int bytes = 256 * 1024;
        inFrame(
                rt -> {
                    try (Socket listener = TransportFixture.listenAnywhere()) {
                        listener.setOption(StandardSocketOptions.SO_SNDBUF, 8 * 1024);
                        Frame<Void> serving = rt.spawn(() -> listener.serve(LentContract::echo));
                        List<Frame<Void>> clients = new ArrayList<>();
                        for (int i = 0; i < connections; i++) {
                            long own = seed + i;
                            clients.add(rt.spawn(() -> exchange(rt, listener, own, bytes)));
                        }
                        for (Frame<Void> client : clients) {
                            client.join();
                        }
                        serving.cancel();
                    }
                });
    }

    private static void echo(Socket peer) throws IOException {
        for (ByteBuffer data; (data = peer.recvNext()) != null; ) {
            peer.sendAll(data);
        }
    }

    private static void exchange(TardyRuntime rt, Socket listener, long seed, int bytes)
            throws Exception {
        try (Socket socket = TransportFixture.connectTo(listener)) {
            Frame<Void> sending =
                    rt.spawn(
                            () -> {
                                socket.sendAll(ByteBuffer.wrap(content(seed, bytes)));
                                socket.shutdownOutput();
                            });
            SplittableRandom random = new SplittableRandom(~seed);
            ByteBuffer all = ByteBuffer.allocate(bytes);
            while (all.hasRemaining()) {
                for (int yields = random.nextInt(5); yields > 0; yields--) {
                    Frame.yield();
                }
                all.limit(Math.min(bytes, all.position() + random.nextInt(1, 20_000)));
                assertThat(socket.recv(all)).isPositive();
                all.limit(bytes);
            }
            assertThat(all.array()).as("seed %d", seed).isEqualTo(content(seed, bytes));
            assertThat(socket.recvNext()).isNull();
            sending.join();
        }
    }

    @Test
    default void receivesOfAllFormsKeepTheOrder() throws Exception {
        long seed = Seeds.draw("receivesOfAllFormsKeepTheOrder");
        int total = 1024 * 1024;
        byte[] stream = content(seed, total);
        withPair(
                (rt, client, peer) -> {
                    Frame<Void> sending = rt.spawn(() -> sendInParts(client, stream, seed));
                    SplittableRandom random = new SplittableRandom(seed + 1);
                    ByteBuffer all = ByteBuffer.allocate(total);
                    while (all.hasRemaining()) {
                        all.put(next(peer, random, all.remaining()));
                    }
                    assertThat(all.array()).as("seed %d", seed).isEqualTo(stream);
                    assertThat(peer.recvNext()).isNull();
                    sending.join();
                });
    }

    /** Often about as much as fits where the transport keeps what has no buffer yet. */
    private static void sendInParts(Socket socket, byte[] stream, long seed) throws IOException {
        SplittableRandom random = new SplittableRandom(seed + 2);
        for (int at = 0; at < stream.length; ) {
            int part =
                    switch (random.nextInt(4)) {
                        case 0 -> random.nextInt(1, 10);
                        case 1 -> random.nextInt(250, 262);
                        case 2 -> random.nextInt(16_380, 16_390);
                        default -> random.nextInt(1, 50_000);
                    };
            part = Math.min(part, stream.length - at);
            socket.sendAll(ByteBuffer.wrap(stream, at, part));
            at += part;
            switch (random.nextInt(4)) {
                case 0 -> Frame.yield();
                case 1 -> Frame.delay(Duration.ofNanos(random.nextInt(200_000)));
                default -> {}
            }
        }
        socket.shutdownOutput();
    }

    private static byte[] next(Socket socket, SplittableRandom random, int left)
            throws IOException {
        int room = Math.min(left, random.nextInt(1, random.nextBoolean() ? 300 : 30_000));
        switch (random.nextInt(8)) {
            case 0 -> {
                ByteBuffer into = ByteBuffer.allocateDirect(room);
                socket.recv(into);
                return taken(into.flip());
            }
            case 1 -> {
                ByteBuffer into = ByteBuffer.allocate(room);
                socket.recv(into);
                return taken(into.flip());
            }
            case 2 -> {
                ByteBuf pooled = socket.recv();
                byte[] bytes = taken(pooled.nioBuffer());
                pooled.release();
                return bytes;
            }
            case 3 -> {
                byte[] into = new byte[room];
                int count = socket.inputStream().read(into);
                return Arrays.copyOf(into, count);
            }
            case 4 -> {
                ByteBuffer into = ByteBuffer.allocateDirect(room);
                socket.recvAll(into);
                return taken(into.flip());
            }
            case 5 -> {
                try {
                    return taken(socket.recvNext(Duration.ofNanos(random.nextInt(50_000))));
                } catch (DeadlineExceededException e) {
                    return new byte[0];
                }
            }
            default -> {
                return taken(socket.recvNext());
            }
        }
    }

    @Test
    default void aSocketIsCopiedToAnother() throws Exception {
        long seed = Seeds.draw("aSocketIsCopiedToAnother");
        byte[] stream = content(seed, 300_000);
        withPair(
                (rt, client, peer) -> {
                    try (Socket listener = TransportFixture.listenAnywhere();
                            Socket out = TransportFixture.connectTo(listener);
                            Socket end = listener.accept()) {
                        Frame<Void> sending = rt.spawn(() -> sendInParts(client, stream, seed));
                        Frame<byte[]> receiving = rt.spawnCall(() -> received(end, stream.length));
                        assertThat(out.transferFrom(peer, 100_000)).isEqualTo(100_000);
                        assertThat(Stream.copy(peer, out)).isEqualTo(200_000);
                        assertThat(receiving.join()).as("seed %d", seed).isEqualTo(stream);
                        sending.join();
                    }
                });
    }

    /**
     * A frame that is torn away from its wait, by an Error, leaves what has arrived: this goes by
     * submissions, for the first receive does not take it.
     */
    @Test
    @NotSimulated("it opens a socket of the transport's own")
    default void whatNobodyHasTakenIsWhatTheNextReceives() throws Exception {
        byte[] stream = content(1, 150);
        inFrame(
                rt -> {
                    SocketHandle handle = SocketHandle.of(provider().openSocket(SocketKind.TCP));
                    try (Socket listener = TransportFixture.listenAnywhere()) {
                        TardyRuntime.ioAwait(new Connect(handle, listener.localAddress())).unwrap();
                        try (Socket peer = listener.accept()) {
                            peer.sendAll(ByteBuffer.wrap(stream, 0, 100));
                            ByteBuffer all = ByteBuffer.allocate(stream.length);
                            for (int i = 0; i < 2; i++) { // the second is over at once
                                TardyRuntime.ioAwait(new AwaitReadable(handle)).unwrap();
                            }
                            ByteBuffer direct = ByteBuffer.allocateDirect(10);
                            TardyRuntime.ioAwait(new Recv(handle, direct)).unwrap();
                            all.put(direct.flip());
                            ByteBuffer heap = ByteBuffer.allocate(10);
                            TardyRuntime.ioAwait(new Recv(handle, heap)).unwrap();
                            all.put(heap.flip());
                            TardyRuntime.ioAwait(new AwaitReadable(handle)).unwrap();
                            ByteBuf pooled = TardyRuntime.ioAwait(new RecvBuffer(handle)).unwrap();
                            all.put(pooled.nioBuffer());
                            pooled.release();
                            peer.sendAll(ByteBuffer.wrap(stream, 100, 50));
                            while (all.hasRemaining()) {
                                TardyRuntime.ioAwait(new AwaitReadable(handle)).unwrap();
                                TardyRuntime.ioAwait(new Recv(handle, all)).unwrap();
                            }
                            assertThat(all.array()).isEqualTo(stream);
                        }
                    } finally {
                        TardyRuntime.ioAwait(new Close(handle)).unwrap();
                    }
                });
    }

    @Test
    @NotSimulated("it counts memory of the system")
    default void idleConnectionsHoldNoMemoryToReceiveInto() throws Exception {
        int connections = 200;
        inFrame(
                rt -> {
                    try (Socket listener = TransportFixture.listenAnywhere()) {
                        Frame<Void> serving = rt.spawn(() -> listener.serve(LentContract::echo));
                        List<Socket> clients = new ArrayList<>();
                        try {
                            for (int i = 0; i < 20; i++) {
                                clients.add(asked(listener));
                            }
                            long before = directBytes();
                            for (int i = 0; i < connections; i++) {
                                clients.add(asked(listener));
                            }
                            assertThat((directBytes() - before) / connections)
                                    .isLessThan(IDLE_BYTES_MAX);
                        } finally {
                            for (Socket client : clients) {
                                client.close();
                            }
                        }
                        serving.cancel();
                    }
                });
    }

    private static Socket asked(Socket listener) throws IOException {
        Socket client = TransportFixture.connectTo(listener);
        client.sendAll(ByteBuffer.wrap(new byte[] {1}));
        Deadline.within(Duration.ofSeconds(20), () -> client.recv(ByteBuffer.allocate(1)));
        return client;
    }

    private static long directBytes() {
        return ManagementFactory.getPlatformMXBeans(BufferPoolMXBean.class).stream()
                .filter(pool -> pool.getName().equals("direct"))
                .mapToLong(BufferPoolMXBean::getMemoryUsed)
                .sum();
    }
}
