package io.tardy.testsuite;

import static io.tardy.testsuite.FileContract.bytes;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.assertj.core.api.Assertions.catchThrowable;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufAllocator;
import io.netty.buffer.CompositeByteBuf;
import io.netty.buffer.Unpooled;
import io.tardy.Frame;
import io.tardy.FrameFailedException;
import io.tardy.FrameStatus;
import io.tardy.aio.DeadlineExceededException;
import io.tardy.aio.FileMode;
import io.tardy.fs.File;
import io.tardy.net.Socket;
import java.lang.foreign.Arena;
import java.lang.ref.WeakReference;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Buffers that cannot be filled, and buffers that somebody touches while they are. */
interface BufferContract extends ConnectedFixture {

    Duration TICK = Duration.ofMillis(20);

    /** Each is refused, and writes nothing through the view. */
    private static void assertRefusesReadOnly(ByteBuffer buffer, List<ThrowingCallable> calls) {
        for (ThrowingCallable call : calls) {
            assertThatIllegalArgumentException()
                    .isThrownBy(call)
                    .withMessageContaining("read-only");
        }
        assertThat(buffer).isEqualTo(ByteBuffer.allocate(8));
        assertThat(buffer.position()).isZero();
    }

    private static List<ByteBuffer> buffers() {
        return List.of(ByteBuffer.allocate(8), ByteBuffer.allocateDirect(8));
    }

    @Test
    default void aReadOnlyBufferIsRefusedBeforeAnythingIsReadFromAFile(@TempDir Path folder)
            throws Exception {
        Path path = fileOf(folder.resolve("a"), "12345678".getBytes(StandardCharsets.US_ASCII));
        inFrame(
                rt -> {
                    for (ByteBuffer buffer : buffers()) {
                        ByteBuffer view = buffer.asReadOnlyBuffer();
                        try (File file = File.open(path)) {
                            assertRefusesReadOnly(
                                    buffer,
                                    List.of(
                                            () -> file.read(view),
                                            () -> file.read(view, 0),
                                            () -> file.readAll(view),
                                            () -> file.read(view.slice(8, 0))));
                            assertThat(file.readAll(ByteBuffer.allocate(9))).isEqualTo(8);
                        }
                    }
                });
    }

    @Test
    default void aReadOnlyBufferIsRefusedBeforeAnythingIsReceived() throws Exception {
        withPair(
                (rt, client, peer) -> {
                    for (ByteBuffer buffer : buffers()) {
                        ByteBuffer view = buffer.asReadOnlyBuffer();
                        ByteBuf nettys = Unpooled.wrappedBuffer(buffer).clear().asReadOnly();
                        client.sendAll(bytes("12345678"));
                        assertRefusesReadOnly(
                                buffer,
                                List.of(
                                        () -> peer.recv(view),
                                        () -> peer.recv(view, Duration.ofSeconds(1)),
                                        () -> peer.recvAll(view),
                                        () -> peer.read(view),
                                        () -> peer.recv(nettys),
                                        () -> peer.recv(view.slice(8, 0))));
                        ByteBuffer into = ByteBuffer.allocate(8);
                        assertThat(peer.recvAll(into)).isEqualTo(8);
                        assertThat(into.flip()).isEqualTo(bytes("12345678"));
                    }
                });
    }

    @Test
    default void aReadOnlyBufferIsRefusedBeforeADatagramIsTaken() throws Exception {
        inFrame(
                rt -> {
                    try (Socket a = Socket.udp("127.0.0.1", 0).bind();
                            Socket b = Socket.udp("127.0.0.1", 0).bind()) {
                        for (ByteBuffer buffer : buffers()) {
                            ByteBuffer view = buffer.asReadOnlyBuffer();
                            a.sendTo(bytes("12345678"), b.localAddress());
                            assertRefusesReadOnly(
                                    buffer, List.of(() -> b.recvFrom(view), () -> b.recv(view)));
                            assertThat(b.recv(ByteBuffer.allocate(9))).isEqualTo(8);
                        }
                    }
                });
    }

    /** Each is refused, before anything has happened. */
    private static void assertRefusesArenas(List<ThrowingCallable> calls) {
        for (ThrowingCallable call : calls) {
            assertThatIllegalArgumentException()
                    .isThrownBy(call)
                    .withMessageContaining("an arena that can be closed");
        }
    }

