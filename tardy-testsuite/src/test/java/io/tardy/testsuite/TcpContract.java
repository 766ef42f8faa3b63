package io.tardy.testsuite;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.assertj.core.api.Assertions.assertThatIllegalStateException;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.CompositeByteBuf;
import io.netty.buffer.PooledByteBufAllocator;
import io.netty.buffer.Unpooled;
import io.netty.buffer.UnpooledByteBufAllocator;
import io.tardy.Frame;
import io.tardy.FrameFailedException;
import io.tardy.Tardy;
import io.tardy.TardyEntry;
import io.tardy.TardyRuntime;
import io.tardy.TaskState;
import io.tardy.Timer;
import io.tardy.aio.AcceptError;
import io.tardy.aio.AsyncError;
import io.tardy.aio.ConnectError;
import io.tardy.aio.RecvError;
import io.tardy.aio.SendError;
import io.tardy.aio.SocketError;
import io.tardy.aio.TardyIOException;
import io.tardy.net.Socket;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.InetSocketAddress;
import java.net.SocketAddress;
import java.net.StandardSocketOptions;
import java.net.UnixDomainSocketAddress;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.SplittableRandom;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicInteger;
import jdk.net.ExtendedSocketOptions;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Stream sockets. */
interface TcpContract extends TransportFixture {

    /** Two connected sockets, closed afterwards. */
    @FunctionalInterface
    interface Pair {
        void use(TardyRuntime rt, Socket client, Socket peer) throws Exception;
    }

    default void withPair(Tardy.Builder builder, Pair pair) throws Exception {
        inFrame(
                builder,
                rt -> {
                    try (Socket listener = TransportFixture.listenAnywhere();
                            Socket client = TransportFixture.connectTo(listener);
                            Socket peer = listener.accept()) {
                        pair.use(rt, client, peer);
                    }
                });
    }

    default void withPair(Pair pair) throws Exception {
        withPair(tardy(), pair);
    }

    private static ByteBuffer bytes(String text) {
        return ByteBuffer.wrap(text.getBytes(StandardCharsets.US_ASCII));
    }

    private static String text(ByteBuffer received) {
        return StandardCharsets.US_ASCII.decode(received.flip()).toString();
    }

    private static void assertFailure(ThrowingCallable call, AsyncError error) {
        assertThatExceptionOfType(TardyIOException.class)
                .isThrownBy(call)
                .satisfies(e -> assertThat(e.error()).isEqualTo(error));
    }

    private static void assertFailure(Frame<?> frame, AsyncError error) {
        assertThatExceptionOfType(FrameFailedException.class)
                .isThrownBy(frame::join)
                .havingCause()
                .isInstanceOfSatisfying(
                        TardyIOException.class, e -> assertThat(e.error()).isEqualTo(error));
    }

    @Test
    default void bytesArriveWhateverTheBuffer() throws Exception {
        withPair(
                (rt, client, peer) -> {
                    client.sendAll(bytes("heap"));
                    client.sendAll(ByteBuffer.allocateDirect(6).put(bytes("direct")).flip());
                    client.sendAll(Unpooled.copiedBuffer("netty", StandardCharsets.US_ASCII));
                    CompositeByteBuf composite = Unpooled.compositeBuffer();
                    composite.addComponent(true, Unpooled.wrappedBuffer(bytes("com")));
                    composite.addComponent(
                            true, Unpooled.directBuffer(7).writeBytes(bytes("posite")));
                    client.sendAll(composite);
                    client.sendAll(bytes("read only").asReadOnlyBuffer());
                    client.shutdownOutput();

                    ByteBuffer heap = ByteBuffer.allocate(4);
                    assertThat(peer.recvAll(heap)).isEqualTo(4);
                    assertThat(text(heap)).isEqualTo("heap");
                    ByteBuffer direct = ByteBuffer.allocateDirect(6);
                    assertThat(peer.recvAll(direct)).isEqualTo(6);
                    assertThat(text(direct)).isEqualTo("direct");
                    ByteBuf netty = Unpooled.buffer(5, 5);
                    while (netty.isWritable()) {
                        assertThat(peer.recv(netty)).isPositive();
                    }
                    assertThat(netty.toString(StandardCharsets.US_ASCII)).isEqualTo("netty");
                    StringBuilder rest = new StringBuilder();
                    for (ByteBuf data; (data = peer.recv()) != null; data.release()) {
                        rest.append(data.toString(StandardCharsets.US_ASCII));
                    }
                    assertThat(rest.toString()).isEqualTo("compositeread only");
                    assertThat(composite.refCnt()).isZero();
                });
    }

