package io.tardy.testsuite;

import static io.tardy.testsuite.FileContract.bytes;
import static org.assertj.core.api.Assertions.assertThat;

import io.netty.buffer.ByteBuf;
import io.tardy.aio.AsyncOpenFlags;
import io.tardy.aio.AsyncType;
import io.tardy.aio.Datagram;
import io.tardy.aio.DirEntry;
import io.tardy.aio.FileKind;
import io.tardy.aio.FileMode;
import io.tardy.aio.LockMode;
import io.tardy.fs.Dir;
import io.tardy.fs.DirWatch;
import io.tardy.fs.File;
import io.tardy.net.Socket;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.NetworkInterface;
import java.net.StandardSocketOptions;
import java.net.UnixDomainSocketAddress;
import java.nio.ByteBuffer;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.SplittableRandom;

/**
 * What one frame does with sockets and files, so that every native call of ours is made. What it
 * was not told that it failed has happened, whole and in order.
 *
 * @param folder a new one
 * @param fifo a FIFO that nobody else uses
 */
record NativeCallScene(AsyncType async, Path folder, Path fifo) {

    private static final byte[] CONTENT = new byte[20_000];

    static {
        new SplittableRandom(1).nextBytes(CONTENT);
    }

    void run() throws Exception {
        file();
        appended();
        written();
        throughFifo();
        tree();
        device();
        File.stdin().close(); // which may be done again and again
        stream();
        sentFile();
        udp();
        group();
        if (async != AsyncType.POLL) {
            unixDatagrams();
        }
    }

    private static ByteBuffer content() {
        return ByteBuffer.wrap(CONTENT.clone());
    }

    private static AsyncOpenFlags appending() {
        return AsyncOpenFlags.of(FileMode.READ_WRITE)
                .withCreate()
                .withPermissions(0600)
                .withAppend();
    }

    private void file() throws IOException {
        Path path = folder.resolve("file");
        try (File file = File.create(path)) {
            file.writeAll(content());
            file.writeAll(bytes("##"), 10);
            assertThat(file.stat().size()).isEqualTo(CONTENT.length);
            file.truncate(CONTENT.length - 1);
            assertThat(file.stat().size()).isEqualTo(CONTENT.length - 1);
        }
        try (File file = File.open(path)) {
            ByteBuffer heap = ByteBuffer.allocate(10);
            assertThat(file.readAll(heap)).isEqualTo(10);
            assertThat(heap.flip()).isEqualTo(content().limit(10));
            ByteBuffer direct = ByteBuffer.allocateDirect(2);
            assertThat(file.readAll(direct)).isEqualTo(2);
            assertThat(direct.flip()).isEqualTo(bytes("##"));
            assertThat(file.readAll(direct.clear(), 10)).isEqualTo(2);
            assertThat(direct.flip()).isEqualTo(bytes("##"));
        }
        Dir.cwd().deleteFile(path);
    }

    /** Whose current position is the system's. */
    private void appended() throws IOException {
        try (File file = File.open(folder.resolve("log"), appending())) {
            file.writeAll(bytes("one"));
            file.writeAll(bytes("two"));
            ByteBuffer into = ByteBuffer.allocate(9);
            assertThat(file.readAll(into, 0)).isEqualTo(6);
            assertThat(into.flip()).isEqualTo(bytes("onetwo"));
        }
    }

    /** By the kernel, when it is read. */
    private void written() throws IOException {
        try (File file = File.open(Path.of("/proc/self/limits"))) {
            ByteBuffer into = ByteBuffer.allocate(5);
            assertThat(file.readAll(into)).isEqualTo(5);
            assertThat(into.flip()).isEqualTo(bytes("Limit"));
        }
    }

    private void throughFifo() throws IOException {
        try (File reading = File.open(fifo);
                File writing = File.open(fifo, FileMode.WRITE)) {
            writing.writeAll(bytes("through"));
            ByteBuffer into = ByteBuffer.allocate(7);
            assertThat(reading.readAll(into)).isEqualTo(7);
            assertThat(into.flip()).isEqualTo(bytes("through"));
        }
    }

    private void tree() throws IOException {
        Path root = folder.resolve("tree");
        try (Dir dir = Dir.create(root)) {
            dir.createDir(Path.of("inner")).close();
            dir.createFile(Path.of("file"), io.tardy.fs.CreateFlags.DEFAULT).close();
            assertThat(dir.list())
                    .containsExactlyInAnyOrder(
                            new DirEntry(Path.of("inner"), FileKind.DIRECTORY),
                            new DirEntry(Path.of("file"), FileKind.FILE));
            assertThat(dir.stat().isDirectory()).isTrue();
            dir.rename(Path.of("file"), Path.of("inner/renamed"));
            requests(dir);
        }
        Dir.cwd().deleteTree(root);
    }

    private static void requests(Dir dir) throws IOException {
        Path file = Path.of("inner/renamed");
        dir.link(file, Path.of("linked"));
        dir.symlink(file, Path.of("link"));
        assertThat(dir.readlink(Path.of("link"))).isEqualTo(file);
        dir.chmod(Path.of("link"), 0640);
        try (DirWatch watch = dir.watch();
                File opened = dir.openFile(file, AsyncOpenFlags.of(FileMode.READ_WRITE))) {
            opened.chmod(0600);
            opened.allocate(0, 100);
            opened.lock(LockMode.EXCLUSIVE).close();
            assertThat(opened.stat().mode()).isEqualTo(0600);
            dir.createDir(Path.of("watched")).close();
            assertThat(watch.next().path()).isNotNull();
        }
        dir.createTempFile().close();
    }

