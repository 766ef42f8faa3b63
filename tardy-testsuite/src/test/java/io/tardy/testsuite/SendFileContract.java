package io.tardy.testsuite;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import io.tardy.Frame;
import io.tardy.FrameFailedException;
import io.tardy.Timer;
import io.tardy.aio.CancelledException;
import io.tardy.fs.File;
import io.tardy.net.Socket;
import io.tardy.stream.Stream;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Files on their way through sockets. */
interface SendFileContract extends TransportFixture {

    @Test
    default void streamsAreCopiedFromFileToSocketToFile(@TempDir Path folder) throws Exception {
        long seed = Seeds.draw("streamsAreCopiedFromFileToSocketToFile");
        byte[] content = new byte[3_000_000];
        new SplittableRandom(seed).nextBytes(content);
        Path source = Files.write(folder.resolve("source"), content);
        Path target = folder.resolve("target");
        inFrame(
                rt -> {
                    try (Socket listener = TransportFixture.listenAnywhere();
                            Socket client = TransportFixture.connectTo(listener);
                            Socket peer = listener.accept()) {
                        Frame<Long> receiver =
                                rt.spawn(
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
                    }
                });
        assertThat(Files.readAllBytes(target)).as("seed %d", seed).isEqualTo(content);
    }

    @Test
    default void aFileIsSentFromAnOffsetToAPeerThatReadsSlowly(@TempDir Path folder)
            throws Exception {
        long seed = Seeds.draw("aFileIsSentFromAnOffsetToAPeerThatReadsSlowly");
        byte[] content = new byte[20_000_000];
        new SplittableRandom(seed).nextBytes(content);
        Path source = Files.write(folder.resolve("source"), content);
        inFrame(
                rt -> {
                    try (Socket listener = TransportFixture.listenAnywhere();
                            Socket client = TransportFixture.connectTo(listener);
                            Socket peer = listener.accept();
                            File file = File.open(source)) {
                        Frame<Long> sender =
                                rt.spawn(
                                        () -> {
                                            long sent = client.sendFile(file, 1000, Long.MAX_VALUE);
                                            sent += client.sendFile(file, 0, 1000);
                                            client.shutdownOutput();
                                            return sent;
                                        });
                        ByteBuffer all = ByteBuffer.allocate(content.length + 1);
                        for (int turn = 0; peer.recv(all) >= 0; turn++) {
                            if (turn % 50 == 0) {
                                Timer.delay(Duration.ofMillis(1));
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
        Path source = Files.write(folder.resolve("source"), new byte[50_000_000]);
        inFrame(
                rt -> {
                    try (Socket listener = TransportFixture.listenAnywhere();
                            Socket client = TransportFixture.connectTo(listener);
                            Socket peer = listener.accept();
                            File file = File.open(source)) {
                        Frame<Long> cancelled =
                                rt.spawn(() -> client.sendFile(file, 0, Long.MAX_VALUE));
                        Timer.delay(Duration.ofMillis(30));
                        cancelled.cancel();
                        assertThatExceptionOfType(FrameFailedException.class)
                                .isThrownBy(cancelled::join)
                                .withCauseInstanceOf(CancelledException.class);
                        Frame<Long> closed =
                                rt.spawn(() -> client.sendFile(file, 0, Long.MAX_VALUE));
                        Timer.delay(Duration.ofMillis(30));
                        client.close();
                        assertThatExceptionOfType(FrameFailedException.class)
                                .isThrownBy(closed::join)
                                .withMessageContaining("INVALID_FD");
                        assertThat(peer.isClosed()).isFalse();
                    }
                });
    }
}