    @Test
    default void theEndOfTheStreamIsMinusOneAndStaysSo() throws Exception {
        withPair(
                (rt, client, peer) -> {
                    client.sendAll(bytes("abc"));
                    client.shutdownOutput();
                    ByteBuffer into = ByteBuffer.allocate(10);
                    assertThat(peer.recvAll(into)).isEqualTo(3);
                    assertThat(peer.recvAll(into)).isEqualTo(-1);
                    assertThat(peer.recv(into)).isEqualTo(-1);
                    assertThat(peer.recv()).isNull();
                    // The other direction goes on.
                    peer.sendAll(bytes("still"));
                    ByteBuffer back = ByteBuffer.allocate(5);
                    assertThat(client.recvAll(back)).isEqualTo(5);
                    assertFailure(() -> client.sendAll(bytes("no")), SendError.BROKEN_PIPE);
                });
    }

    @Test
    default void emptyBuffersNeedNoWait() throws Exception {
        withPair(
                (rt, client, peer) -> {
                    assertThat(client.recv(ByteBuffer.allocate(0))).isZero();
                    assertThat(client.send(ByteBuffer.allocate(0))).isZero();
                    client.sendAll(Unpooled.EMPTY_BUFFER);
                });
    }

    @Test
    default void longStreamsArriveByteForByteInBothDirectionsAtOnce() throws Exception {
        long seed = Seeds.draw("longStreamsArriveByteForByteInBothDirectionsAtOnce");
        int total = 16 * 1024 * 1024;
        withPair(
                (rt, client, peer) -> {
                    List<Frame<Void>> frames = new ArrayList<>();
                    for (Socket socket : List.of(client, peer)) {
                        long mine = seed + (socket == client ? 0 : 1);
                        long theirs = seed + (socket == client ? 1 : 0);
                        frames.add(rt.spawn(() -> sendStream(socket, mine, total)));
                        frames.add(rt.spawn(() -> receiveStream(socket, theirs, total)));
                    }
                    for (Frame<Void> frame : frames) {
                        frame.join();
                    }
                });
    }

    private static void sendStream(Socket socket, long seed, int total) throws IOException {
        SplittableRandom content = new SplittableRandom(seed);
        SplittableRandom sizes = new SplittableRandom(~seed);
        for (int left = total; left > 0; ) {
            byte[] chunk = new byte[Math.min(left, sizes.nextInt(1, 200_000))];
            for (int i = 0; i < chunk.length; i++) {
                chunk[i] = (byte) content.nextInt();
            }
            socket.sendAll(ByteBuffer.wrap(chunk));
            left -= chunk.length;
        }
        socket.shutdownOutput();
    }

    private static void receiveStream(Socket socket, long seed, int total) throws IOException {
        SplittableRandom content = new SplittableRandom(seed);
        SplittableRandom sizes = new SplittableRandom(seed * 31);
        int got = 0;
        for (; ; ) {
            ByteBuf data =
                    sizes.nextBoolean()
                            ? socket.recv()
                            : recvInto(socket, sizes.nextInt(1, 70_000));
            if (data == null) {
                break;
            }
            for (; data.isReadable(); got++) {
                if (data.readByte() != (byte) content.nextInt()) {
                    throw new AssertionError("wrong byte at " + got + ", seed " + seed);
                }
            }
            data.release();
        }
        assertThat(got).as("seed %d", seed).isEqualTo(total);
    }

    private static ByteBuf recvInto(Socket socket, int capacity) throws IOException {
        ByteBuf buffer = Unpooled.directBuffer(capacity, capacity);
        if (socket.recv(buffer) < 0) {
            buffer.release();
            return null;
        }
        return buffer;
    }

