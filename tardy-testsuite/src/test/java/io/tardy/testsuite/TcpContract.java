package io.tardy.testsuite;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.assertj.core.api.Assertions.assertThatIllegalStateException;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.CompositeByteBuf;
import io.netty.buffer.PooledByteBufAllocator;
import io.netty.buffer.Unpooled;
import io.netty.buffer.UnpooledByteBufAllocator;
import io.netty.util.concurrent.Ticker;
import io.tardy.Deadline;
import io.tardy.Frame;
import io.tardy.FrameFailedException;
import io.tardy.aio.AsyncError;
import io.tardy.aio.DeadlineExceededException;
import io.tardy.aio.SendError;
import io.tardy.aio.TardyIOException;
import io.tardy.aio.TaskState;
import io.tardy.net.Socket;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.InetSocketAddress;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.SplittableRandom;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What streams carry. */
interface TcpContract extends ConnectedFixture {

    static ByteBuffer bytes(String text) {
        return ByteBuffer.wrap(text.getBytes(StandardCharsets.US_ASCII));
    }

    static String text(ByteBuffer received) {
        return StandardCharsets.US_ASCII.decode(received.flip()).toString();
    }

    static void assertFailure(ThrowingCallable call, AsyncError error) {
        assertThatExceptionOfType(TardyIOException.class)
                .isThrownBy(call)
                .satisfies(e -> assertThat(e.error()).isEqualTo(error));
    }

    static void assertFailure(Frame<?> frame, AsyncError error) {
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
                    Frame<ByteBuf> receiving = rt.spawnCall(() -> peer.recv());
                    Frame.delay(Duration.ofMillis(2));
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

    static void sendForEver(Socket socket) throws IOException {
        ByteBuffer chunk = ByteBuffer.allocateDirect(65536);
        for (; ; ) {
            socket.sendAll(chunk.clear());
        }
    }

    @Test
    default void aSecondReaderIsAProgrammersError() throws Exception {
        withPair(
                (rt, client, peer) -> {
                    Frame<ByteBuf> first = rt.spawnCall(() -> client.recv());
                    Frame.delay(Duration.ofMillis(1));
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
                    Frame<ByteBuf> receiving = rt.spawnCall(() -> client.recv());
                    Frame.delay(Duration.ofMillis(2));
                    peer.sendAll(bytes("through"));
                    assertThat(receiving.join().release()).isTrue();
                    assertThat(sending.status()).isEqualTo(io.tardy.FrameStatus.ALIVE);
                    sending.cancel();
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
    @NotSimulated(NotSimulated.ORDER)
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
                        Frame.delay(Duration.ofMillis(5));
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

    @Test
    default void aLargeHeapBufferReceivesAllThatIsThereWithoutFurtherNews(@TempDir Path folder)
            throws Exception {
        Path path = folder.resolve("tardy.sock");
        int bytes = 100_000; // more than is received at once into a heap buffer
        inFrame(
                rt -> {
                    try (Socket listener = Socket.unix(path).bind().listen(1);
                            Socket client = Socket.unix(path).connect();
                            Socket peer = listener.accept()) {
                        client.sendAll(ByteBuffer.allocate(bytes));
                        ByteBuffer into = ByteBuffer.allocate(2 * bytes);
                        while (into.position() < bytes) {
                            peer.recv(into, patience());
                        }
                        assertThat(into.position()).isEqualTo(bytes);
                    }
                });
    }

    /**
     * The system tells of the peer's end whatever is waited for: the loop must not turn for that,
     * as the count of its looks at the clock shows.
     */
    @Test
    @NotSimulated(NotSimulated.PEERS)
    default void aPeerThatHasEndedItsDirectionGetsWhatHasStalled() throws Exception {
        int bytes = 16 << 20;
        CountDownLatch stalled = new CountDownLatch(1);
        AtomicLong looks = new AtomicLong();
        Ticker clock = new CountingTicker(looks);
        inFrame(
                tardy().clock(clock),
                rt -> {
                    try (Socket listener = Socket.tcp("127.0.0.1", 0)) {
                        listener.bind().listen(1);
                        int port = TransportFixture.port(listener);
                        Frame<Long> client =
                                rt.spawnCall(() -> rt.offload(() -> endAndRead(port, stalled)));
                        try (Socket peer = listener.accept()) {
                            assertThat(peer.recv(ByteBuffer.allocate(1))).isEqualTo(-1);
                            ByteBuffer all = ByteBuffer.allocate(bytes);
                            looks.set(0);
                            assertThatExceptionOfType(DeadlineExceededException.class)
                                    .isThrownBy(
                                            () ->
                                                    Deadline.within(
                                                            Duration.ofMillis(200),
                                                            () -> peer.sendAll(all)));
                            assertThat(all.remaining()).isPositive();
                            assertThat(looks).hasValueLessThan(1_000);
                            stalled.countDown();
                            peer.sendAll(all);
                        }
                        assertThat(client.join()).isEqualTo(bytes);
                    }
                });
    }

    /** The system's clock, which counts how often it is asked. */
    record CountingTicker(AtomicLong looks) implements Ticker {
        @Override
        public long initialNanoTime() {
            return 0;
        }

        @Override
        public long nanoTime() {
            looks.incrementAndGet();
            return System.nanoTime();
        }

        @Override
        public void sleep(long delay, TimeUnit unit) throws InterruptedException {
            unit.sleep(delay);
        }
    }

    private static long endAndRead(int port, CountDownLatch stalled) throws Exception {
        try (java.net.Socket client = new java.net.Socket()) {
            client.setReceiveBufferSize(8192);
            client.connect(new InetSocketAddress("127.0.0.1", port));
            client.shutdownOutput();
            stalled.await();
            return client.getInputStream().transferTo(OutputStream.nullOutputStream());
        }
    }
}
