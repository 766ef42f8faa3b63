package io.tardy.testsuite;

import static io.tardy.testsuite.FileContract.bytes;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import io.tardy.Tardy;
import io.tardy.TardyRuntime;
import io.tardy.aio.AsyncSubmission.Connect;
import io.tardy.aio.AsyncSubmission.Send;
import io.tardy.aio.AsyncType;
import io.tardy.aio.Datagram;
import io.tardy.aio.Errno;
import io.tardy.aio.RecvError;
import io.tardy.aio.SocketError;
import io.tardy.aio.SocketKind;
import io.tardy.fs.Dir;
import io.tardy.net.Socket;
import io.tardy.os.SocketHandle;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.NetworkInterface;
import java.net.SocketAddress;
import java.net.StandardSocketOptions;
import java.net.UnixDomainSocketAddress;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Addresses: which ones are taken, and that the one of a connection stays. */
interface SocketAddressContract extends SocketFixture {

    /** Whether a UDP socket that is connected may send elsewhere; the JDK's may not. */
    default boolean sendsToOthersWhenConnected() {
        return transport() != AsyncType.POLL;
    }

    @Test
    default void theAddressOfAConnectionStaysAfterItWasReset() throws Exception {
        inFrame(
                rt -> {
                    try (Socket listener = TransportFixture.listenAnywhere()) {
                        for (boolean clientResets : new boolean[] {true, false}) {
                            try (Socket client = TransportFixture.connectTo(listener);
                                    Socket peer = listener.accept()) {
                                Socket resetting = clientResets ? client : peer;
                                Socket reset = clientResets ? peer : client;
                                SocketAddress there = resetting.localAddress();
                                SocketAddress here = reset.localAddress();
                                reset(resetting, reset);
                                assertThat(reset.remoteAddress()).isEqualTo(there);
                                assertThat(reset.localAddress()).isEqualTo(here);
                            }
                        }
                    }
                });
    }

    /** One end resets the connection, of which the other is told. */
    private static void reset(Socket resetting, Socket reset) throws Exception {
        resetting.setOption(StandardSocketOptions.SO_LINGER, 0);
        resetting.close();
        FileContract.assertFailure(
                () -> reset.recv(ByteBuffer.allocate(1)),
                RecvError.CONNECTION_RESET_BY_PEER,
                Errno.ECONNRESET);
    }

    @Test
    default void theAddressOfAConnectionOverIpv6StaysToo() throws Exception {
        inFrame(
                rt -> {
                    try (Socket listener = Socket.tcp("::1", 0).bind().listen(1);
                            Socket client =
                                    Socket.tcp("::1", TransportFixture.port(listener)).connect();
                            Socket peer = listener.accept()) {
                        SocketAddress there = client.localAddress();
                        assertThat(peer.remoteAddress()).isEqualTo(there);
                        reset(client, peer);
                        assertThat(peer.remoteAddress()).isEqualTo(there);
                    }
                });
    }

    @Test
    default void whoIsNotConnectedHasNoAddressOfAnotherEnd(@TempDir Path folder) throws Exception {
        inFrame(
                rt -> {
                    for (Stage stage : List.of(Stage.NEW, Stage.LISTENING)) {
                        try (Staged staged = new Staged(folder)) {
                            assertThat(staged.open(SocketKind.TCP, stage).remoteAddress())
                                    .as(stage.name())
                                    .isNull();
                        }
                    }
                });
    }

    /**
     * A path with its zero has 108 bytes in the system's structure. The JDK wants one more free.
     */
    private int pathBytesMax() {
        return transport() == AsyncType.POLL ? 106 : 107;
    }

    /** Named in a way that {@code ä}, of two bytes, shows who counts characters. */
    private static Path ofBytes(Path folder, int bytes) {
        int left = bytes - folder.toString().length() - 1 - 2;
        return folder.resolve("ä" + "x".repeat(left));
    }

