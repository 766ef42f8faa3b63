package io.tardy.testsuite;

import static io.tardy.testsuite.FileContract.bytes;
import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import io.netty.channel.unix.DomainSocketAddress;
import io.tardy.Tardy;
import io.tardy.aio.AsyncType;
import io.tardy.aio.Datagram;
import io.tardy.aio.PathlessUnixAddress;
import io.tardy.aio.SocketKind;
import io.tardy.net.Socket;
import io.tardy.os.PathBytes;
import java.net.SocketAddress;
import java.net.UnixDomainSocketAddress;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.UUID;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Names of Unix sockets: a path at which there is something is not taken, and some have none. */
interface UnixNameContract extends SocketFixture {

    private List<SocketKind> unixKinds() {
        return List.of(SocketKind.UNIX, SocketKind.UNIX_DATAGRAM).stream()
                .filter(this::has)
                .toList();
    }

    private static String outcomeOfBind(Staged staged, SocketKind kind, Path path)
            throws Exception {
        Socket socket = staged.to(kind, UnixDomainSocketAddress.of(path));
        return SocketFixture.outcomeOf(socket::bind);
    }

    @Test
    @NotSimulated(NotSimulated.FILES)
    default void bindLeavesWhatIsAtThePath(@TempDir Path folder) throws Exception {
        inFrame(
                rt -> {
                    for (SocketKind kind : unixKinds()) {
                        Path own = Files.createDirectory(folder.resolve(kind.name()));
                        Path file = Files.writeString(own.resolve("file"), "precious");
                        Path link = Files.createSymbolicLink(own.resolve("link"), file);
                        Path nowhere = own.resolve("to nothing");
                        Files.createSymbolicLink(nowhere, own.resolve("nothing"));
                        Path full = Files.createDirectory(own.resolve("full"));
                        Files.createFile(full.resolve("x"));
                        Path left = own.resolve("left");
                        try (Socket closed = bound(kind, left)) {
                            assertThat(closed.localAddress())
                                    .isEqualTo(UnixDomainSocketAddress.of(left));
                        }
                        try (Staged staged = new Staged(own)) {
                            List<String> outcomes = new ArrayList<>();
                            for (Path path : List.of(file, link, nowhere, full, left)) {
                                outcomes.add(outcomeOfBind(staged, kind, path));
                                assertThat(Files.exists(path, LinkOption.NOFOLLOW_LINKS)).isTrue();
                            }
                            assertThat(outcomes)
                                    .as(kind.name())
                                    .hasSize(5)
                                    .containsOnly("EADDRINUSE");
                        }
                        assertThat(Files.readString(file)).isEqualTo("precious");
                        assertThat(Files.readSymbolicLink(link)).isEqualTo(file);
                        assertThat(Files.exists(own.resolve("nothing"))).isFalse();
                    }
                });
    }

    private static Socket bound(SocketKind kind, Path path) throws Exception {
        Socket socket = kind == SocketKind.UNIX ? Socket.unix(path) : Socket.unixDatagram(path);
        return socket.bind();
    }

    @Test
    default void aServerKeepsThePathThatItListensAt(@TempDir Path folder) throws Exception {
        withStaged(
                folder,
                staged -> {
                    Socket server = staged.target(SocketKind.UNIX);
                    Path path = ((UnixDomainSocketAddress) server.localAddress()).getPath();
                    assertThat(outcomeOfBind(staged, SocketKind.UNIX, path))
                            .isEqualTo("EADDRINUSE");
                    staged.to(SocketKind.UNIX, server.localAddress()).connect();
                    server.accept().close();
                });
    }

    @Test
    @NotSimulated(NotSimulated.FILES)
    default void whatOthersHavePutAtThePathMeanwhileStaysWhenItListens(@TempDir Path folder)
            throws Exception {
        inFrame(
                rt -> {
                    Path path = folder.resolve("s");
                    try (Socket socket = Socket.unix(path).bind()) {
                        Files.delete(path);
                        Files.writeString(path, "precious");
                        SocketFixture.outcomeOf(() -> socket.listen(1)); // here it may or may not
                        assertThat(Files.readString(path)).isEqualTo("precious");
                    }
                });
    }

    @Test
    default void anEmptyPathIsMisuse(@TempDir Path folder) throws Exception {
        SocketAddress empty = UnixDomainSocketAddress.of("");
        inFrame(
                rt -> {
                    for (SocketKind kind : unixKinds()) {
                        try (Staged staged = new Staged(folder)) {
                            assertEmpty(() -> staged.to(kind, empty).bind());
                            assertEmpty(() -> staged.to(kind, empty).connect());
                            if (kind.isDatagram()) {
                                Socket sender = staged.open(kind, Stage.NEW);
                                assertEmpty(() -> sender.sendTo(bytes("x"), empty));
                            }
                        }
                    }
                });
    }