    @Test
    default void anIdleConnectionHoldsNoBuffer() throws Exception {
        UnpooledByteBufAllocator allocator = new UnpooledByteBufAllocator(false);
        withPair(
                tardy().allocator(allocator),
                (rt, client, peer) -> {
                    Frame<ByteBuf> receiving = rt.spawn(() -> peer.recv());
                    Timer.delay(Duration.ofMillis(2));
                    assertThat(rt.tasks(TaskState.WAIT_FOR_IO)).isEqualTo(1);
                    assertThat(allocator.metric().usedDirectMemory()).isZero();
                    assertThat(allocator.metric().usedHeapMemory()).isZero();
                    client.sendAll(bytes("x"));
                    ByteBuf data = receiving.join();
                    assertThat(allocator.metric().usedDirectMemory()).isPositive();
                    data.release();
                    assertThat(allocator.metric().usedDirectMemory()).isZero();
                });
    }

    @Test
    default void closingWakesWhoWaitsWithAnError() throws Exception {
        withPair(
                (rt, client, peer) -> {
                    Frame<ByteBuf> receiving = rt.spawn(() -> client.recv());
                    Frame<Void> sending = rt.spawn(() -> sendForEver(client));
                    Timer.delay(Duration.ofMillis(5));
                    assertThat(rt.tasks(TaskState.WAIT_FOR_IO)).isEqualTo(2);
                    client.close();
                    assertFailure(receiving, RecvError.INVALID_FD);
                    assertFailure(sending, SendError.INVALID_FD);
                    client.close();
                    assertThat(client.isClosed()).isTrue();
                    assertFailure(() -> client.recv(), RecvError.INVALID_FD);
                    assertFailure(() -> client.send(bytes("x")), SendError.INVALID_FD);
                    assertFailure(() -> client.localAddress(), SocketError.INVALID_FD);
                    assertFailure(() -> client.connect(), ConnectError.INVALID_FD);
                });
    }

    private static void sendForEver(Socket socket) throws IOException {
        ByteBuffer chunk = ByteBuffer.allocateDirect(65536);
        for (; ; ) {
            socket.sendAll(chunk.clear());
        }
    }

    @Test
    default void closingAListenerWakesTheAcceptLoopsOfAllRuntimes() throws Exception {
        try (Tardy tardy = tardy(2).uncaughtFrame((frame, e) -> {}).build();
                Socket listener = Socket.tcp(tardy, "127.0.0.1", 0)) {
            listener.bind().listen(16);
            CountDownLatch waiting = new CountDownLatch(2);
            List<Frame<Socket>> accepting = new ArrayList<>();
            TardyEntry<RuntimeException> entry =
                    tardy.entryInNewThread(
                            listener,
                            (rt, socket) -> {
                                synchronized (accepting) {
                                    accepting.add(rt.spawn(socket::accept));
                                }
                                rt.spawn(
                                        () -> {
                                            Timer.delay(Duration.ofMillis(2));
                                            waiting.countDown();
                                        });
                            });
            waiting.await();
            listener.close();
            entry.await();
            for (Frame<Socket> frame : accepting) {
                assertFailure(frame, AcceptError.INVALID_FD);
            }
        }
    }

    @Test
    default void aDescriptorNumberThatComesBackBringsNoOldEvents() throws Exception {
        // Closed sockets' numbers are reused at once; each new connection must see its own bytes
        // only.
        inFrame(
                rt -> {
                    try (Socket listener = TransportFixture.listenAnywhere()) {
                        for (int i = 0; i < 500; i++) {
                            Socket client = TransportFixture.connectTo(listener);
                            Socket peer = listener.accept();
                            Frame<ByteBuf> old = rt.spawn(() -> peer.recv());
                            Frame.yield();
                            client.sendAll(bytes("old"));
                            peer.close();
                            client.close();
                            try (Socket fresh = TransportFixture.connectTo(listener);
                                    Socket freshPeer = listener.accept()) {
                                ByteBuffer into = ByteBuffer.allocate(16);
                                Frame<Integer> receiving = rt.spawn(() -> freshPeer.recv(into));
                                Frame.yield();
                                fresh.sendAll(bytes("new!"));
                                assertThat(receiving.join()).isEqualTo(4);
                                assertThat(text(into)).isEqualTo("new!");
                            }
                            releaseOrFail(old);
                        }
                    }
                });
    }

