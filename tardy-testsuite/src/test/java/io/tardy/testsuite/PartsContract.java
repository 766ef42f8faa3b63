package io.tardy.testsuite;

import static io.tardy.testsuite.DeadlineContract.SOON;
import static io.tardy.testsuite.DeadlineContract.assertExceeded;
import static java.nio.charset.StandardCharsets.US_ASCII;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import io.tardy.Deadline;
import io.tardy.Frame;
import io.tardy.net.Socket;
import io.tardy.stream.ByteReader;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.lang.foreign.Arena;
import java.net.InetSocketAddress;
import java.net.StandardSocketOptions;
import java.nio.ByteBuffer;
import java.util.Arrays;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;

/** Several buffers are sent as one would be, and tell how far that went. */
interface PartsContract extends ConnectedFixture {

    private static ByteBuffer[] parts(SplittableRandom random, int count, int bytesMax) {
        ByteBuffer[] parts = new ByteBuffer[count];
        for (int i = 0; i < count; i++) {
            byte[] content = new byte[random.nextInt(bytesMax)];
            random.nextBytes(content);
            int before = random.nextInt(3);
            int room = before + content.length + random.nextInt(3);
            ByteBuffer part =
                    random.nextInt(4) == 0
                            ? ByteBuffer.allocate(room)
                            : ByteBuffer.allocateDirect(room);
            part.put(before, content).position(before).limit(before + content.length);
            parts[i] = random.nextInt(5) == 0 ? part.asReadOnlyBuffer() : part;
        }
        return parts;
    }

    private static byte[] bytes(ByteBuffer[] parts) {
        ByteArrayOutputStream all = new ByteArrayOutputStream();
        for (ByteBuffer part : parts) {
            byte[] bytes = new byte[part.remaining()];
            part.duplicate().get(bytes);
            all.writeBytes(bytes);
        }
        return all.toByteArray();
    }

    private static byte[] receiveAll(Socket socket) throws IOException {
        ByteArrayOutputStream all = new ByteArrayOutputStream();
        for (ByteBuffer data; (data = socket.recvNext()) != null; ) {
            byte[] bytes = new byte[data.remaining()];
            data.get(bytes);
            all.writeBytes(bytes);
        }
        return all.toByteArray();
    }

    /** Of few and long ones, and of more than the system takes at once. */
    @Test
    default void partsArriveInOrderWhereverTheyAre() throws Exception {
        long seed = Seeds.draw("partsArriveInOrderWhereverTheyAre");
        SplittableRandom random = new SplittableRandom(seed);
        int[][] shapes = {{3, 100}, {5, 400_000}, {40, 30_000}, {3_000, 300}, {1, 50}, {0, 1}};
        for (int[] shape : shapes) {
            ByteBuffer[] parts = parts(random, shape[0], shape[1]);
            byte[] expected = bytes(parts);
            withPair(
                    (rt, client, peer) -> {
                        client.setOption(StandardSocketOptions.SO_SNDBUF, 8 * 1024);
                        Frame<byte[]> receiving = rt.spawnCall(() -> receiveAll(peer));
                        client.sendAll(parts);
                        client.shutdownOutput();
                        assertThat(Arrays.equals(receiving.join(), expected))
                                .as("seed %d", seed)
                                .isTrue();
                        for (ByteBuffer part : parts) {
                            assertThat(part.hasRemaining()).isFalse();
                        }
                    });
        }
    }

    @Test
    default void aDeadlineTellsWhatOfWhichPartWasSent() throws Exception {
        SplittableRandom random = new SplittableRandom(5);
        ByteBuffer[] parts = parts(random, 300, 200_000);
        byte[] expected = bytes(parts);
        withPair(
                (rt, client, peer) -> {
                    assertExceeded(() -> Deadline.within(SOON, () -> client.sendAll(parts)));
                    byte[] left = bytes(parts);
                    assertThat(left.length).isPositive().isLessThan(expected.length);
                    int cut = 0;
                    while (!parts[cut].hasRemaining()) {
                        cut++;
                    }
                    for (int i = cut + 1; i < parts.length; i++) {
                        assertThat(parts[i].position()).as("part %d", i).isLessThan(3);
                    }
                    int sent = expected.length - left.length;
                    assertThat(
                                    Arrays.equals(
                                            left,
                                            Arrays.copyOfRange(expected, sent, expected.length)))
                            .isTrue();
                    Frame<byte[]> receiving = rt.spawnCall(() -> receiveAll(peer));
                    client.writeAll(parts);
                    client.shutdownOutput();
                    assertThat(Arrays.equals(receiving.join(), expected)).isTrue();
                });
    }

    @Test
    default void aDatagramSocketSendsThemAsOne() throws Exception {
        inFrame(
                rt -> {
                    try (Socket receiver = Socket.udp("127.0.0.1", 0).bind();
                            Socket sender =
                                    Socket.udp(
                                            "127.0.0.1",
                                            ((InetSocketAddress) receiver.localAddress())
                                                    .getPort())) {
                        sender.connect();
                        sender.sendAll(
                                ByteBuffer.wrap("one ".getBytes(US_ASCII)),
                                ByteBuffer.allocateDirect(1).put(0, (byte) 't'),
                                ByteBuffer.wrap("wo".getBytes(US_ASCII)));
                        ByteBuffer into = ByteBuffer.allocate(100);
                        assertThat(receiver.recv(into)).isEqualTo(7);
                        assertThat(US_ASCII.decode(into.flip()).toString()).isEqualTo("one two");
                    }
                });
    }

    @Test
    default void memoryThatCanBeTakenAwayIsRefusedInAnyPart() throws Exception {
        withPair(
                (rt, client, peer) -> {
                    try (Arena arena = Arena.ofConfined()) {
                        ByteBuffer heap = ByteBuffer.allocate(8);
                        ByteBuffer closable = arena.allocate(8).asByteBuffer();
                        assertThatIllegalArgumentException()
                                .isThrownBy(() -> client.sendAll(heap, closable))
                                .withMessageContaining("arena");
                        assertThat(heap.position()).isZero();
                    }
                    client.sendAll(ByteBuffer.allocate(1), ByteBuffer.allocate(2));
                    client.shutdownOutput();
                    ByteReader in = peer.reader();
                    in.skip(3);
                    assertThat(in.hasMore()).as("of what was refused").isFalse();
                });
    }
}
