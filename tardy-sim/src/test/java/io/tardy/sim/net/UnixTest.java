package io.tardy.sim.net;

import static io.tardy.sim.net.World.bytes;
import static io.tardy.sim.net.World.read;
import static io.tardy.sim.net.World.receive;
import static io.tardy.sim.net.World.send;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import io.tardy.sim.faults.NetworkFaults;
import io.tardy.transport.poll.SocketFiles;
import java.io.IOException;
import java.net.BindException;
import java.net.ConnectException;
import java.net.SocketException;
import java.net.StandardProtocolFamily;
import java.net.UnixDomainSocketAddress;
import java.nio.channels.ServerSocketChannel;
import java.nio.channels.SocketChannel;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;

class UnixTest {

    private static final UnixDomainSocketAddress PATH = UnixDomainSocketAddress.of("/run/x.sock");

    private final World world = new World(NetworkFaults.none());

    UnixTest() throws IOException {}

    private SocketChannel socket() throws IOException {
        SocketChannel channel = world.a.provider().openSocketChannel(StandardProtocolFamily.UNIX);
        channel.configureBlocking(false);
        return channel;
    }

    private ServerSocketChannel listener() throws IOException {
        ServerSocketChannel channel =
                world.a.provider().openServerSocketChannel(StandardProtocolFamily.UNIX);
        channel.configureBlocking(false);
        return channel;
    }

    private static SocketChannel accept(ServerSocketChannel listener) throws IOException {
        SocketChannel accepted = listener.accept();
        accepted.configureBlocking(false);
        return accepted;
    }

    @Test
    void everythingHappensAtOnce() throws IOException {
        ServerSocketChannel listener = listener().bind(PATH);
        SocketChannel client = socket();
        assertThat(client.connect(PATH)).isTrue();
        SocketChannel server = accept(listener);
        send(client, "hello");
        assertThat(receive(server, 10)).isEqualTo("hello");
        send(server, "welcome");
        assertThat(receive(client, 10)).isEqualTo("welcome");
        assertThat(client.getRemoteAddress()).isEqualTo(PATH);
        assertThat(server.getRemoteAddress()).isEqualTo(UnixDomainSocketAddress.of(""));
        assertThat(client.getLocalAddress()).isEqualTo(UnixDomainSocketAddress.of(""));
        server.shutdownOutput();
        assertThat(read(client)).isEqualTo(-1);
        send(client, "more");
        assertThat(receive(server, 10)).isEqualTo("more");
        server.close();
        assertThatExceptionOfType(IOException.class)
                .isThrownBy(() -> client.write(bytes("unheard")))
                .withMessage("Broken pipe");
        assertThat(world.timeline.hasNext()).isFalse();
    }

    @Test
    void aCloseWithUnreadDataResets() throws IOException {
        ServerSocketChannel listener = listener().bind(PATH);
        SocketChannel client = socket();
        client.connect(PATH);
        send(client, "unread");
        accept(listener).close();
        assertThatExceptionOfType(SocketException.class)
                .isThrownBy(() -> read(client))
                .withMessage("Connection reset");
    }

    @Test
    void aPathIsTakenUntilItIsDeleted() throws IOException {
        ServerSocketChannel listener = listener().bind(PATH);
        assertThatExceptionOfType(BindException.class)
                .isThrownBy(() -> listener().bind(PATH))
                .withMessage("Address already in use");
        listener.close();
        assertThatExceptionOfType(ConnectException.class)
                .isThrownBy(() -> socket().connect(PATH))
                .withMessage("Connection refused");
        assertThatExceptionOfType(BindException.class).isThrownBy(() -> socket().bind(PATH));
        SocketFiles files = (SocketFiles) world.a.provider();
        Object first = files.fileKey(PATH.getPath());
        files.delete(PATH.getPath());
        assertThatExceptionOfType(SocketException.class)
                .isThrownBy(() -> socket().connect(PATH))
                .withMessage("No such file or directory");
        listener().bind(PATH);
        assertThat(files.fileKey(Path.of("/run/./x.sock"))).isNotEqualTo(first);
    }

    @Test
    void aFullQueueRefusesForNow() throws IOException {
        listener().bind(PATH, 1);
        socket().connect(PATH);
        socket().connect(PATH);
        assertThatExceptionOfType(SocketException.class)
                .isThrownBy(() -> socket().connect(PATH))
                .withMessage("Resource temporarily unavailable");
    }

    @Test
    void pathsOutliveTheProcessAndAreOfOneNode() throws IOException {
        listener().bind(PATH);
        world.a.kill();
        assertThatExceptionOfType(ConnectException.class).isThrownBy(() -> socket().connect(PATH));
        assertThatExceptionOfType(SocketException.class)
                .isThrownBy(() -> listener().bind(UnixDomainSocketAddress.of("x".repeat(200))))
                .withMessage("Unix domain path too long");
        world.b.provider().openServerSocketChannel(StandardProtocolFamily.UNIX).bind(PATH);
    }
}
