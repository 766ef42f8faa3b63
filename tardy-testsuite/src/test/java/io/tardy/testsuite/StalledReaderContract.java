package io.tardy.testsuite;

import static io.tardy.testsuite.GroupFixture.bindAnywhere;
import static io.tardy.testsuite.GroupFixture.server;
import static org.assertj.core.api.Assertions.assertThat;

import io.netty.channel.ChannelHandler;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.channel.DefaultFileRegion;
import io.tardy.fs.File;
import io.tardy.net.Socket;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.nio.ByteBuffer;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Whoever asks for a file and then does not read it costs a socket, and no thread. */
@NotSimulated(NotSimulated.FILES)
interface StalledReaderContract extends GroupFixture {

    int STALLED = 300;

    /** Much more than the system takes in for a peer that reads nothing. */
    int BYTES = 20_000_000;

    @Test
    default void sendFileGoesOnForOthers(@TempDir Path folder) throws Exception {
        byte[] content = content();
        Path path = fileOf(folder.resolve("file"), content);
        inFrame(
                rt -> {
                    try (Socket listener = TransportFixture.listenAnywhere()) {
                        rt.spawn(
                                () -> {
                                    for (int i = 0; i <= STALLED; i++) {
                                        Socket peer = listener.accept();
                                        rt.spawn(() -> sendTo(peer, path));
                                    }
                                });
                        int port = TransportFixture.port(listener);
                        rt.offload(
                                () -> {
                                    readBesideStalled(port, content, patience());
                                    return null;
                                });
                    }
                });
    }

    private static void sendTo(Socket peer, Path path) throws IOException {
        try (peer;
                File file = File.open(path)) {
            peer.sendFile(file, 0, Long.MAX_VALUE);
            peer.shutdownOutput();
            peer.recv(ByteBuffer.allocate(1)); // until it has read all, and closes
        } catch (IOException e) {
            // It is gone, as those are in the end who have read nothing.
        }
    }

    @Test
    default void fileRegionsOfOthersAreSent(@TempDir Path folder) throws Exception {
        byte[] content = content();
        Path path = fileOf(folder.resolve("file"), content);
        withGroup(
                1,
                group -> {
                    InetSocketAddress at =
                            (InetSocketAddress)
                                    bindAnywhere(server(group, new RegionSender(path)))
                                            .localAddress();
                    readBesideStalled(at.getPort(), content, patience());
                });
    }

    /** Sends the file to whoever connects. */
    @ChannelHandler.Sharable
    final class RegionSender extends ChannelInboundHandlerAdapter {

        private final Path path;

        RegionSender(Path path) {
            this.path = path;
        }

        @Override
        public void channelActive(ChannelHandlerContext context) {
            context.writeAndFlush(new DefaultFileRegion(path.toFile(), 0, BYTES));
        }

        @Override
        public void exceptionCaught(ChannelHandlerContext context, Throwable cause) {
            context.close(); // it is gone
        }
    }

    private static byte[] content() {
        byte[] content = new byte[BYTES];
        new Random(14).nextBytes(content);
        return content;
    }

    /** Connects many who read one byte each, then one who reads all. */
    private static void readBesideStalled(int port, byte[] content, Duration patience)
            throws IOException {
        List<java.net.Socket> stalled = new ArrayList<>();
        try {
            for (int i = 0; i < STALLED; i++) {
                stalled.add(connect(port, patience));
            }
            for (java.net.Socket socket : stalled) {
                assertThat((byte) socket.getInputStream().read()).isEqualTo(content[0]);
            }
            try (java.net.Socket honest = connect(port, patience)) {
                assertThat(honest.getInputStream().readNBytes(content.length)).isEqualTo(content);
            }
            assertThat(KernelThreads.count()).isLessThanOrEqualTo(KernelThreads.MAX);
        } finally {
            for (java.net.Socket socket : stalled) {
                socket.close();
            }
        }
    }

    private static java.net.Socket connect(int port, Duration patience) throws IOException {
        java.net.Socket socket = new java.net.Socket();
        try {
            socket.setReceiveBufferSize(8192);
            int millis = (int) patience.toMillis();
            socket.connect(new InetSocketAddress("127.0.0.1", port), millis);
            socket.setSoTimeout(millis);
            return socket;
        } catch (IOException e) {
            socket.close();
            throw e;
        }
    }
}