    /** It may have received before the close, or failed with it. */
    private static void releaseOrFail(Frame<ByteBuf> frame) throws IOException {
        try {
            frame.join().release();
        } catch (FrameFailedException e) {
            assertThat(e.getCause()).isInstanceOf(TardyIOException.class);
        }
    }

    @Test
    default void aSecondReaderIsAProgrammersError() throws Exception {
        withPair(
                (rt, client, peer) -> {
                    Frame<ByteBuf> first = rt.spawn(() -> client.recv());
                    Timer.delay(Duration.ofMillis(1));
                    assertThatIllegalStateException()
                            .isThrownBy(() -> client.recv(ByteBuffer.allocate(1)))
                            .withMessageContaining("another frame");
                    assertThatIllegalStateException().isThrownBy(client::recv);
                    peer.sendAll(bytes("a"));
                    first.join().release();
                });
    }

    @Test
    default void oneFrameMayReceiveWhileAnotherSends() throws Exception {
        withPair(
                (rt, client, peer) -> {
                    Frame<Void> sending = rt.spawn(() -> sendForEver(client));
                    Frame<ByteBuf> receiving = rt.spawn(() -> client.recv());
                    Timer.delay(Duration.ofMillis(2));
                    peer.sendAll(bytes("through"));
                    assertThat(receiving.join().release()).isTrue();
                    assertThat(sending.status()).isEqualTo(io.tardy.FrameStatus.ALIVE);
                    sending.cancel();
                });
    }

    @Test
    default void aResetConnectionIsAnErrorAndNotTheEnd() throws Exception {
        withPair(
                (rt, client, peer) -> {
                    Frame<ByteBuf> receiving = rt.spawn(() -> peer.recv());
                    Timer.delay(Duration.ofMillis(1));
                    client.setOption(StandardSocketOptions.SO_LINGER, 0);
                    client.close();
                    assertFailure(receiving, RecvError.CONNECTION_RESET_BY_PEER);
                    assertFailure(() -> peer.sendAll(bytes("x")), SendError.BROKEN_PIPE);
                });
    }

    @Test
    default void connectingToNobodyIsRefused() throws Exception {
        inFrame(
                rt -> {
                    int port;
                    try (Socket listener = TransportFixture.listenAnywhere()) {
                        port = TransportFixture.port(listener);
                    }
                    try (Socket socket = Socket.tcp("127.0.0.1", port)) {
                        assertThatExceptionOfType(TardyIOException.class)
                                .isThrownBy(socket::connect)
                                .withMessageContaining("ECONNREFUSED")
                                .withMessageContaining("127.0.0.1:" + port)
                                .satisfies(
                                        e ->
                                                assertThat(e.error())
                                                        .isEqualTo(
                                                                ConnectError.CONNECTION_REFUSED));
                    }
                });
    }

    @Test
    default void aBusyPortSaysSo() throws Exception {
        inFrame(
                rt -> {
                    try (Socket listener = TransportFixture.listenAnywhere();
                            Socket second =
                                    Socket.tcp("127.0.0.1", TransportFixture.port(listener))) {
                        assertThatExceptionOfType(TardyIOException.class)
                                .isThrownBy(second::bind)
                                .withMessageContaining("ADDRESS_IN_USE")
                                .withMessageContaining("127.0.0.1");
                    }
                });
    }

    @Test
    default void acceptingOnASocketThatDoesNotListenFails() throws Exception {
        inFrame(
                rt -> {
                    try (Socket socket = Socket.tcp("127.0.0.1", 0).bind()) {
                        assertFailure(socket::accept, AcceptError.NOT_LISTENING);
                    }
                });
    }

