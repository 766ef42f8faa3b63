package io.tardy.examples.redis;

import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static org.assertj.core.api.Assertions.assertThat;

import io.tardy.Tardy;
import io.tardy.TardyEntry;
import io.tardy.TardyRuntime;
import io.tardy.Threading;
import io.tardy.aio.AsyncType;
import io.tardy.net.Socket;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.file.Path;
import java.time.Duration;

/** A server at a port of the system's choice, and clients of it. */
final class RunningRedis implements AutoCloseable {

    private final Tardy tardy;
    private final Socket listener;
    private final TardyEntry entry;
    private final int port;
    private volatile TardyRuntime runtime;

    RunningRedis(AsyncType transport, Path directory) throws IOException {
        this(transport, directory, new RedisServer(1 << 20, 16 << 20));
    }

    /**
     * @param directory null for none
     */
    RunningRedis(AsyncType transport, Path directory, RedisServer server) throws IOException {
        tardy = Tardy.builder().async(transport).threading(Threading.single()).build();
        if (directory != null) {
            tardy.run(() -> server.keepIn(directory));
        }
        listener = Socket.tcp(tardy, "127.0.0.1", 0).bind().listen(128);
        entry =
                tardy.entryInNewThread(
                        listener,
                        (rt, socket) -> {
                            runtime = rt;
                            server.start(rt, socket);
                        });
        port = ((InetSocketAddress) listener.localAddress()).getPort();
    }

    int port() {
        return port;
    }

    Client client() throws IOException {
        return new Client(port);
    }

    /** Of the channel {@code a}. */
    Client subscriber() throws IOException {
        return client().ask("SUBSCRIBE a", "*3\r\n$9\r\nsubscribe\r\n$1\r\na\r\n:1\r\n");
    }

    /** How many of its frames have ended with an exception. */
    long framesFailed() {
        return runtime.framesFailed();
    }

    boolean drain() {
        return tardy.drain(Duration.ofSeconds(30));
    }

    @Override
    public void close() throws Exception {
        entry.stop();
        entry.await();
        listener.close();
        tardy.close();
    }

    /** Types lines, and reads bytes. */
    static final class Client implements AutoCloseable {

        private final java.net.Socket socket;

        private Client(int port) throws IOException {
            socket = new java.net.Socket();
            socket.setReceiveBufferSize(16 << 10);
            socket.setSoTimeout(30_000);
            socket.connect(new InetSocketAddress(InetAddress.getLoopbackAddress(), port));
        }

        Client send(String text) throws IOException {
            socket.getOutputStream().write(text.getBytes(ISO_8859_1));
            return this;
        }

        /** Sends a line, and gets this. */
        Client ask(String line, String expected) throws IOException {
            return send(line + "\r\n").expect(expected);
        }

        Client expect(String expected) throws IOException {
            byte[] got = socket.getInputStream().readNBytes(expected.length());
            assertThat(new String(got, ISO_8859_1)).isEqualTo(expected);
            return this;
        }

        /** Ends it with a reset. */
        void reset() throws IOException {
            socket.setSoLinger(true, 0);
            socket.close();
        }

        /** So many bytes. */
        String next(int count) throws IOException {
            return new String(socket.getInputStream().readNBytes(count), ISO_8859_1);
        }

        /** What comes until the end, or up to where the server has cut it. */
        String rest() throws IOException {
            StringBuilder rest = new StringBuilder();
            byte[] bytes = new byte[1 << 16];
            try {
                for (int n; (n = socket.getInputStream().read(bytes)) >= 0; ) {
                    rest.append(new String(bytes, 0, n, ISO_8859_1));
                }
            } catch (java.net.SocketException e) {
                rest.append("(reset)");
            }
            return rest.toString();
        }

        @Override
        public void close() throws IOException {
            socket.close();
        }
    }
}
