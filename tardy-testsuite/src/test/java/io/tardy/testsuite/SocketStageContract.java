package io.tardy.testsuite;

import static io.tardy.testsuite.FileContract.bytes;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import io.tardy.TardyRuntime;
import io.tardy.aio.SendError;
import io.tardy.aio.SocketKind;
import io.tardy.aio.TardyIOException;
import io.tardy.net.Socket;
import java.net.SocketAddress;
import java.nio.ByteBuffer;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.Locale;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What a socket refuses for what it is: at once, and everywhere with the same error. */
interface SocketStageContract extends SocketFixture {

    /** As Linux's system calls say it, except for shutdown; what is not asked is "-". */
    String TABLE =
            """
            kind          stage     accept     recv     recvBuffer recvFrom   send         sendBuffer   sendTo     connect listen     shutdown   bind
            TCP           NEW       EINVAL     ENOTCONN ENOTCONN   EOPNOTSUPP EPIPE        EPIPE        EOPNOTSUPP -       ok         ENOTCONN   ok
            TCP           BOUND     EINVAL     ENOTCONN ENOTCONN   EOPNOTSUPP EPIPE        EPIPE        EOPNOTSUPP -       ok         ENOTCONN   EINVAL
            TCP           LISTENING -          ENOTCONN ENOTCONN   EOPNOTSUPP EPIPE        EPIPE        EOPNOTSUPP EISCONN ok         ENOTCONN   EINVAL
            TCP           CONNECTED EINVAL     -        -          EOPNOTSUPP ok           ok           EOPNOTSUPP EISCONN EINVAL     ok         EINVAL
            UNIX          NEW       EINVAL     EINVAL   EINVAL     EOPNOTSUPP ENOTCONN     ENOTCONN     EOPNOTSUPP -       EINVAL     ENOTCONN   ok
            UNIX          BOUND     EINVAL     EINVAL   EINVAL     EOPNOTSUPP ENOTCONN     ENOTCONN     EOPNOTSUPP -       ok         ENOTCONN   EINVAL
            UNIX          LISTENING -          EINVAL   EINVAL     EOPNOTSUPP ENOTCONN     ENOTCONN     EOPNOTSUPP EINVAL  ok         ENOTCONN   EINVAL
            UNIX          CONNECTED EINVAL     -        -          EOPNOTSUPP ok           ok           EOPNOTSUPP EISCONN EINVAL     ok         EINVAL
            UDP           NEW       EOPNOTSUPP -        -          -          EDESTADDRREQ EDESTADDRREQ ok         EINVAL  EOPNOTSUPP EOPNOTSUPP ok
            UDP           BOUND     EOPNOTSUPP -        -          -          EDESTADDRREQ EDESTADDRREQ ok         EINVAL  EOPNOTSUPP EOPNOTSUPP EINVAL
            UDP           CONNECTED EOPNOTSUPP -        -          -          ok           ok           -          ok      EOPNOTSUPP EOPNOTSUPP EINVAL
            UNIX_DATAGRAM NEW       EOPNOTSUPP -        -          -          ENOTCONN     ENOTCONN     ok         -       EOPNOTSUPP EOPNOTSUPP ok
            UNIX_DATAGRAM BOUND     EOPNOTSUPP -        -          -          ENOTCONN     ENOTCONN     ok         -       EOPNOTSUPP EOPNOTSUPP EINVAL
            UNIX_DATAGRAM CONNECTED EOPNOTSUPP -        -          -          ok           ok           -          ok      EOPNOTSUPP EOPNOTSUPP -
            TCP           CLOSED    EBADF      EBADF    EBADF      EBADF      EBADF        EBADF        EBADF      EBADF   EBADF      EBADF      EBADF
            UNIX          CLOSED    EBADF      EBADF    EBADF      EBADF      EBADF        EBADF        EBADF      EBADF   EBADF      EBADF      EBADF
            UDP           CLOSED    EBADF      EBADF    EBADF      EBADF      EBADF        EBADF        EBADF      EBADF   EBADF      EBADF      EBADF
            UNIX_DATAGRAM CLOSED    EBADF      EBADF    EBADF      EBADF      EBADF        EBADF        EBADF      EBADF   EBADF      EBADF      EBADF
            """;