    @Test
    default void addressesAndOptionsAreTheSystems() throws Exception {
        withPair(
                (rt, client, peer) -> {
                    assertThat(client.localAddress()).isEqualTo(peer.remoteAddress());
                    assertThat(client.remoteAddress()).isEqualTo(peer.localAddress());
                    for (Socket socket : List.of(client, peer)) {
                        assertThat(socket.getOption(StandardSocketOptions.TCP_NODELAY)).isTrue();
                        socket.setOption(StandardSocketOptions.TCP_NODELAY, false);
                        assertThat(socket.getOption(StandardSocketOptions.TCP_NODELAY)).isFalse();
                        socket.setOption(StandardSocketOptions.SO_KEEPALIVE, true);
                        assertThat(socket.getOption(StandardSocketOptions.SO_KEEPALIVE)).isTrue();
                        socket.setOption(StandardSocketOptions.SO_RCVBUF, 64 * 1024);
                        assertThat(socket.getOption(StandardSocketOptions.SO_RCVBUF))
                                .isGreaterThanOrEqualTo(64 * 1024);
                        assertThat(socket.getOption(StandardSocketOptions.SO_SNDBUF)).isPositive();
                    }
                    assertThatExceptionOfType(UnsupportedOperationException.class)
                            .isThrownBy(() -> client.getOption(ExtendedSocketOptions.TCP_KEEPIDLE))
                            .withMessageContaining("TCP_NODELAY");
                });
    }

    @Test
    default void severalListenersShareAPortWithReusePort() throws Exception {
        inFrame(
                rt -> {
                    try (Socket first = Socket.tcp("127.0.0.1", 0)) {
                        first.setOption(StandardSocketOptions.SO_REUSEPORT, true);
                        first.bind().listen(1);
                        try (Socket second =
                                Socket.tcp("127.0.0.1", TransportFixture.port(first))) {
                            second.setOption(StandardSocketOptions.SO_REUSEPORT, true);
                            second.bind().listen(1);
                            assertThat(second.localAddress()).isEqualTo(first.localAddress());
                        }
                    }
                });
    }

    @Test
    default void streamViewsReadAndWrite() throws Exception {
        withPair(
                (rt, client, peer) -> {
                    OutputStream out = client.outputStream();
                    out.write(200);
                    out.write("stream".getBytes(StandardCharsets.US_ASCII));
                    client.shutdownOutput();
                    InputStream in = peer.inputStream();
                    assertThat(in.read()).isEqualTo(200);
                    assertThat(new String(in.readAllBytes(), StandardCharsets.US_ASCII))
                            .isEqualTo("stream");
                    assertThat(in.read()).isEqualTo(-1);
                    in.close();
                    assertThat(peer.isClosed()).isTrue();
                });
    }

    @Test
    default void ipVersion6Works() throws Exception {
        inFrame(
                rt -> {
                    try (Socket listener = Socket.tcp("::1", 0).bind().listen(1);
                            Socket client = Socket.tcp("::1", TransportFixture.port(listener))) {
                        client.connect();
                        try (Socket peer = listener.accept()) {
                            SocketAddress seen = peer.remoteAddress();
                            assertThat(seen).isEqualTo(client.localAddress());
                            assertThat(((InetSocketAddress) seen).getAddress().getAddress())
                                    .hasSize(16);
                            client.sendAll(bytes("six"));
                            ByteBuffer into = ByteBuffer.allocate(3);
                            assertThat(peer.recvAll(into)).isEqualTo(3);
                        }
                    }
                });
    }

    @Test
    default void socketsOfTheUnixDomainWork(@TempDir Path folder) throws Exception {
        Path path = folder.resolve("tardy.sock");
        inFrame(
                rt -> {
                    try (Socket listener = Socket.unix(path).bind().listen(1);
                            Socket client = Socket.unix(path)) {
                        client.connect();
                        try (Socket peer = listener.accept()) {
                            client.sendAll(bytes("unix"));
                            client.shutdownOutput();
                            ByteBuffer into = ByteBuffer.allocate(10);
                            assertThat(peer.recvAll(into)).isEqualTo(4);
                            assertThat(text(into)).isEqualTo("unix");
                            assertThat(listener.localAddress())
                                    .isEqualTo(UnixDomainSocketAddress.of(path));
                        }
                    }
                    Files.delete(path);
                    try (Socket nobody = Socket.unix(path)) {
                        assertFailure(nobody::connect, ConnectError.NOT_FOUND);
                    }
                });
    }

