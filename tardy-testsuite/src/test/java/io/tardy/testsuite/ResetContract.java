package io.tardy.testsuite;

import static io.tardy.testsuite.FileContract.bytes;
import static org.assertj.core.api.Assertions.assertThat;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import io.tardy.Frame;
import io.tardy.aio.SocketKind;
import io.tardy.fs.File;
import io.tardy.net.Socket;
import java.net.StandardSocketOptions;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A stream that its peer has reset has no orderly end, however often one asks. */
interface ResetContract extends SocketFixture {

    /** With the two ends of a stream; the second has sent "abc", and has something to receive. */
    @FunctionalInterface
    interface Ends {
        void use(Socket reset, Socket resetting) throws Exception;
    }

    private void withEnds(Path folder, Ends ends) throws Exception {
        inFrame(
                rt -> {
                    for (SocketKind kind : List.of(SocketKind.TCP, SocketKind.UNIX)) {
                        Path own = Files.createDirectory(folder.resolve(kind.name()));
                        try (Staged staged = new Staged(own)) {
                            Socket listener = staged.target(kind);
                            Socket client = staged.to(kind, listener.localAddress()).connect();
                            try (Socket peer = listener.accept()) {
                                peer.sendAll(bytes("abc"));
                                client.sendAll(bytes("unread"));
                                Frame.delay(Duration.ofMillis(1)); // both arrive
                                ends.use(client, peer);
                            }
                        }
                    }
                });
    }

    /** TCP is reset for the option, and in the Unix domain for what was not received. */
    private static void reset(Socket resetting) throws Exception {
        resetting.setOption(StandardSocketOptions.SO_LINGER, 0);
        resetting.close();
    }

    private static List<String> outcomesOfReceives(Socket socket) throws Exception {
        ByteBuf nettys = Unpooled.directBuffer(8);
        try {
            List<Attempt> attempts =
                    List.of(
                            () -> socket.recv(ByteBuffer.allocateDirect(8)),
                            () -> socket.recv(ByteBuffer.allocate(8)),
                            socket::recv,
                            socket::recvNext,
                            () -> socket.recvAll(ByteBuffer.allocate(8)),
                            () -> socket.recv(nettys));
            return outcomes(attempts);
        } finally {
            nettys.release();
        }
    }

    private static List<String> outcomes(List<Attempt> attempts) throws Exception {
        List<String> outcomes = new ArrayList<>();
        for (Attempt attempt : attempts) {
            outcomes.add(SocketFixture.outcomeOf(attempt));
        }
        return outcomes;
    }

    private static void assertReset(Socket socket) throws Exception {
        for (int i = 0; i < 2; i++) {
            assertThat(outcomesOfReceives(socket)).hasSize(6).containsOnly("ECONNRESET");
        }
    }

    @Test
    default void everyReceiveAfterAResetSaysItAndEverySendThatThePipeIsBroken(@TempDir Path folder)
            throws Exception {
        Path path = fileOf(folder.resolve("file"), "content".getBytes(StandardCharsets.US_ASCII));
        withEnds(
                folder,
                (socket, peer) -> {
                    reset(peer);
                    assertThat(socket.recvAll(ByteBuffer.allocate(3))).isEqualTo(3);
                    assertReset(socket);
                    try (File file = File.open(path)) {
                        List<Attempt> sends =
                                List.of(
                                        () -> socket.send(ByteBuffer.allocateDirect(1)),
                                        () -> socket.sendAll(bytes("x")),
                                        () -> socket.sendAll(Unpooled.copyInt(1)),
                                        () -> socket.sendFile(file, 0, 7));
                        assertThat(outcomes(sends)).hasSize(4).containsOnly("EPIPE");
                    }
                    assertThat(SocketFixture.outcomeOf(socket::shutdownOutput)).isEqualTo("ok");
                    assertThat(SocketFixture.outcomeOf(socket::connect)).isEqualTo("EISCONN");
                    assertReset(socket);
                });
    }

    @Test
    default void aResetThatASendHasNoticedIsNoEndForWhoReceives(@TempDir Path folder)
            throws Exception {
        withEnds(
                folder,
                (socket, peer) -> {
                    reset(peer);
                    String outcome;
                    do {
                        outcome =
                                SocketFixture.outcomeOf(
                                        () -> socket.send(ByteBuffer.allocateDirect(1)));
                    } while (outcome.equals("ok"));
                    assertThat(outcome).isIn("ECONNRESET", "EPIPE");
                    assertThat(SocketFixture.outcomeOf(() -> socket.send(bytes("x"))))
                            .isEqualTo("EPIPE");
                    ByteBuffer into = ByteBuffer.allocate(3);
                    assertThat(socket.recvAll(into)).isEqualTo(3);
                    assertThat(into.flip()).isEqualTo(bytes("abc"));
                    assertReset(socket);
                });
    }

    @Test
    default void toEndAStreamThatIsResetDoesNothing(@TempDir Path folder) throws Exception {
        withEnds(
                folder,
                (socket, peer) -> {
                    reset(peer);
                    assertThat(SocketFixture.outcomeOf(socket::shutdownOutput)).isEqualTo("ok");
                    assertThat(socket.recvAll(ByteBuffer.allocate(3))).isEqualTo(3);
                    assertReset(socket);
                    assertThat(SocketFixture.outcomeOf(socket::shutdownOutput)).isEqualTo("ok");
                });
    }
}