    private static List<ByteBuffer> closedArenas() {
        List<ByteBuffer> buffers = new ArrayList<>();
        for (Arena arena : List.of(Arena.ofConfined(), Arena.ofShared())) {
            buffers.add(arena.allocate(8).asByteBuffer());
            arena.close();
        }
        return buffers;
    }

    /** The system would use memory that is somebody else's by now. */
    @Test
    default void aBufferOfAClosedArenaIsRefused(@TempDir Path folder) throws Exception {
        Path path = fileOf(folder.resolve("a"), "12345678".getBytes(StandardCharsets.US_ASCII));
        withPair(
                (rt, client, peer) -> {
                    client.sendAll(bytes("12345678"));
                    try (Socket a = Socket.udp("127.0.0.1", 0).bind();
                            Socket b = Socket.udp("127.0.0.1", 0).bind();
                            File file = File.open(path, FileMode.READ_WRITE)) {
                        a.sendTo(bytes("12345678"), b.localAddress());
                        for (ByteBuffer buffer : closedArenas()) {
                            assertRefusesArenas(
                                    List.of(
                                            () -> peer.recv(buffer),
                                            () -> client.send(buffer),
                                            () -> client.sendAll(buffer.slice(2, 4)),
                                            () -> b.recvFrom(buffer),
                                            () -> b.recv(buffer),
                                            () -> a.sendTo(buffer, b.localAddress()),
                                            () -> file.read(buffer),
                                            () -> file.read(buffer, 0),
                                            () -> file.write(buffer),
                                            () -> file.write(buffer, 0)));
                        }
                        assertThat(b.recv(ByteBuffer.allocate(9))).isEqualTo(8);
                        assertThat(file.readAll(ByteBuffer.allocate(9))).isEqualTo(8);
                    }
                    assertThat(peer.recvAll(ByteBuffer.allocate(8))).isEqualTo(8);
                });
    }

    @Test
    default void aBufferOfNettysAroundOneOfAnArenaIsRefused() throws Exception {
        withPair(
                (rt, client, peer) -> {
                    client.sendAll(bytes("12345678"));
                    try (Arena arena = Arena.ofConfined()) {
                        ByteBuffer buffer = arena.allocate(8).asByteBuffer();
                        assertRefusesArenas(
                                List.of(
                                        () -> client.sendAll(Unpooled.wrappedBuffer(buffer)),
                                        () -> peer.recv(Unpooled.wrappedBuffer(buffer).clear())));
                    }
                    assertThat(peer.recvAll(ByteBuffer.allocate(8))).isEqualTo(8);
                });
    }

    /** Nothing else keeps the memory of an automatic arena. */
    @Test
    default void aBufferOfAnAutomaticArenaLastsWhileItIsWaitedFor() throws Exception {
        withPair(
                (rt, client, peer) -> {
                    Frame<ByteBuffer> frame =
                            rt.spawnCall(
                                    () -> {
                                        ByteBuffer into = Arena.ofAuto().allocate(8).asByteBuffer();
                                        peer.recvAll(into);
                                        return into.flip();
                                    });
                    Frame.delay(TICK);
                    System.gc();
                    client.sendAll(bytes("12345678"));
                    assertThat(frame.join()).isEqualTo(bytes("12345678"));
                });
    }

    /** Netty's own memory, of whatever kind it is, lasts until it is released. */
    @Test
    default void viewsOfNettysOwnBuffersAreSentAndFilled() throws Exception {
        withPair(
                (rt, client, peer) -> {
                    for (ByteBuf buffer :
                            List.of(
                                    ByteBufAllocator.DEFAULT.directBuffer(8, 8),
                                    Unpooled.directBuffer(8, 8))) {
                        client.sendAll(buffer.writeLong(42).nioBuffer());
                        assertThat(peer.recvAll(buffer.clear().nioBuffer(0, 8))).isEqualTo(8);
                        client.sendAll(buffer.writerIndex(8));
                        assertThat(peer.recvAll(ByteBuffer.allocate(8))).isEqualTo(8);
                    }
                });
    }

    /** Netty would fill a copy of it, and forget that. */
    @Test
    default void aBufferOfSeveralPartsIsRefusedBeforeAnythingIsReceived() throws Exception {
        withPair(
                (rt, client, peer) -> {
                    client.sendAll(bytes("12345678"));
                    CompositeByteBuf parts = Unpooled.compositeBuffer();
                    parts.addComponent(Unpooled.buffer(4, 4)).addComponent(Unpooled.buffer(4, 4));
                    parts.capacity(8);
                    assertThatIllegalArgumentException()
                            .isThrownBy(() -> peer.recv(parts))
                            .withMessageContaining("do not lie together");
                    assertThat(peer.recvAll(ByteBuffer.allocate(8))).isEqualTo(8);
                    parts.release();
                });
    }

