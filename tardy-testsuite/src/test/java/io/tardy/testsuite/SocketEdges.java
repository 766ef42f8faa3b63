package io.tardy.testsuite;

import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import io.tardy.aio.TardyIOException;
import io.tardy.fs.File;
import io.tardy.net.Socket;
import io.tardy.net.Tls;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.NetworkInterface;
import java.net.SocketAddress;
import java.net.StandardSocketOptions;
import java.net.UnixDomainSocketAddress;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.security.NoSuchAlgorithmException;
import java.time.Duration;
import javax.net.ssl.SSLContext;

/** Every operation of a socket in every state of every kind. */
final class SocketEdges {

    private static final String DONE = "done";

    /** So much waits to be received where something does. */
    private static final int WAITING_BYTES = 8;

    /**
     * The socket.
     *
     * @param to where a datagram goes
     * @param file one of ten bytes
     */
    record Subject(Socket socket, SocketAddress to, File file) {}

    private SocketEdges() {}

    static EdgeTable<Subject> tcp() {
        EdgeTable<Subject> table =
                new EdgeTable<Subject>("TCP")
                        .state("new", scene -> subject(scene, tcp(scene)))
                        .state("bound", scene -> subject(scene, tcp(scene).bind()))
                        .state("listening", scene -> subject(scene, tcp(scene).bind().listen(8)));
        return streamRows(connectedStates(table, SocketEdges::tcp));
    }

    static EdgeTable<Subject> unix() {
        EdgeTable<Subject> table =
                new EdgeTable<Subject>("Unix stream")
                        .state("new", scene -> subject(scene, unix(scene)))
                        .state("bound", scene -> subject(scene, unix(scene).bind()))
                        .state("listening", scene -> subject(scene, unix(scene).bind().listen(8)));
        return streamRows(connectedStates(table, SocketEdges::unix));
    }

    static EdgeTable<Subject> udp() {
        return rows(
                new EdgeTable<Subject>("UDP")
                        .state("new", scene -> subject(scene, udp(scene)))
                        .state("bound", scene -> subject(scene, udp(scene).bind()))
                        .state(
                                "connected",
                                scene -> {
                                    Socket peer = udp(scene).bind();
                                    Socket socket = scene.keep(Socket.udp("127.0.0.1", port(peer)));
                                    socket.connect();
                                    peer.sendTo(bytes(), socket.localAddress());
                                    return subject(scene, socket);
                                })
                        .state(
                                "closed",
                                scene -> {
                                    Subject subject = subject(scene, udp(scene).bind());
                                    subject.socket().close();
                                    return subject;
                                }));
    }

    static EdgeTable<Subject> unixDatagram() {
        return rows(
                new EdgeTable<Subject>("Unix datagram")
                        .state("new", scene -> subject(scene, unixDatagram(scene, "new")))
                        .state("bound", scene -> subject(scene, unixDatagram(scene, "b").bind()))
                        .state(
                                "connected",
                                scene -> {
                                    Socket peer = unixDatagram(scene, "peer").bind();
                                    Socket named = unixDatagram(scene, "peer");
                                    named.connect();
                                    return subject(scene, named);
                                })
                        .state(
                                "closed",
                                scene -> {
                                    Subject subject = subject(scene, unixDatagram(scene, "c"));
                                    subject.socket().close();
                                    return subject;
                                }));
    }

    private interface Opening {
        Socket open(EdgeScene scene) throws Exception;
    }

    /** Where one is connected something waits to be received, and then the end, if it says so. */
    private static EdgeTable<Subject> connectedStates(EdgeTable<Subject> table, Opening opening) {
        return table.state("connected", scene -> subject(scene, peers(scene, opening)[0]))
                .state(
                        "peer has ended",
                        scene -> {
                            Socket[] peers = peers(scene, opening);
                            peers[1].shutdownOutput();
                            peers[0].recvAll(ByteBuffer.allocateDirect(WAITING_BYTES));
                            return subject(scene, peers[0]);
                        })
                .state(
                        "has ended",
                        scene -> {
                            Socket[] peers = peers(scene, opening);
                            peers[0].shutdownOutput();
                            return subject(scene, peers[0]);
                        })
                .state("was reset", scene -> subject(scene, wasReset(peers(scene, opening))))
                .state(
                        "closed",
                        scene -> {
                            Socket[] peers = peers(scene, opening);
                            peers[0].close();
                            return subject(scene, peers[0]);
                        });
    }