    @Test
    @NotSimulated(NotSimulated.FILES)
    default void theLongestPathWorksForEverythingAndAByteMoreForNothing() throws Exception {
        Path folder = Files.createTempDirectory(Path.of("/tmp"), "junit");
        int most = pathBytesMax();
        try {
            inFrame(
                    rt -> {
                        streamAt(ofBytes(folder, most));
                        if (has(SocketKind.UNIX_DATAGRAM)) {
                            datagramAt(ofBytes(folder, most));
                        }
                        for (int bytes = most + 1; bytes < 112; bytes++) {
                            try (Staged staged = new Staged(folder)) {
                                refusedAt(staged, ofBytes(folder, bytes));
                            }
                        }
                    });
        } finally {
            Files.delete(folder);
        }
    }

    private void refusedAt(Staged staged, Path tooLong) throws Exception {
        SocketAddress address = UnixDomainSocketAddress.of(tooLong);
        for (SocketKind kind : List.of(SocketKind.UNIX, SocketKind.UNIX_DATAGRAM)) {
            if (has(kind)) {
                assertTooLong(() -> staged.to(kind, address).bind());
                assertTooLong(() -> staged.to(kind, address).connect());
            }
        }
        if (has(SocketKind.UNIX_DATAGRAM)) {
            Socket sender = staged.open(SocketKind.UNIX_DATAGRAM, Stage.NEW);
            assertTooLong(() -> sender.sendTo(bytes("x"), address));
        }
    }

    private static void streamAt(Path path) throws Exception {
        try (Socket listener = Socket.unix(path).bind().listen(1);
                Socket client = Socket.unix(path).connect();
                Socket peer = listener.accept()) {
            client.sendAll(bytes("x"));
            assertThat(peer.recv(ByteBuffer.allocate(9))).isOne();
            assertThat(client.remoteAddress()).isEqualTo(UnixDomainSocketAddress.of(path));
        } finally {
            Files.delete(path);
        }
    }

    private static void datagramAt(Path path) throws Exception {
        try (Socket receiver = Socket.unixDatagram(path).bind();
                Socket sender = Socket.unixDatagram(path)) {
            sender.sendTo(bytes("x"), UnixDomainSocketAddress.of(path));
            sender.connect();
            sender.send(ByteBuffer.allocateDirect(1));
            assertThat(receiver.recv(ByteBuffer.allocate(9))).isOne();
            assertThat(receiver.recv(ByteBuffer.allocate(9))).isOne();
        } finally {
            Files.delete(path);
        }
    }

    private static void assertTooLong(ThrowingCallable call) {
        FileContract.assertFailureNamed(call, "NAME_TOO_LONG", Errno.ENAMETOOLONG);
    }

    @Test
    default void portZeroIsNowhereToSend() throws Exception {
        inFrame(
                rt -> {
                    try (Socket socket = Socket.udp("127.0.0.1", 0)) {
                        SocketAddress nowhere = new InetSocketAddress("127.0.0.1", 0);
                        assertThat(
                                        SocketFixture.outcomeOf(
                                                () -> socket.sendTo(bytes("x"), nowhere)))
                                .isEqualTo("EINVAL");
                        assertThat(SocketFixture.outcomeOf(socket::connect)).isEqualTo("EINVAL");
                    }
                });
    }

    @Test
    default void anAddressOfAnotherFamilyIsMisuse(@TempDir Path folder) throws Exception {
        withStaged(
                folder,
                staged -> {
                    Socket udp = staged.open(SocketKind.UDP, Stage.NEW);
                    assertThatIllegalArgumentException()
                            .isThrownBy(
                                    () ->
                                            udp.sendTo(
                                                    bytes("x"), UnixDomainSocketAddress.of(folder)))
                            .withMessageContaining("InetSocketAddress");
                    if (has(SocketKind.UNIX_DATAGRAM)) {
                        Socket unix = staged.open(SocketKind.UNIX_DATAGRAM, Stage.NEW);
                        assertThatIllegalArgumentException()
                                .isThrownBy(
                                        () ->
                                                unix.sendTo(
                                                        bytes("x"),
                                                        new InetSocketAddress("127.0.0.1", 9)))
                                .withMessageContaining("UnixDomainSocketAddress");
                    }
                });
    }

