package io.tardy.sim.net;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import io.netty.channel.Channel;
import io.netty.channel.ChannelOption;
import io.netty.channel.socket.nio.NioDatagramChannel;
import io.netty.channel.socket.nio.NioServerSocketChannel;
import io.netty.channel.socket.nio.NioSocketChannel;
import io.tardy.aio.Errno;
import io.tardy.aio.SocketKind;
import io.tardy.aio.TardyIOException;
import io.tardy.os.SocketHandle;
import io.tardy.sim.faults.NetworkFaults;
import io.tardy.transport.poll.PollTransport;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.net.StandardSocketOptions;
import java.net.UnixDomainSocketAddress;
import java.nio.ByteBuffer;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;
import org.junit.jupiter.api.Test;

/** The poll transport's sockets and Netty's channels over simulated channels. */
class TransportTest {

    private static final UnixDomainSocketAddress PATH = UnixDomainSocketAddress.of("/run/x.sock");

    private final World world = new World(NetworkFaults.none());

    TransportTest() throws IOException {}

    private static SocketHandle open(Node node, SocketKind kind) throws TardyIOException {
        return SocketHandle.of(new PollTransport(node.provider()).openSocket(kind));
    }

    private SocketHandle connected() throws IOException {
        SocketHandle client = open(world.a, SocketKind.TCP);
        assertErrno(client.connect(World.at(2, World.PORT)), Errno.EINPROGRESS);
        world.settle();
        assertThat(client.finishConnect()).isZero();
        client.connectEnded(World.at(2, World.PORT), true);
        return client;
    }

    private SocketHandle listening() throws IOException {
        SocketHandle listener = open(world.b, SocketKind.TCP);
        listener.bind(new InetSocketAddress(World.PORT));
        listener.listen(5);
        return listener;
    }

    private static void assertErrno(ThrowingCallable call, Errno errno) {
        assertThatExceptionOfType(TardyIOException.class)
                .isThrownBy(call)
                .satisfies(e -> assertThat(e.errno()).isEqualTo(errno.number()));
    }

    private static void assertErrno(int outcome, Errno errno) {
        assertThat(outcome).isEqualTo(-errno.number());
    }

    private static ByteBuffer buffer() {
        return ByteBuffer.allocateDirect(5);
    }

    @Test
    void bytesGoThrough() throws IOException {
        SocketHandle listener = listening();
        SocketHandle client = connected();
        SocketHandle server = listener.accept();
        assertErrno(server.recv(buffer()), Errno.EAGAIN);
        assertThat(client.send(buffer())).isEqualTo(5);
        world.settle();
        assertThat(server.recv(buffer())).isEqualTo(5);
        client.shutdownOutput();
        world.settle();
        assertThat(server.recv(buffer())).isZero();
        for (SocketHandle each : new SocketHandle[] {listener, client, server}) {
            each.close();
        }
        assertThat(world.a.openChannels()).isEmpty();
        assertThat(world.b.openChannels()).isEmpty();
    }

    @Test
    void failuresHaveTheSystemsNumbers() throws IOException {
        SocketHandle client = open(world.a, SocketKind.TCP);
        assertErrno(client.recv(buffer()), Errno.ENOTCONN);
        client.connect(World.at(2, World.PORT));
        world.settle();
        assertErrno(client.finishConnect(), Errno.ECONNREFUSED);

        SocketHandle lost = open(world.a, SocketKind.TCP);
        lost.connect(World.at(99, World.PORT));
        world.settle();
        assertErrno(lost.finishConnect(), Errno.EHOSTUNREACH);

        SocketHandle listener = listening();
        assertErrno(this::listening, Errno.EADDRINUSE);
        SocketHandle foreign = open(world.a, SocketKind.TCP);
        assertErrno(() -> foreign.bind(World.at(2, 0)), Errno.EADDRNOTAVAIL);

        SocketHandle reset = connected();
        reset.send(buffer());
        world.settle();
        listener.accept().close();
        world.settle();
        assertErrno(reset.recv(buffer()), Errno.ECONNRESET);
        assertErrno(reset.send(buffer()), Errno.EPIPE);

        SocketHandle silent = connected();
        world.network.partition(world.a, world.b);
        silent.send(buffer());
        world.settle();
        assertErrno(silent.send(buffer()), Errno.ETIMEDOUT);
        SocketHandle unheard = open(world.a, SocketKind.TCP);
        unheard.connect(World.at(2, World.PORT));
        world.settle();
        assertErrno(unheard.finishConnect(), Errno.ETIMEDOUT);
        world.network.healAll();

        world.a.ephemeralPorts(5_000, 5_000);
        connected();
        assertErrno(
                open(world.a, SocketKind.TCP).connect(World.at(2, World.PORT)),
                Errno.EADDRNOTAVAIL);
    }