    /** Whatever the misuse leads to, the frame ends: by itself or, at the latest, by a cancel. */
    private static void assertEnds(Frame<?> frame) throws Exception {
        for (int turn = 0; turn < 50 && frame.status() == FrameStatus.ALIVE; turn++) {
            Frame.delay(Duration.ofMillis(5));
        }
        frame.cancel();
        Throwable failure = catchThrowable(frame::join);
        if (failure != null) {
            assertThat(failure).isInstanceOf(FrameFailedException.class);
        }
    }

    @Test
    default void aFrameEndsThoughItsBufferWasTouchedWhileItReceived() throws Exception {
        for (boolean isDirect : new boolean[] {true, false}) {
            withPair(
                    (rt, client, peer) -> {
                        ByteBuffer buffer = buffers().get(isDirect ? 1 : 0);
                        Frame<Integer> frame = rt.spawnCall(() -> peer.recv(buffer));
                        Frame.yield();
                        buffer.limit(0);
                        client.sendAll(bytes("12345678"));
                        assertEnds(frame);
                        client.sendAll(bytes("more"));
                        ByteBuffer into = ByteBuffer.allocate(20);
                        assertThat(peer.recv(into)).isPositive(); // the socket is as good as before
                    });
        }
    }

    @Test
    @NotSimulated(NotSimulated.FIFO)
    default void aFrameEndsThoughItsBufferWasTouchedWhileItRead(@TempDir Path folder)
            throws Exception {
        Path path = FileContract.makeFifo(folder.resolve("fifo"));
        for (boolean isDirect : new boolean[] {true, false}) {
            inFrame(
                    rt -> {
                        try (File fifo = File.open(path, FileMode.READ_WRITE)) {
                            ByteBuffer buffer = buffers().get(isDirect ? 1 : 0);
                            Frame<Integer> frame = rt.spawnCall(() -> fifo.read(buffer));
                            Frame.yield();
                            buffer.limit(0);
                            fifo.writeAll(bytes("12345678"));
                            assertEnds(frame);
                            fifo.writeAll(bytes("x"));
                            assertThat(fifo.read(ByteBuffer.allocate(20))).isPositive();
                        }
                    });
        }
    }

    @Test
    default void aFrameEndsThoughItsBufferWasTouchedWhileItSent() throws Exception {
        for (boolean isDirect : new boolean[] {true, false}) {
            withPair(
                    (rt, client, peer) -> {
                        ByteBuffer buffer =
                                isDirect
                                        ? ByteBuffer.allocateDirect(1 << 20)
                                        : ByteBuffer.allocate(1 << 20);
                        int[] sends = new int[1];
                        Frame<Void> frame =
                                rt.spawn(
                                        () -> {
                                            for (; sends[0] < 64; sends[0]++) {
                                                client.send(buffer.clear());
                                            }
                                        });
                        for (int before = -1; before < sends[0]; Frame.delay(TICK)) {
                            before = sends[0]; // until its socket is full
                        }
                        buffer.limit(0);
                        ByteBuffer into = ByteBuffer.allocateDirect(1 << 20);
                        while (frame.status() == FrameStatus.ALIVE) {
                            try {
                                peer.recv(into.clear(), TICK);
                            } catch (DeadlineExceededException e) {
                                // All that was sent is read: let it look at its buffer.
                            }
                        }
                        assertEnds(frame);
                    });
        }
    }

    @Test
    default void aSocketKeepsNoMemoryOfAByteBufThatItReceivedInto() throws Exception {
        withPair(
                (rt, client, peer) -> {
                    peer.sendAll(bytes("abc"));
                    WeakReference<byte[]> memory = receiveIntoFreshMemory(client);
                    for (int i = 0; i < 20 && memory.get() != null; i++) {
                        Frame.delay(Duration.ofMillis(1)); // the task keeps nothing either
                        System.gc();
                    }
                    assertThat(memory.get()).isNull();
                });
    }

    private static WeakReference<byte[]> receiveIntoFreshMemory(Socket socket) throws Exception {
        byte[] memory = new byte[8];
        assertThat(socket.recv(Unpooled.wrappedBuffer(memory).clear())).isBetween(1, 3);
        return new WeakReference<>(memory);
    }
}