    private static SocketFixture.Attempt attempt(
            String operation, Socket socket, SocketAddress other) {
        return switch (operation) {
            case "accept" -> () -> socket.accept().close();
            case "recv" -> () -> socket.recv(ByteBuffer.allocateDirect(10));
            case "recvBuffer" -> () -> socket.recv().release();
            case "recvFrom" -> () -> socket.recvFrom(ByteBuffer.allocate(10));
            case "send" -> () -> socket.send(ByteBuffer.allocateDirect(1));
            case "sendBuffer" ->
                    () -> socket.sendAll(io.netty.buffer.Unpooled.wrappedBuffer(new byte[] {1}));
            case "sendTo" -> () -> socket.sendTo(bytes("x"), other);
            case "connect" -> socket::connect;
            case "listen" -> () -> socket.listen(16);
            case "shutdown" -> socket::shutdownOutput;
            case "bind" -> socket::bind;
            default -> throw new AssertionError(operation);
        };
    }

    @Test
    default void whatASocketIsNotForItRefusesAtOnceAndEverywhereAlike(@TempDir Path folder)
            throws Exception {
        String[] rows = TABLE.strip().split("\n");
        String[] operations = rows[0].split(" +");
        Map<String, String> promised = new LinkedHashMap<>();
        Map<String, String> seen = new LinkedHashMap<>();
        inFrame(
                rt -> {
                    for (int row = 1; row < rows.length; row++) {
                        String[] cells = rows[row].split(" +");
                        SocketKind kind = SocketKind.valueOf(cells[0]);
                        Stage stage = Stage.valueOf(cells[1]);
                        for (int i = 2; has(kind) && i < cells.length; i++) {
                            if (cells[i].equals("-")) {
                                continue;
                            }
                            String name = cells[0] + " " + cells[1] + " " + operations[i];
                            try (Staged staged = new Staged(folder.resolve(kind + "" + i + row))) {
                                java.nio.file.Files.createDirectories(staged.folder());
                                Socket socket = staged.open(kind, stage);
                                SocketAddress other = staged.target(kind).localAddress();
                                promised.put(name, cells[i]);
                                seen.put(
                                        name,
                                        SocketFixture.outcomeOf(
                                                attempt(operations[i], socket, other)));
                            }
                        }
                    }
                });
        assertThat(seen).isEqualTo(promised);
    }

    @Test
    default void everyKindThatATransportHasNotItRefusesToOpen(@TempDir Path folder)
            throws Exception {
        inFrame(
                rt -> {
                    for (SocketKind kind : SocketKind.values()) {
                        if (!has(kind)) {
                            try (Staged staged = new Staged(folder)) {
                                assertThat(
                                                SocketFixture.outcomeOf(
                                                        () -> staged.open(kind, Stage.NEW)))
                                        .as(kind.name().toLowerCase(Locale.ROOT))
                                        .isEqualTo("EOPNOTSUPP");
                            }
                        }
                    }
                });
    }

    @Test
    default void aStreamRefusesDatagramsWithASentenceAndSendsNothing(@TempDir Path folder)
            throws Exception {
        withStaged(
                folder,
                staged -> {
                    Socket listener = staged.target(SocketKind.TCP);
                    Socket client = staged.to(SocketKind.TCP, listener.localAddress());
                    client.connect();
                    try (Socket peer = listener.accept()) {
                        ByteBuffer large = ByteBuffer.allocateDirect(8 << 20);
                        assertThatExceptionOfType(TardyIOException.class)
                                .isThrownBy(() -> client.sendTo(large, peer.localAddress()))
                                .withMessageContaining("use send")
                                .satisfies(
                                        e ->
                                                assertThat(e.error())
                                                        .isEqualTo(
                                                                SendError.OPERATION_NOT_SUPPORTED));
                        assertThat(large.position()).isZero();
                        assertThatExceptionOfType(TardyIOException.class)
                                .isThrownBy(() -> client.recvFrom(ByteBuffer.allocate(1)))
                                .withMessageContaining("use recv");
                        client.close();
                        assertThat(peer.recv(ByteBuffer.allocate(1))).isEqualTo(-1);
                    }
                });
    }

    @Test
    @NotSimulated(NotSimulated.ORDER)
    default void aSecondConnectWhileOneGoesOnIsRefusedAndTheFirstGoesOn(@TempDir Path folder)
            throws Exception {
        withStaged(
                folder,
                staged -> {
                    Socket listener = staged.target(SocketKind.TCP);
                    Socket client = staged.to(SocketKind.TCP, listener.localAddress());
                    TardyRuntime rt = TardyRuntime.current();
                    var first = rt.spawn(() -> client.connect());
                    var second =
                            rt.spawnCall(() -> SocketFixture.outcomeOf(() -> client.connect()));
                    first.join();
                    assertThat(second.join()).isIn("EALREADY", "EISCONN");
                    client.sendAll(bytes("x"));
                    try (Socket peer = listener.accept()) {
                        assertThat(peer.recv(ByteBuffer.allocate(9))).isOne();
                    }
                });
    }
}
