package io.tardy.testsuite;

import static io.tardy.testsuite.FileContract.bytes;
import static io.tardy.testsuite.NamesContract.knowing;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import io.tardy.aio.Datagram;
import io.tardy.aio.SocketError;
import io.tardy.aio.SocketKind;
import io.tardy.aio.TardyIOException;
import io.tardy.net.Socket;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.SocketAddress;
import java.net.UnixDomainSocketAddress;
import java.nio.ByteBuffer;
import java.nio.file.Path;
import java.util.List;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A client that connects from an address of its choice. */
interface LocalAddressContract extends SocketFixture {

    /** Any port there. */
    static InetSocketAddress at(String literal) {
        return new InetSocketAddress(InetAddress.ofLiteral(literal), 0);
    }

    /** One that nobody has now. */
    private static InetSocketAddress free(String literal) throws Exception {
        try (Socket socket = Socket.tcp(at(literal)).bind()) {
            return (InetSocketAddress) socket.localAddress();
        }
    }

    private static void assertBindFails(ThrowingCallable call, SocketError error, String... words) {
        assertThatExceptionOfType(TardyIOException.class)
                .isThrownBy(call)
                .withMessageStartingWith("bind failed: " + error)
                .withMessageContainingAll(words);
    }

    @Test
    default void aClientConnectsFromWhereItIsBound() throws Exception {
        inFrame(
                rt -> {
                    for (String loopback : List.of("127.0.0.1", "::1")) {
                        InetSocketAddress local = free(loopback);
                        try (Socket listener = Socket.tcp(at(loopback)).bind().listen(1);
                                Socket client =
                                        Socket.tcp((InetSocketAddress) listener.localAddress())
                                                .bindLocal(local)) {
                            assertThat(client.localAddress()).isEqualTo(local);
                            client.connect();
                            try (Socket peer = listener.accept()) {
                                assertThat(peer.remoteAddress()).isEqualTo(local);
                            }
                        }
                    }
                });
    }

    @Test
    default void theSystemChoosesThePortThatIsNotNamed() throws Exception {
        inFrame(
                rt -> {
                    try (Socket listener = TransportFixture.listenAnywhere();
                            Socket client =
                                    Socket.tcp((InetSocketAddress) listener.localAddress())
                                            .bindLocal(at("127.0.0.1"))) {
                        SocketAddress local = client.localAddress();
                        assertThat(client.connect().localAddress()).isEqualTo(local);
                        try (Socket peer = listener.accept()) {
                            assertThat(peer.remoteAddress()).isEqualTo(local);
                        }
                    }
                });
    }

    /** Nobody listens at the others: of another family, and of the same. */
    @Test
    default void everyAddressOfItsFamilyIsTriedFromThere() throws Exception {
        inFrame(
                tardy().nameResolver(knowing("::1", "127.0.0.2", "::2", "127.0.0.1")),
                rt -> {
                    for (SocketAddress local : List.of(at("127.0.0.1"), free("127.0.0.1"))) {
                        try (Socket listener = TransportFixture.listenAnywhere();
                                Socket client =
                                        Socket.tcp("host", TransportFixture.port(listener))
                                                .bindLocal(local)
                                                .connect();
                                Socket peer = listener.accept()) {
                            InetSocketAddress from = (InetSocketAddress) peer.remoteAddress();
                            assertThat(from).isEqualTo(client.localAddress());
                            assertThat(from.getAddress())
                                    .isEqualTo(((InetSocketAddress) local).getAddress());
                            int port = ((InetSocketAddress) local).getPort();
                            assertThat(from.getPort()).isEqualTo(port == 0 ? from.getPort() : port);
                        }
                    }
                });
    }

    @Test
    default void noAddressInParticularIsOneOfEachFamily() throws Exception {
        for (String wildcard : List.of("0.0.0.0", "::")) {
            for (String loopback : List.of("127.0.0.1", "::1")) {
                String other = loopback.equals("::1") ? "127.0.0.1" : "::1";
                inFrame(
                        tardy().nameResolver(knowing(other, loopback)),
                        rt -> {
                            int port = free(loopback).getPort();
                            SocketAddress local =
                                    new InetSocketAddress(InetAddress.ofLiteral(wildcard), port);
                            try (Socket listener = Socket.tcp(at(loopback)).bind().listen(1);
                                    Socket client =
                                            Socket.tcp("host", TransportFixture.port(listener))
                                                    .bindLocal(local)
                                                    .connect();
                                    Socket peer = listener.accept()) {
                                assertThat(peer.remoteAddress())
                                        .isEqualTo(new InetSocketAddress(loopback, port))
                                        .isEqualTo(client.localAddress());
                            }
                        });
            }
        }
    }