    private static void assertEmpty(ThrowingCallable call) {
        assertThatIllegalArgumentException()
                .isThrownBy(call)
                .withMessageContaining("the path is empty");
    }

    /** Of Linux only, and made by Netty: its texts may begin with a zero. */
    private static DomainSocketAddress nettys(PathlessUnixAddress name) {
        Tardy.builder().async(AsyncType.EPOLL).build().close(); // its library is loaded now
        return new DomainSocketAddress("\0" + new String(name.name(), UTF_8));
    }

    private static PathlessUnixAddress newAbstractName() {
        return PathlessUnixAddress.ofAbstract(UUID.randomUUID().toString());
    }

    @Test
    @NotSimulated(NotSimulated.PEERS)
    default void aPeerWithoutAPathIsServedAndHasItsAbstractNameOrNone(@TempDir Path folder)
            throws Exception {
        inFrame(
                rt -> {
                    Path path = folder.resolve("s");
                    try (Socket listener = Socket.unix(path).bind().listen(8)) {
                        PathlessUnixAddress name = newAbstractName();
                        DomainSocketAddress nettys = nettys(name);
                        var abstractPeer = io.netty.channel.unix.Socket.newSocketDomain();
                        abstractPeer.bind(nettys);
                        abstractPeer.connect(new DomainSocketAddress(path.toString()));
                        try (Socket accepted = listener.accept()) {
                            assertThat(accepted.remoteAddress())
                                    .isEqualTo(transport() == AsyncType.POLL ? null : name);
                            assertThat(accepted.localAddress())
                                    .isEqualTo(UnixDomainSocketAddress.of(path));
                            abstractPeer.close();
                            assertThat(accepted.recv(ByteBuffer.allocate(1))).isEqualTo(-1);
                        }
                        try (Socket client = Socket.unix(path).connect();
                                Socket accepted = listener.accept()) {
                            assertThat(accepted.remoteAddress()).isNull();
                            assertThat(client.localAddress()).isNull();
                            assertThat(client.remoteAddress())
                                    .isEqualTo(UnixDomainSocketAddress.of(path));
                        }
                    }
                });
    }

    @Test
    @NotSimulated(NotSimulated.UNIXDGRAM)
    default void aDatagramOfASenderWithoutAPathArrivesAndSaysWhoItIs(@TempDir Path folder)
            throws Exception {
        inFrameIfHas(
                SocketKind.UNIX_DATAGRAM,
                rt -> {
                    Path path = folder.resolve("s");
                    PathlessUnixAddress name = newAbstractName();
                    DomainSocketAddress nettys = nettys(name);
                    var sender = io.netty.channel.unix.Socket.newSocketDomainDgram();
                    try (Socket receiver = Socket.unixDatagram(path).bind();
                            Socket unbound = Socket.unixDatagram(path)) {
                        sender.bind(nettys);
                        sender.sendToDomainSocket(
                                ByteBuffer.allocateDirect(3), 0, 3, PathBytes.of(path));
                        Datagram named = receiver.recvFrom(ByteBuffer.allocate(9));
                        assertThat(named).isEqualTo(new Datagram(name, 3, false));
                        receiver.sendTo(bytes("four"), named.sender());
                        ByteBuffer into = ByteBuffer.allocateDirect(9);
                        assertThat(sender.recv(into, 0, 9)).isEqualTo(4);
                        unbound.sendTo(bytes("five!"), receiver.localAddress());
                        Datagram unnamed = receiver.recvFrom(ByteBuffer.allocate(9));
                        assertThat(unnamed)
                                .isEqualTo(new Datagram(PathlessUnixAddress.UNNAMED, 5, false));
                        assertThatIllegalArgumentException()
                                .isThrownBy(() -> receiver.sendTo(bytes("x"), unnamed.sender()))
                                .withMessageContaining("without a name");
                    } finally {
                        sender.close();
                    }
                });
    }

    @Test
    @NotSimulated(NotSimulated.UNIXDGRAM)
    default void anAbstractNameThatNobodyHasOrThatIsTooLongIsAnError(@TempDir Path folder)
            throws Exception {
        inFrameIfHas(
                SocketKind.UNIX_DATAGRAM,
                rt -> {
                    try (Socket sender = Socket.unixDatagram(folder.resolve("s"))) {
                        assertThat(
                                        SocketFixture.outcomeOf(
                                                () -> sender.sendTo(bytes("x"), newAbstractName())))
                                .isEqualTo("ECONNREFUSED");
                        assertThat(
                                        SocketFixture.outcomeOf(
                                                () ->
                                                        sender.sendTo(
                                                                bytes("x"),
                                                                PathlessUnixAddress.ofAbstract(
                                                                        "x".repeat(108)))))
                                .isEqualTo("ENAMETOOLONG");
                    }
                });
    }
}