    /**
     * The first, which has received all that came before the second reset it: TCP for the option,
     * and in the Unix domain for what was not received.
     */
    private static Socket wasReset(Socket[] peers) throws Exception {
        peers[0].sendAll(bytes());
        peers[1].setOption(StandardSocketOptions.SO_LINGER, 0);
        peers[1].close();
        peers[0].recvAll(ByteBuffer.allocateDirect(WAITING_BYTES));
        assertThatExceptionOfType(TardyIOException.class)
                .isThrownBy(() -> peers[0].recv(room()))
                .withMessageContaining("ECONNRESET");
        return peers[0];
    }

    /** Two that are connected; the second has sent something. */
    private static Socket[] peers(EdgeScene scene, Opening opening) throws Exception {
        Socket listener = opening.open(scene).bind().listen(8);
        Socket client =
                listener.localAddress() instanceof UnixDomainSocketAddress unix
                        ? Socket.unix(unix.getPath())
                        : Socket.tcp("127.0.0.1", port(listener));
        scene.keep(client).connect();
        Socket peer = scene.keep(listener.accept());
        peer.sendAll(bytes());
        return new Socket[] {client, peer};
    }

    private static Subject subject(EdgeScene scene, Socket socket) throws Exception {
        java.nio.file.Path path = Files.write(scene.folder().resolve("ten"), new byte[10]);
        SocketAddress to =
                socket.toString().contains("UNIX")
                        ? UnixDomainSocketAddress.of(scene.folder().resolve("nobody"))
                        : udp(scene).bind().localAddress();
        return new Subject(socket, to, scene.keep(File.open(path)));
    }

    private static Socket tcp(EdgeScene scene) throws Exception {
        return scene.keep(Socket.tcp("127.0.0.1", 0));
    }

    private static Socket unix(EdgeScene scene) throws Exception {
        return scene.keep(Socket.unix(scene.folder().resolve("socket")));
    }

    private static Socket udp(EdgeScene scene) throws Exception {
        return scene.keep(Socket.udp("127.0.0.1", 0));
    }

    private static Socket unixDatagram(EdgeScene scene, String name) throws Exception {
        return scene.keep(Socket.unixDatagram(scene.folder().resolve(name)));
    }

    private static int port(Socket socket) throws Exception {
        return ((InetSocketAddress) socket.localAddress()).getPort();
    }

    private static ByteBuffer bytes() {
        return ByteBuffer.allocateDirect(WAITING_BYTES);
    }

    private static ByteBuffer room() {
        return ByteBuffer.allocateDirect(100);
    }

    /** For calls that return nothing. */
    private interface Action {
        void on(Subject subject) throws Exception;
    }

    private static EdgeTable.Call<Subject> action(Action action) {
        return subject -> {
            action.on(subject);
            return DONE;
        };
    }

    private static EdgeTable<Subject> streamRows(EdgeTable<Subject> table) {
        return rows(table)
                .call("sendFile(all)", "File, long", s -> s.socket().sendFile(s.file(), 100))
                .call(
                        "sendFile(5, all)",
                        "File, long, long",
                        s -> s.socket().sendFile(s.file(), 5, 100))
                .call(
                        "sendFile(-1, all)",
                        "File, long, long",
                        s -> s.socket().sendFile(s.file(), -1, 100))
                .call(
                        "transferFrom(file, 100)",
                        "Stream, long",
                        s -> s.socket().transferFrom(s.file(), 100));
    }

    private static Tls tls() throws NoSuchAlgorithmException {
        return Tls.of(SSLContext.getDefault());
    }