    @Test
    default void whoCannotBeReachedFromThereIsSaidAtOnce() throws Exception {
        inFrame(
                tardy().nameResolver(knowing("127.0.0.1", "127.0.0.2")),
                rt -> {
                    try (Socket listener = TransportFixture.listenAnywhere();
                            Socket client = Socket.tcp("host", TransportFixture.port(listener))) {
                        assertBindFails(
                                () -> client.bindLocal(at("::1")),
                                SocketError.ADDRESS_FAMILY_NOT_SUPPORTED,
                                "/127.0.0.2",
                                "bind a local address of their family, or none");
                        client.bindLocal(at("127.0.0.1")).connect(); // it is as it was
                        listener.accept().close();
                    }
                });
    }

    @Test
    default void whoWasAcceptedHasItsAddress() throws Exception {
        inFrame(
                rt -> {
                    try (Socket listener = TransportFixture.listenAnywhere();
                            Socket client = TransportFixture.connectTo(listener);
                            Socket peer = listener.accept()) {
                        assertBindFails(peer::bind, SocketError.INVALID_ARGUMENTS, "EINVAL");
                        assertBindFails(
                                () -> peer.bindLocal(at("127.0.0.1")),
                                SocketError.INVALID_ARGUMENTS,
                                "EINVAL");
                        assertThatExceptionOfType(TardyIOException.class)
                                .isThrownBy(peer::connect)
                                .withMessageContaining("EISCONN");
                        assertThat(client.localAddress()).isEqualTo(peer.remoteAddress());
                        peer.close();
                        assertBindFails(peer::bind, SocketError.INVALID_FD, "EBADF");
                    }
                });
    }

    @Test
    default void anAddressThatIsNotFreeOrNotOursIsNamed() throws Exception {
        inFrame(
                rt -> {
                    try (Socket listener = TransportFixture.listenAnywhere();
                            Socket client =
                                    Socket.tcp((InetSocketAddress) listener.localAddress())) {
                        assertBindFails(
                                () -> client.bindLocal(listener.localAddress()),
                                SocketError.ADDRESS_IN_USE,
                                listener.localAddress().toString());
                        assertBindFails(
                                () -> client.bindLocal(at("192.0.2.1")),
                                SocketError.ADDRESS_NOT_AVAILABLE,
                                "192.0.2.1");
                        assertThatIllegalArgumentException()
                                .isThrownBy(
                                        () -> client.bindLocal(UnixDomainSocketAddress.of("path")))
                                .withMessageContaining("InetSocketAddress");
                        assertThatIllegalArgumentException()
                                .isThrownBy(
                                        () ->
                                                client.bindLocal(
                                                        InetSocketAddress.createUnresolved(
                                                                "host", 0)))
                                .withMessageContaining("is not resolved");
                        client.connect();
                        listener.accept().close();
                    }
                });
    }

    @Test
    default void aUdpClientSendsFromThereToTheFirstAddressOfItsFamily() throws Exception {
        inFrame(
                tardy().nameResolver(knowing("::1", "127.0.0.1")),
                rt -> {
                    try (Socket receiver = Socket.udp(at("127.0.0.1")).bind();
                            Socket client =
                                    Socket.udp("host", TransportFixture.port(receiver))
                                            .bindLocal(at("127.0.0.1"))
                                            .connect()) {
                        client.send(bytes("four"));
                        assertThat(receiver.recvFrom(ByteBuffer.allocate(9)))
                                .isEqualTo(new Datagram(client.localAddress(), 4, false));
                        receiver.sendTo(bytes("three"), client.localAddress());
                        assertThat(client.recv(ByteBuffer.allocate(9), AT_ONCE)).isEqualTo(5);
                    }
                });
    }

    @Test
    default void aClientWithAPathGetsAnAnswerThere(@TempDir Path folder) throws Exception {
        inFrameIfHas(
                SocketKind.UNIX_DATAGRAM,
                rt -> {
                    Path path = folder.resolve("server");
                    SocketAddress local = UnixDomainSocketAddress.of(folder.resolve("client"));
                    try (Socket server = Socket.unixDatagram(path).bind();
                            Socket client = Socket.unixDatagram(path).bindLocal(local).connect()) {
                        client.send(bytes("question"));
                        Datagram received = server.recvFrom(ByteBuffer.allocate(9));
                        assertThat(received.sender()).isEqualTo(local);
                        server.sendTo(bytes("answer"), received.sender());
                        assertThat(client.recv(ByteBuffer.allocate(9))).isEqualTo(6);
                    }
                });
    }
}