    @Test
    default void aUdpSocketMayConnectAgain(@TempDir Path folder) throws Exception {
        withStaged(
                folder,
                staged -> {
                    Socket peer = staged.target(SocketKind.UDP);
                    Socket socket = staged.to(SocketKind.UDP, peer.localAddress()).connect();
                    SocketAddress here = socket.localAddress();
                    socket.connect();
                    assertThat(socket.remoteAddress()).isEqualTo(peer.localAddress());
                    assertThat(socket.localAddress()).isEqualTo(here);
                    socket.send(ByteBuffer.allocateDirect(3));
                    assertThat(peer.recv(ByteBuffer.allocate(9))).isEqualTo(3);
                    staged.target(SocketKind.UDP).sendTo(bytes("stranger"), here);
                    peer.sendTo(bytes("x"), here);
                    assertThat(socket.recv(ByteBuffer.allocate(9))).isOne();
                });
    }

    /** A {@code Socket} has one address, so this goes by submissions. */
    @Test
    @NotSimulated(NotSimulated.ENTRY)
    default void aUdpSocketWhoseNextConnectFailsStaysConnected() throws Exception {
        SocketAddress broadcast = new InetSocketAddress("255.255.255.255", 9); // not allowed
        try (Tardy tardy = tardy().build()) {
            SocketHandle handle = SocketHandle.of(provider().openSocket(SocketKind.UDP));
            List<Object> seen = new ArrayList<>();
            tardy.entry(
                    handle,
                    (rt, socket) ->
                            rt.spawn(
                                    () -> {
                                        try (Socket peer = Socket.udp("127.0.0.1", 0).bind()) {
                                            SocketAddress to = peer.localAddress();
                                            TardyRuntime.ioAwait(new Connect(socket, to)).unwrap();
                                            var second = new Connect(socket, broadcast);
                                            seen.add(
                                                    SocketFixture.outcomeOf(
                                                            () ->
                                                                    TardyRuntime.ioAwait(second)
                                                                            .unwrap()));
                                            seen.add(socket.remoteAddress().equals(to));
                                            var send = new Send(socket, bytes("four"));
                                            seen.add(TardyRuntime.ioAwait(send).unwrap());
                                            seen.add(peer.recv(ByteBuffer.allocate(9), AT_ONCE));
                                        }
                                    }));
            handle.close();
            assertThat(seen).containsExactly("EACCES", true, 4, 4);
        }
    }

    @Test
    default void whoConnectsToNoAddressInParticularReachesTheLoopbackOfTheSameFamily()
            throws Exception {
        Map<String, String> wildcards = Map.of("127.0.0.1", "0.0.0.0", "::1", "::");
        inFrame(
                rt -> {
                    for (Map.Entry<String, String> entry : wildcards.entrySet()) {
                        String loopback = entry.getKey();
                        String wildcard = entry.getValue();
                        try (Socket listener = Socket.tcp(loopback, 0).bind().listen(1);
                                Socket client =
                                        Socket.tcp(wildcard, TransportFixture.port(listener))) {
                            client.connect();
                            assertThat(client.remoteAddress()).isEqualTo(listener.localAddress());
                            listener.accept().close();
                        }
                        try (Socket receiver = Socket.udp(loopback, 0).bind()) {
                            int port = TransportFixture.port(receiver);
                            try (Socket client = Socket.udp(wildcard, port)) {
                                client.sendTo(bytes("12"), new InetSocketAddress(wildcard, port));
                                client.connect();
                                assertThat(client.remoteAddress())
                                        .isEqualTo(receiver.localAddress());
                                client.send(bytes("123"));
                                client.sendTo(bytes("1234"), new InetSocketAddress(wildcard, port));
                            }
                            for (int length = 2; length <= 4; length++) {
                                assertThat(receiver.recv(ByteBuffer.allocate(9), AT_ONCE))
                                        .isEqualTo(length);
                            }
                        }
                    }
                });
    }