    private void device() throws IOException {
        try (File zero = File.open(Path.of("/dev/zero"))) {
            ByteBuffer into = bytes("xx");
            assertThat(zero.readAll(into, 7)).isEqualTo(2);
            assertThat(into.flip()).isEqualTo(ByteBuffer.allocate(2));
        }
    }

    private static void exchange(Socket client, Socket server) throws IOException {
        for (int i = 0; i < 3; i++) {
            client.sendAll(bytes("ping"));
            ByteBuf received = server.recv();
            assertThat(received.readableBytes()).isEqualTo(4);
            server.sendAll(received);
            ByteBuffer into = ByteBuffer.allocate(4);
            assertThat(client.recvAll(into)).isEqualTo(4);
            assertThat(into.flip()).isEqualTo(bytes("ping"));
        }
    }

    private void stream() throws IOException {
        UnixDomainSocketAddress address = UnixDomainSocketAddress.of(folder.resolve("s"));
        try (Socket listener = Socket.unix(address.getPath());
                Socket client = Socket.unix(address.getPath())) {
            listener.bind().listen(8);
            client.connect();
            assertThat(listener.localAddress()).isEqualTo(address);
            assertThat(client.remoteAddress()).isEqualTo(address);
            try (Socket server = listener.accept()) {
                assertThat(server.remoteAddress()).isNull();
                exchange(client, server);
            }
        }
    }

    private void sentFile() throws IOException {
        try (Socket listener = TransportFixture.listenAnywhere();
                Socket client = TransportFixture.connectTo(listener);
                Socket server = listener.accept();
                File file = File.open(folder.resolve("sent"), appending())) {
            exchange(client, server);
            file.writeAll(content());
            assertThat(server.sendFile(file, 0, Long.MAX_VALUE)).isEqualTo(CONTENT.length);
            server.shutdownOutput();
            ByteBuffer into = ByteBuffer.allocate(CONTENT.length + 1);
            assertThat(client.recvAll(into)).isEqualTo(CONTENT.length);
            assertThat(into.flip()).isEqualTo(content());
        }
    }

    private static Socket boundUdp() throws IOException {
        Socket socket = Socket.udp("127.0.0.1", 0);
        try {
            return socket.bind();
        } catch (IOException | RuntimeException | Error e) {
            socket.close();
            throw e;
        }
    }

    private static void udp() throws IOException {
        try (Socket a = boundUdp();
                Socket b = boundUdp()) {
            a.sendTo(ByteBuffer.allocate(0), b.localAddress()); // of no bytes: one all the same
            a.sendTo(bytes("x"), b.localAddress());
            ByteBuffer into = ByteBuffer.allocate(9);
            assertThat(b.recvFrom(into)).isEqualTo(new Datagram(a.localAddress(), 0, false));
            assertThat(b.recvFrom(into)).isEqualTo(new Datagram(a.localAddress(), 1, false));
        }
    }

    private static void group() throws IOException {
        NetworkInterface loopback =
                NetworkInterface.getByInetAddress(InetAddress.getLoopbackAddress());
        InetAddress group = InetAddress.getByName("239.255.7.7");
        try (Socket socket = boundUdp()) {
            socket.join(group, loopback);
            socket.setOption(StandardSocketOptions.IP_MULTICAST_TTL, 0);
            socket.setOption(StandardSocketOptions.IP_MULTICAST_IF, loopback);
            assertThat(socket.getOption(StandardSocketOptions.IP_MULTICAST_TTL)).isZero();
            assertThat(socket.getOption(StandardSocketOptions.IP_MULTICAST_IF)).isNotNull();
            assertThat(((InetSocketAddress) socket.localAddress()).getPort()).isNotZero();
            socket.leave(group, loopback);
        }
    }

    private void unixDatagrams() throws IOException {
        try (Socket a = Socket.unixDatagram(folder.resolve("a"));
                Socket b = Socket.unixDatagram(folder.resolve("b"))) {
            a.bind();
            b.bind();
            Datagram expected =
                    new Datagram(UnixDomainSocketAddress.of(folder.resolve("a")), 70_000, false);
            byte[] sent = new byte[70_000];
            Arrays.fill(sent, (byte) 7);
            for (ByteBuffer into :
                    new ByteBuffer[] {
                        ByteBuffer.allocate(80_000), ByteBuffer.allocateDirect(80_000)
                    }) {
                a.sendTo(ByteBuffer.wrap(sent), b.localAddress());
                assertThat(b.recvFrom(into)).isEqualTo(expected);
                assertThat(into.flip()).isEqualTo(ByteBuffer.wrap(sent));
            }
            a.sendTo(ByteBuffer.wrap(sent), b.localAddress());
            ByteBuf pooled = b.recv();
            try {
                assertThat(pooled.readableBytes()).isEqualTo(sent.length);
            } finally {
                pooled.release();
            }
            a.sendTo(ByteBuffer.allocate(0), b.localAddress());
            assertThat(b.recv(ByteBuffer.allocate(1))).isZero();
        }
    }
}
