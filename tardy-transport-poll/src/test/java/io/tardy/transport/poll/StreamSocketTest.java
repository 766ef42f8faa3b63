package io.tardy.transport.poll;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import io.tardy.aio.Errno;
import io.tardy.aio.SocketKind;
import io.tardy.aio.TardyIOException;
import io.tardy.os.SocketHandle;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.net.StandardSocketOptions;
import java.net.UnixDomainSocketAddress;
import java.nio.ByteBuffer;
import java.nio.channels.SocketChannel;
import java.nio.file.Path;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class StreamSocketTest {

    private static final InetSocketAddress ANYWHERE = new InetSocketAddress("127.0.0.1", 0);

    private final PollTransport transport = new PollTransport();

    @FunctionalInterface
    interface Use {
        void of(SocketHandle socket) throws Exception;
    }

    private void with(SocketKind kind, Use use) throws Exception {
        SocketHandle socket = SocketHandle.of(transport.openSocket(kind));
        try {
            use.of(socket);
        } finally {
            socket.close();
        }
    }

    private static void assertErrno(ThrowingCallable call, Errno errno) {
        assertThatExceptionOfType(TardyIOException.class)
                .isThrownBy(call)
                .satisfies(e -> assertThat(e.errno()).isEqualTo(errno.number()));
    }

    private static SocketHandle awaitAccept(SocketHandle listener) throws TardyIOException {
        SocketHandle peer = null;
        while (peer == null) {
            peer = listener.accept();
            Thread.onSpinWait();
        }
        return peer;
    }

    private static int port(SocketHandle socket) throws TardyIOException {
        return ((InetSocketAddress) socket.localAddress()).getPort();
    }

    @Test
    void theAddressThatBindChoseIsTheOneThatItListensAt() throws Exception {
        for (boolean reuse : new boolean[] {true, false}) {
            with(
                    SocketKind.TCP,
                    socket -> {
                        socket.setOption(StandardSocketOptions.SO_REUSEADDR, reuse);
                        assertThat(socket.localAddress()).isNull();
                        socket.bind(ANYWHERE);
                        int port = port(socket);
                        assertThat(port).isPositive();
                        socket.listen(1);
                        assertThat(port(socket)).isEqualTo(port);
                        assertThat(socket.getOption(StandardSocketOptions.SO_REUSEADDR))
                                .isEqualTo(reuse);
                        try (Socket client = new Socket("127.0.0.1", port)) {
                            awaitAccept(socket).close();
                            assertThat(client.getInputStream().read()).isEqualTo(-1);
                        }
                    });
        }
    }

    @Test
    void beforeListenNobodyCanConnect() throws Exception {
        with(
                SocketKind.TCP,
                socket -> {
                    socket.bind(ANYWHERE);
                    assertThatExceptionOfType(IOException.class)
                            .isThrownBy(() -> new Socket("127.0.0.1", port(socket)).close());
                });
    }

    @Test
    void listeningWithoutBindingChoosesAPort() throws Exception {
        with(
                SocketKind.TCP,
                socket -> {
                    socket.listen(1);
                    assertThat(port(socket)).isPositive();
                    socket.listen(2); // once more does no harm
                });
    }

    @Test
    void optionsOutliveTheFirstChannelAndGoOnToConnections() throws Exception {
        with(
                SocketKind.TCP,
                socket -> {
                    socket.setOption(StandardSocketOptions.SO_RCVBUF, 40_000);
                    socket.setOption(StandardSocketOptions.SO_SNDBUF, 50_000);
                    socket.setOption(StandardSocketOptions.SO_KEEPALIVE, true);
                    int received = socket.getOption(StandardSocketOptions.SO_RCVBUF);
                    socket.bind(ANYWHERE);
                    socket.listen(1);
                    socket.setOption(StandardSocketOptions.TCP_NODELAY, true);
                    assertThat(socket.getOption(StandardSocketOptions.SO_RCVBUF))
                            .isEqualTo(received);
                    assertThat(socket.getOption(StandardSocketOptions.SO_SNDBUF)).isPositive();
                    assertThat(socket.getOption(StandardSocketOptions.SO_LINGER)).isNegative();
                    try (Socket client = new Socket("127.0.0.1", port(socket))) {
                        SocketHandle peer = awaitAccept(socket);
                        assertThat(peer.getOption(StandardSocketOptions.SO_KEEPALIVE)).isTrue();
                        assertThat(peer.getOption(StandardSocketOptions.TCP_NODELAY)).isTrue();
                        assertThat(peer.getOption(StandardSocketOptions.SO_SNDBUF))
                                .isGreaterThanOrEqualTo(50_000)
                                .isLessThan(200_000);
                        assertThat(peer.remoteAddress()).isEqualTo(client.getLocalSocketAddress());
                        peer.close();
                    }
                });
    }

    @Test
    void aListenerIsNoConnectionAndTheOtherWayRound() throws Exception {
        ByteBuffer buffer = ByteBuffer.allocateDirect(1);
        with(
                SocketKind.TCP,
                listener -> {
                    assertErrno(listener::accept, Errno.EINVAL);
                    assertThat(listener.recv(buffer)).isEqualTo(-Errno.ENOTCONN.number());
                    assertThat(listener.send(buffer)).isEqualTo(-Errno.EPIPE.number());
                    listener.bind(ANYWHERE);
                    assertErrno(() -> listener.bind(ANYWHERE), Errno.EINVAL);
                    listener.listen(1);
                    assertThat(listener.accept()).isNull();
                    assertThat(listener.recv(buffer)).isEqualTo(-Errno.ENOTCONN.number());
                    assertThat(listener.connect(listener.localAddress()))
                            .isEqualTo(-Errno.EISCONN.number());
                    assertErrno(listener::shutdownOutput, Errno.ENOTCONN);
                    try (SocketChannel client = SocketChannel.open(listener.localAddress())) {
                        assertThat(client.isConnected()).isTrue();
                        SocketHandle peer = awaitAccept(listener);
                        assertErrno(() -> peer.listen(1), Errno.EINVAL);
                        assertErrno(peer::accept, Errno.EINVAL);
                        peer.close();
                    }
                });
    }

    @Test
    void aPathOfTheUnixDomainIsListenedAtWhereItWasBound(@TempDir Path folder) throws Exception {
        UnixDomainSocketAddress address = UnixDomainSocketAddress.of(folder.resolve("s"));
        with(
                SocketKind.UNIX,
                listener -> {
                    assertErrno(() -> listener.listen(1), Errno.EINVAL);
                    listener.bind(address);
                    with(
                            SocketKind.UNIX,
                            second -> assertErrno(() -> second.bind(address), Errno.EADDRINUSE));
                    listener.listen(1);
                    assertThat(listener.localAddress()).isEqualTo(address);
                    try (SocketChannel client = SocketChannel.open(address)) {
                        SocketHandle peer = awaitAccept(listener);
                        client.write(ByteBuffer.wrap(new byte[] {1}));
                        assertThat(peer.recv(ByteBuffer.allocateDirect(2))).isEqualTo(1);
                        peer.close();
                    }
                });
        with(
                SocketKind.UNIX,
                nowhere ->
                        assertErrno(
                                () ->
                                        nowhere.bind(
                                                UnixDomainSocketAddress.of(
                                                        folder.resolve("none/s"))),
                                Errno.ENOENT));
    }

    @Test
    void datagramsOfTheUnixDomainAreRefusedInOneSentence() {
        assertThatExceptionOfType(TardyIOException.class)
                .isThrownBy(() -> transport.openSocket(SocketKind.UNIX_DATAGRAM))
                .withMessageContaining("OPERATION_NOT_SUPPORTED")
                .withMessageContaining("the JDK has no datagram sockets of the Unix domain");
    }

    @Test
    void theTransportSaysWhichSelectorItHas() {
        assertThat(transport.description()).isEqualTo("poll by poll(2)");
        assertThat(
                        new PollTransport(java.nio.channels.spi.SelectorProvider.provider())
                                .description())
                .startsWith("poll by the JDK's ");
    }
}