    private static EdgeTable<Subject> rows(EdgeTable<Subject> table) {
        InetAddress group = InetAddress.ofLiteral("239.255.7.7");
        return table.call("bind()", "", s -> s.socket().bind())
                .call(
                        "bindLocal(any)",
                        "SocketAddress",
                        s -> s.socket().bindLocal(anyLocal(s.to())))
                .call("listen(8)", "int", s -> s.socket().listen(8))
                .call("accept()", "", s -> s.socket().accept())
                .call(
                        "serve(handler)",
                        "ConnectionHandler",
                        action(s -> s.socket().serve(peer -> {})))
                .call(
                        "serveEvenly(handler)",
                        "ConnectionHandler",
                        action(s -> s.socket().serveEvenly(peer -> {})))
                .call("connect()", "", s -> s.socket().connect())
                .call("connect(time)", "Duration", s -> s.socket().connect(Duration.ofSeconds(9)))
                .call("tls(context, host)", "Tls, String", s -> s.socket().tls(tls(), "localhost"))
                .call("recv(room)", "ByteBuffer", s -> s.socket().recv(room()))
                .call("recv(no room)", "ByteBuffer", s -> s.socket().recv(room().limit(0)))
                .call(
                        "recv(room, time)",
                        "ByteBuffer, Duration",
                        s -> s.socket().recv(room(), Duration.ofSeconds(9)))
                .call("read(room)", "ByteBuffer", s -> s.socket().read(room()))
                .call("recvAll(8)", "ByteBuffer", s -> s.socket().recvAll(bytes()))
                .call("recv(ByteBuf)", "ByteBuf", s -> recvIntoNettys(s.socket()))
                .call("recv()", "", s -> s.socket().recv())
                .call("recvNext()", "", s -> s.socket().recvNext())
                .call("recvNext(time)", "Duration", s -> s.socket().recvNext(Duration.ofSeconds(9)))
                .call("available()", "", s -> s.socket().available())
                .call("awaitReadable()", "", action(s -> s.socket().awaitReadable()))
                .call("recvFrom(room)", "ByteBuffer", s -> s.socket().recvFrom(room()))
                .call("recvFrom(4)", "ByteBuffer", s -> s.socket().recvFrom(room().limit(4)))
                .call("send(8)", "ByteBuffer", s -> s.socket().send(bytes()))
                .call("send(nothing)", "ByteBuffer", s -> s.socket().send(bytes().limit(0)))
                .call("write(8)", "ByteBuffer", s -> s.socket().write(bytes()))
                .call("sendAll(8)", "ByteBuffer", action(s -> s.socket().sendAll(bytes())))
                .call(
                        "sendAll(8, 8)",
                        "ByteBuffer[]",
                        action(s -> s.socket().sendAll(bytes(), bytes())))
                .call(
                        "writeAll(8, 8)",
                        "ByteBuffer[]",
                        action(s -> s.socket().writeAll(bytes(), bytes())))
                .call("sendAll(ByteBuf)", "ByteBuf", action(s -> s.socket().sendAll(bytes8())))
                .call(
                        "sendTo(8, to)",
                        "ByteBuffer, SocketAddress",
                        action(s -> s.socket().sendTo(bytes(), s.to())))
                .call("shutdownOutput()", "", action(s -> s.socket().shutdownOutput()))
                .call("localAddress()", "", s -> s.socket().localAddress())
                .call("remoteAddress()", "", s -> s.socket().remoteAddress())
                .call(
                        "setOption(SO_RCVBUF)",
                        "SocketOption, Object",
                        s -> s.socket().setOption(StandardSocketOptions.SO_RCVBUF, 8192))
                .call(
                        "getOption(SO_RCVBUF)",
                        "SocketOption",
                        s -> s.socket().getOption(StandardSocketOptions.SO_RCVBUF) > 0)
                .call(
                        "join(group)",
                        "InetAddress, NetworkInterface",
                        s -> s.socket().join(group, loopback()))
                .call(
                        "leave(group)",
                        "InetAddress, NetworkInterface",
                        s -> s.socket().leave(group, loopback()))
                .call("close()", "", action(s -> s.socket().close()));
    }

    private static int recvIntoNettys(Socket socket) throws Exception {
        ByteBuf into = Unpooled.directBuffer(100);
        try {
            return socket.recv(into);
        } finally {
            into.release();
        }
    }

    private static SocketAddress anyLocal(SocketAddress other) {
        return other instanceof UnixDomainSocketAddress unix
                ? UnixDomainSocketAddress.of(unix.getPath().resolveSibling("local"))
                : new InetSocketAddress("127.0.0.1", 0);
    }

    private static NetworkInterface loopback() throws Exception {
        return NetworkInterface.getByInetAddress(InetAddress.getLoopbackAddress());
    }

    private static ByteBuf bytes8() {
        return Unpooled.directBuffer(WAITING_BYTES).writeZero(WAITING_BYTES);
    }
}
