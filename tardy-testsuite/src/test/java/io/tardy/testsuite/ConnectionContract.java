package io.tardy.testsuite;

import static io.tardy.testsuite.TcpContract.assertFailure;
import static io.tardy.testsuite.TcpContract.bytes;
import static io.tardy.testsuite.TcpContract.sendForEver;
import static io.tardy.testsuite.TcpContract.text;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import io.netty.buffer.ByteBuf;
import io.tardy.Frame;
import io.tardy.FrameFailedException;
import io.tardy.aio.ConnectError;
import io.tardy.aio.DeadlineExceededException;
import io.tardy.aio.RecvError;
import io.tardy.aio.SendError;
import io.tardy.aio.SocketError;
import io.tardy.aio.TardyIOException;
import io.tardy.aio.TaskState;
import io.tardy.net.Socket;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.net.SocketAddress;
import java.net.StandardSocketOptions;
import java.net.UnixDomainSocketAddress;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import jdk.net.ExtendedSocketOptions;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** How connections are made, refused, ended and configured. */
interface ConnectionContract extends ConnectedFixture {

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

    /** Whoever makes it and connects in one line has no name for it, and could not close it. */
    @Test
    default void aStreamWhoseConnectFailsIsClosed() throws Exception {
        inFrame(
                rt -> {
                    try (Socket listener = TransportFixture.listenAnywhere()) {
                        int port = TransportFixture.port(listener);
                        Socket late = Socket.tcp("127.0.0.1", port);
                        assertThatExceptionOfType(DeadlineExceededException.class)
                                .isThrownBy(() -> late.connect(Duration.ZERO));
                        assertThat(late.isClosed()).isTrue();
                        listener.close();
                        Socket refused = Socket.tcp("127.0.0.1", port);
                        assertFailure(refused::connect, ConnectError.CONNECTION_REFUSED);
                        assertThat(refused.isClosed()).isTrue();
                        assertFailure(refused::connect, ConnectError.INVALID_FD);
                    }
                });
    }

    /** A mistake of its program ends nothing that goes on. */
    @Test
    default void aStreamThatIsInUseSurvivesACallThatItRefuses() throws Exception {
        withPair(
                (rt, client, peer) -> {
                    assertFailure(client::connect, ConnectError.ALREADY_CONNECTED);
                    assertFailure(client::bind, SocketError.INVALID_ARGUMENTS);
                    assertFailure(() -> peer.listen(1), SocketError.INVALID_ARGUMENTS);
                    client.sendAll(bytes("on!!"));
                    ByteBuffer into = ByteBuffer.allocate(4);
                    assertThat(peer.recvAll(into)).isEqualTo(4);
                    assertThat(text(into)).isEqualTo("on!!");
                });
        inFrame(
                rt -> {
                    try (Socket listener = TransportFixture.listenAnywhere()) {
                        assertFailure(listener::connect, ConnectError.ALREADY_CONNECTED);
                        try (Socket client = TransportFixture.connectTo(listener);
                                Socket peer = listener.accept()) {
                            assertThat(peer.remoteAddress()).isEqualTo(client.localAddress());
                        }
                    }
                });
    }

    @Test
    default void closingWakesWhoWaitsWithAnError() throws Exception {
        withPair(
                (rt, client, peer) -> {
                    Frame<ByteBuf> receiving = rt.spawnCall(() -> client.recv());
                    Frame<Void> sending = rt.spawn(() -> sendForEver(client));
                    Frame.delay(Duration.ofMillis(5));
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
                            Frame<ByteBuf> old = rt.spawnCall(() -> peer.recv());
                            Frame.yield();
                            client.sendAll(bytes("old"));
                            peer.close();
                            client.close();
                            try (Socket fresh = TransportFixture.connectTo(listener);
                                    Socket freshPeer = listener.accept()) {
                                ByteBuffer into = ByteBuffer.allocate(4);
                                Frame<Integer> receiving =
                                        rt.spawnCall(() -> freshPeer.recvAll(into));
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
    default void aResetConnectionIsAnErrorAndNotTheEnd() throws Exception {
        withPair(
                (rt, client, peer) -> {
                    Frame<ByteBuf> receiving = rt.spawnCall(() -> peer.recv());
                    Frame.delay(Duration.ofMillis(1));
                    client.setOption(StandardSocketOptions.SO_LINGER, 0);
                    client.close();
                    assertFailure(receiving, RecvError.CONNECTION_RESET_BY_PEER);
                    assertFailure(() -> peer.sendAll(bytes("x")), SendError.BROKEN_PIPE);
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
    @NotSimulated(NotSimulated.FILES)
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
}