    @Test
    default void aConnectedUdpSocketSendsToOthersWhereTheTransportCan(@TempDir Path folder)
            throws Exception {
        withStaged(
                folder,
                staged -> {
                    Socket peer = staged.target(SocketKind.UDP);
                    Socket other = staged.target(SocketKind.UDP);
                    Socket socket = staged.to(SocketKind.UDP, peer.localAddress()).connect();
                    socket.sendTo(bytes("to the peer"), peer.localAddress());
                    ByteBuffer into = ByteBuffer.allocate(100);
                    assertThat(peer.recvFrom(into))
                            .isEqualTo(new Datagram(socket.localAddress(), 11, false));
                    String outcome =
                            SocketFixture.outcomeOf(
                                    () -> socket.sendTo(bytes("other"), other.localAddress()));
                    if (!sendsToOthersWhenConnected()) {
                        assertThat(outcome).isEqualTo("EISCONN");
                    } else {
                        assertThat(outcome).isEqualTo("ok");
                        assertThat(other.recvFrom(into.clear()).length()).isEqualTo(5);
                    }
                    assertThat(socket.remoteAddress()).isEqualTo(peer.localAddress());
                });
    }

    @Test
    @NotSimulated(NotSimulated.MULTICAST)
    default void aGroupIsJoinedOnceAndLeftOnceAndMustBeOne(@TempDir Path folder) throws Exception {
        NetworkInterface loopback =
                NetworkInterface.getByInetAddress(InetAddress.getLoopbackAddress());
        InetAddress group = InetAddress.getByName("239.255.7.8");
        withStaged(
                folder,
                staged -> {
                    Socket socket = Socket.udp("0.0.0.0", 0);
                    try (socket) {
                        socket.bind();
                        List<String> outcomes = new ArrayList<>();
                        for (int i = 0; i < 2; i++) {
                            outcomes.add(
                                    SocketFixture.outcomeOf(() -> socket.join(group, loopback)));
                        }
                        for (int i = 0; i < 2; i++) {
                            outcomes.add(
                                    SocketFixture.outcomeOf(() -> socket.leave(group, loopback)));
                        }
                        outcomes.add(SocketFixture.outcomeOf(() -> socket.join(group, loopback)));
                        assertThat(outcomes)
                                .containsExactly("ok", "EADDRINUSE", "ok", "EADDRNOTAVAIL", "ok");
                        assertThatIllegalArgumentException()
                                .isThrownBy(
                                        () ->
                                                socket.join(
                                                        InetAddress.getLoopbackAddress(), loopback))
                                .withMessageContaining("multicast");
                    }
                    Socket tcp = staged.open(SocketKind.TCP, Stage.NEW);
                    assertThat(SocketFixture.outcomeOf(() -> tcp.join(group, loopback)))
                            .isEqualTo("EOPNOTSUPP");
                });
    }

    @Test
    default void aDirThatIsClosedListsNothingAndSaysSoAsItsSiblingsDo(@TempDir Path folder)
            throws Exception {
        inFrame(
                rt -> {
                    Dir dir = Dir.open(folder);
                    dir.close();
                    FileContract.assertFailureNamed(dir::list, "INVALID_FD", Errno.EBADF);
                    FileContract.assertFailureNamed(
                            () -> dir.stat(Path.of("x")), "INVALID_FD", Errno.EBADF);
                });
    }

    @Test
    @NotSimulated(NotSimulated.UNIXDGRAM)
    default void aDatagramSocketOfTheUnixDomainIsOpenedForATardyOutsideOfARuntime(
            @TempDir Path folder) throws Exception {
        try (Tardy tardy = tardy().build()) {
            if (!has(SocketKind.UNIX_DATAGRAM)) {
                FileContract.assertFailure(
                        () -> Socket.unixDatagram(tardy, folder.resolve("s")),
                        SocketError.OPERATION_NOT_SUPPORTED,
                        Errno.EOPNOTSUPP);
                return;
            }
            try (Socket socket = Socket.unixDatagram(tardy, folder.resolve("s")).bind()) {
                tardy.entry(
                        socket,
                        (rt, receiver) ->
                                rt.spawn(
                                        () -> {
                                            try (Socket sender =
                                                    Socket.unixDatagram(folder.resolve("c"))) {
                                                sender.sendTo(bytes("x"), receiver.localAddress());
                                                receiver.recv(ByteBuffer.allocate(1));
                                            }
                                        }));
            }
        }
    }
}
