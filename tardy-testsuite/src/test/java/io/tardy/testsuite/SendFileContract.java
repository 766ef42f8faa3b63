package io.tardy.testsuite;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.assertj.core.api.Assertions.assertThatIllegalStateException;

import io.tardy.Deadline;
import io.tardy.Frame;
import io.tardy.FrameFailedException;
import io.tardy.TardyRuntime;
import io.tardy.aio.CancelledException;
import io.tardy.aio.DeadlineExceededException;
import io.tardy.fs.File;
import io.tardy.net.Socket;
import io.tardy.stream.Stream;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Arrays;
import java.util.SplittableRandom;
import org.assertj.core.api.ThrowableAssert;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Files on their way through sockets. */
interface SendFileContract extends ConnectedFixture {

    @Test
    default void streamsAreCopiedFromFileToSocketToFile(@TempDir Path folder) throws Exception {
        long seed = Seeds.draw("streamsAreCopiedFromFileToSocketToFile");
        byte[] content = new byte[3_000_000];
        new SplittableRandom(seed).nextBytes(content);
        Path source = fileOf(folder.resolve("source"), content);
        Path target = folder.resolve("target");
        withPair(
                (rt, client, peer) -> {
                    Frame<Long> receiver =
                            rt.spawnCall(
                                    () -> {
                                        try (File file = File.create(target)) {
                                            return Stream.copy(peer, file);
                                        }
                                    });
                    try (File file = File.open(source)) {
                        assertThat(Stream.copy(file, client)).isEqualTo(content.length);
                    }
                    client.shutdownOutput();
                    assertThat(receiver.join()).isEqualTo(content.length);
                });
        assertThat(contentOf(target)).as("seed %d", seed).isEqualTo(content);
    }

    @Test
    default void aFileIsSentFromAnOffsetToAPeerThatReadsSlowly(@TempDir Path folder)
            throws Exception {
        long seed = Seeds.draw("aFileIsSentFromAnOffsetToAPeerThatReadsSlowly");
        byte[] content = new byte[20_000_000];
        new SplittableRandom(seed).nextBytes(content);
        Path source = fileOf(folder.resolve("source"), content);
        withPair(
                (rt, client, peer) -> {
                    try (File file = File.open(source)) {
                        Frame<Long> sender =
                                rt.spawnCall(
                                        () -> {
                                            long sent = client.sendFile(file, 1000, Long.MAX_VALUE);
                                            sent += client.sendFile(file, 0, 1000);
                                            client.shutdownOutput();
                                            return sent;
                                        });
                        ByteBuffer all = ByteBuffer.allocate(content.length + 1);
                        for (int turn = 0; peer.recv(all) >= 0; turn++) {
                            if (turn % 50 == 0) {
                                Frame.delay(Duration.ofMillis(1));
                            }
                        }
                        assertThat(sender.join()).isEqualTo(content.length);
                        ByteBuffer expected = ByteBuffer.allocate(content.length);
                        expected.put(content, 1000, content.length - 1000).put(content, 0, 1000);
                        assertThat(all.flip()).as("seed %d", seed).isEqualTo(expected.flip());
                    }
                });
    }

    @Test
    default void whoSendsAFileCanBeCancelledAndAClosedSocketSaysSo(@TempDir Path folder)
            throws Exception {
        Path source = fileOf(folder.resolve("source"), new byte[50_000_000]);
        withPair(
                (rt, client, peer) -> {
                    try (File file = File.open(source)) {
                        Frame<Long> cancelled = underWay(rt, client, file);
                        cancelled.cancel();
                        TransportFixture.assertFailedOf(cancelled, CancelledException.class);
                        Frame<Long> closed = underWay(rt, client, file);
                        client.close();
                        assertThatExceptionOfType(FrameFailedException.class)
                                .isThrownBy(closed::join)
                                .withMessageContaining("INVALID_FD");
                        assertThat(peer.isClosed()).isFalse();
                    }
                });
    }