    @Test
    void datagramsGoThroughAndFailWithTheSystemsNumbers() throws IOException {
        SocketHandle server = open(world.b, SocketKind.UDP);
        server.bind(new InetSocketAddress(World.PORT));
        SocketHandle client = open(world.a, SocketKind.UDP);
        assertThat(client.sendTo(buffer(), World.at(2, World.PORT))).isEqualTo(5);
        world.settle();
        assertThat(server.recvFrom(buffer()).length()).isEqualTo(5);
        assertThat(client.connect(World.at(2, World.PORT))).isZero();
        ByteBuffer nothing = ByteBuffer.allocateDirect(0);
        assertThat(client.send(nothing)).isZero();
        world.settle();
        assertThat(server.recvFrom(buffer()).length()).isZero();
        assertThat(client.connect(World.at(2, 81))).isZero();
        client.send(buffer());
        world.settle();
        assertErrno(client.recv(buffer()), Errno.ECONNREFUSED);
        assertErrno(client.send(ByteBuffer.allocateDirect(70_000)), Errno.EMSGSIZE);
    }

    @Test
    void aSocketsPathIsTheNodesAndNoFileOfThisMachine() throws IOException {
        SocketHandle listener = open(world.a, SocketKind.UNIX);
        listener.bind(PATH);
        assertErrno(() -> open(world.a, SocketKind.UNIX).bind(PATH), Errno.EADDRINUSE);
        SocketHandle client = open(world.a, SocketKind.UNIX);
        assertErrno(client.connect(PATH), Errno.ECONNREFUSED);
        listener.listen(1);
        SocketHandle second = open(world.a, SocketKind.UNIX);
        assertThat(second.connect(PATH)).isZero();
        assertThat(second.send(buffer())).isEqualTo(5);
        assertThat(listener.accept().recv(buffer())).isEqualTo(5);
        assertErrno(
                open(world.a, SocketKind.UNIX).connect(UnixDomainSocketAddress.of("/none")),
                Errno.ENOENT);
    }

    @Test
    void optionsAreHeldAndGoOnToTheListener() throws IOException {
        SocketHandle socket = open(world.b, SocketKind.TCP);
        socket.setOption(StandardSocketOptions.SO_RCVBUF, 40_000);
        socket.setOption(StandardSocketOptions.TCP_NODELAY, true);
        socket.setOption(StandardSocketOptions.SO_LINGER, 3);
        socket.bind(new InetSocketAddress(World.PORT));
        socket.listen(1);
        assertThat(socket.getOption(StandardSocketOptions.SO_RCVBUF)).isEqualTo(40_000);
        assertThat(socket.getOption(StandardSocketOptions.TCP_NODELAY)).isTrue();
        SocketHandle client = connected();
        SocketHandle server = socket.accept();
        assertThat(server.getOption(StandardSocketOptions.TCP_NODELAY)).isTrue();
        assertThat(client.getOption(StandardSocketOptions.SO_LINGER)).isEqualTo(-1);
    }

    @Test
    void nettysChannelsAreMadeAndKnowTheirOptions() throws IOException {
        Channel[] channels = {
            new NioSocketChannel(world.a.provider()),
            new NioServerSocketChannel(world.a.provider()),
            new NioDatagramChannel(world.a.provider())
        };
        for (Channel each : channels) {
            assertThat(each.isOpen()).isTrue();
            assertThat(each.isActive()).isFalse();
            assertThat(each.localAddress()).isNull();
            assertThat(each.config().getOptions()).isNotEmpty();
            assertThat(each.config().getOption(ChannelOption.SO_REUSEADDR))
                    .isEqualTo(each instanceof NioServerSocketChannel);
            assertThat(each.config().setOption(ChannelOption.SO_RCVBUF, 12_345)).isTrue();
            assertThat(each.config().getOption(ChannelOption.SO_RCVBUF)).isEqualTo(12_345);
            each.unsafe().closeForcibly();
        }
        assertThat(world.a.openChannels()).isEmpty();
    }
}