    @Test
    default void aListenerIsSharedByTheAcceptLoopsOfAllRuntimes() throws Exception {
        int connections = 200;
        ConcurrentHashMap<Integer, Integer> perRuntime = new ConcurrentHashMap<>();
        try (Tardy tardy = tardy(2).build();
                Socket listener = Socket.tcp(tardy, "127.0.0.1", 0)) {
            listener.bind().listen(1024);
            AtomicInteger accepted = new AtomicInteger();
            tardy.entry(
                    listener,
                    (rt, socket) -> {
                        rt.spawn(
                                () -> {
                                    while (accepted.get() < connections) {
                                        try (Socket peer = acceptOrNull(socket)) {
                                            if (peer != null) {
                                                perRuntime.merge(rt.id(), 1, Integer::sum);
                                                if (accepted.incrementAndGet() == connections) {
                                                    socket.close();
                                                }
                                            }
                                        }
                                    }
                                });
                        if (rt.id() == 0) {
                            rt.spawn(
                                    () -> {
                                        for (int i = 0; i < connections; i++) {
                                            try (Socket client =
                                                    TransportFixture.connectTo(socket)) {
                                                assertThat(client.recv()).isNull();
                                            }
                                        }
                                    });
                        }
                    });
            assertThat(accepted).hasValue(connections);
        }
        assertThat(perRuntime.values().stream().mapToInt(Integer::intValue).sum())
                .isEqualTo(connections);
    }

    private static Socket acceptOrNull(Socket listener) throws IOException {
        try {
            return listener.accept();
        } catch (TardyIOException e) {
            assertThat(e.error()).isEqualTo(AcceptError.INVALID_FD);
            return null;
        }
    }

    @Test
    default void manyConnectionsComeAndGoAndHalfOfThemByReset() throws Exception {
        int connections = 1000;
        inFrame(
                tardy().uncaughtFrame((frame, e) -> {}),
                rt -> {
                    try (Socket listener = TransportFixture.listenAnywhere()) {
                        Frame<Void> accepting = rt.spawn(() -> acceptLoop(rt, listener));
                        List<Socket> clients = new ArrayList<>();
                        ByteBuffer one = ByteBuffer.allocate(1);
                        for (int i = 0; i < connections; i++) {
                            Socket client = TransportFixture.connectTo(listener);
                            clients.add(client);
                            client.sendAll(one.clear().put((byte) i).flip());
                            assertThat(client.recvAll(one.clear())).isEqualTo(1);
                            assertThat(one.get(0)).isEqualTo((byte) i);
                        }
                        assertThat(rt.tasks()).isEqualTo(connections + 2);
                        for (int i = 0; i < connections; i++) {
                            if (i % 2 == 0) {
                                clients.get(i).setOption(StandardSocketOptions.SO_LINGER, 0);
                            }
                            clients.get(i).close();
                        }
                        while (rt.tasks() > 2) {
                            Frame.yield();
                        }
                        assertThat(rt.framesFailed()).isEqualTo(connections / 2);
                        accepting.cancel();
                    }
                });
    }

    @Test
    default void manyReadySocketsDoNotStarveFrames() throws Exception {
        int connections = 200;
        int reapMax = 4;
        AtomicInteger received = new AtomicInteger();
        AtomicInteger mostBetweenTurns = new AtomicInteger();
        inFrame(
                tardy().aioReapMax(reapMax),
                rt -> {
                    try (Socket listener = TransportFixture.listenAnywhere()) {
                        List<Socket> sockets = new ArrayList<>();
                        for (int i = 0; i < connections; i++) {
                            Socket client = TransportFixture.connectTo(listener);
                            Socket peer = listener.accept();
                            sockets.addAll(List.of(client, peer));
                            rt.spawn(
                                    () -> {
                                        peer.recv().release();
                                        received.incrementAndGet();
                                    });
                        }
                        Timer.delay(Duration.ofMillis(5));
                        // All become ready before the loop can look again.
                        for (int i = 0; i < sockets.size(); i += 2) {
                            sockets.get(i).sendAll(bytes("x"));
                        }
                        for (int before = received.get(); before < connections; ) {
                            Frame.yield();
                            int now = received.get();
                            mostBetweenTurns.accumulateAndGet(now - before, Math::max);
                            before = now;
                        }
                        for (Socket socket : sockets) {
                            socket.close();
                        }
                    }
                });
        assertThat(received).hasValue(connections);
        // A frame that gives way meanwhile (64 sends without a wait) lets a few turns pass at most.
        assertThat(mostBetweenTurns.get()).isBetween(1, 4 * reapMax);
    }