    private static Frame<Long> underWay(TardyRuntime rt, Socket client, File file)
            throws IOException {
        Frame<Long> sending = rt.spawnCall(() -> client.sendFile(file, 0, Long.MAX_VALUE));
        Frame.delay(Duration.ofMillis(30));
        return sending;
    }

    /** What is sent by one comes as a whole, whatever others try meanwhile. */
    @Test
    default void whileAFileIsSentNobodyElseSends(@TempDir Path folder) throws Exception {
        byte[] content = new byte[20_000_000];
        Arrays.fill(content, (byte) 'f');
        Path source = fileOf(folder.resolve("source"), content);
        withPair(
                (rt, client, peer) -> {
                    try (File file = File.open(source);
                            File other = File.open(source)) {
                        Frame<Long> sender =
                                rt.spawnCall(() -> client.sendFile(file, 0, Long.MAX_VALUE));
                        Frame.delay(Duration.ofMillis(20));
                        assertRefuses(() -> client.sendFile(other, 0, 1000));
                        assertRefuses(() -> client.sendFile(other, 1000));
                        assertRefuses(() -> client.sendAll(ByteBuffer.allocate(1000)));
                        assertRefuses(() -> client.sendAll(ByteBuffer.allocateDirect(1000)));
                        assertThat(read(peer, content.length)).isEqualTo(content);
                        assertThat(sender.join()).isEqualTo(content.length);
                        assertThat(other.read(ByteBuffer.allocate(content.length + 1), 0))
                                .isPositive();
                        client.sendFile(other, 10); // from the beginning, and now it may
                        assertThat(read(peer, 10)).isEqualTo(Arrays.copyOf(content, 10));
                    }
                });
    }

    @Test
    default void whileAnotherFrameWaitsToSendNoFileIsSent(@TempDir Path folder) throws Exception {
        byte[] content = new byte[20_000_000];
        Path source = fileOf(folder.resolve("source"), new byte[] {1, 2, 3});
        withPair(
                (rt, client, peer) -> {
                    try (File file = File.open(source)) {
                        Frame<Void> sender =
                                rt.spawn(() -> client.sendAll(ByteBuffer.wrap(content)));
                        Frame.delay(Duration.ofMillis(20));
                        assertRefuses(() -> client.sendFile(file, 3));
                        assertThat(read(peer, content.length)).isEqualTo(content);
                        sender.join();
                        assertThat(client.sendFile(file, 3)).isEqualTo(3);
                    }
                });
    }

    private static void assertRefuses(ThrowableAssert.ThrowingCallable send) {
        assertThatIllegalStateException()
                .isThrownBy(send)
                .withMessageContaining("another frame already sends to");
    }

    private static byte[] read(Socket peer, int count) throws Exception {
        ByteBuffer all = ByteBuffer.allocate(count);
        peer.recvAll(all);
        return all.array();
    }

    @Test
    default void thePositionIsAsFarAsWhatWasSentBeforeItWasGivenUp(@TempDir Path folder)
            throws Exception {
        int bytes = 20_000_000;
        Path source = fileOf(folder.resolve("source"), new byte[bytes]);
        withPair(
                (rt, client, peer) -> {
                    try (File file = File.open(source)) {
                        assertThatExceptionOfType(DeadlineExceededException.class)
                                .isThrownBy(
                                        () ->
                                                Deadline.within(
                                                        Duration.ofMillis(100),
                                                        () -> {
                                                            client.sendFile(file, bytes);
                                                        }));
                        client.shutdownOutput();
                        int sent = Math.max(peer.recvAll(ByteBuffer.allocate(bytes)), 0);
                        int left = Math.max(file.readAll(ByteBuffer.allocate(bytes)), 0);
                        assertThat(sent).isPositive();
                        assertThat(sent + left).isEqualTo(bytes);
                    }
                });
    }
}