    @Test
    default void serveGivesEachConnectionAFrameAndEndsWhenTheListenerIsClosed() throws Exception {
        AtomicInteger served = new AtomicInteger();
        inFrame(
                rt -> {
                    try (Socket listener = TransportFixture.listenAnywhere()) {
                        Frame<Void> serving =
                                rt.spawn(
                                        () ->
                                                listener.serve(
                                                        peer -> {
                                                            peer.recv().release();
                                                            served.incrementAndGet();
                                                        }));
                        for (int i = 0; i < 10; i++) {
                            try (Socket client = TransportFixture.connectTo(listener)) {
                                client.sendAll(bytes("x"));
                                assertThat(client.recv()).isNull(); // closed by serve
                            }
                        }
                        listener.close();
                        serving.join();
                    }
                });
        assertThat(served).hasValue(10);
    }

    @Test
    default void serveTakesNoFurtherConnectionWhileAStaticPoolIsFull() throws Exception {
        inFrame(
                tardy().pooling(io.tardy.Pooling.STATIC).tasksInitial(4),
                rt -> {
                    try (Socket listener = TransportFixture.listenAnywhere()) {
                        // This frame, the serving one, and two connections.
                        Frame<Void> serving =
                                rt.spawn(() -> listener.serve(peer -> peer.sendAll(peer.recv())));
                        List<Socket> clients = new ArrayList<>();
                        for (int i = 0; i < 6; i++) {
                            clients.add(TransportFixture.connectTo(listener));
                        }
                        ByteBuffer one = ByteBuffer.allocate(1);
                        for (Socket client : clients) {
                            client.sendAll(bytes("x"));
                            assertThat(client.recvAll(one.clear())).isEqualTo(1);
                            assertThat(rt.tasks()).isLessThanOrEqualTo(4);
                            client.close();
                        }
                        serving.cancel();
                    }
                });
    }

    @Test
    default void everyBufferIsBackInThePoolWhenItsUserIsGone() throws Exception {
        PooledByteBufAllocator allocator = new PooledByteBufAllocator(true);
        withPair(
                tardy().allocator(allocator),
                (rt, client, peer) -> {
                    Frame<Void> echoing =
                            rt.spawn(
                                    () -> {
                                        for (ByteBuf data; (data = peer.recv()) != null; ) {
                                            peer.sendAll(data);
                                        }
                                    });
                    byte[] sent = new byte[300_000];
                    Frame<Void> sending =
                            rt.spawn(
                                    () -> {
                                        client.sendAll(ByteBuffer.wrap(sent));
                                        client.shutdownOutput();
                                    });
                    ByteBuffer back = ByteBuffer.allocate(sent.length);
                    assertThat(client.recvAll(back)).isEqualTo(sent.length);
                    sending.join();
                    echoing.join();
                    // A failing send releases too.
                    client.close();
                    peer.close();
                    ByteBuf unsent = allocator.directBuffer().writeInt(1);
                    assertFailure(() -> peer.sendAll(unsent), SendError.INVALID_FD);
                });
        assertThat(allocator.pinnedDirectMemory()).isZero();
    }

    private static void acceptLoop(TardyRuntime rt, Socket listener) throws IOException {
        for (; ; ) {
            Socket peer = listener.accept();
            rt.spawn(
                    () -> {
                        try (peer) {
                            for (ByteBuf data; (data = peer.recv()) != null; ) {
                                peer.sendAll(data);
                            }
                        }
                    });
        }
    }
}
