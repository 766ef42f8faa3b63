package io.tardy.examples;

import static org.assertj.core.api.Assertions.assertThat;

import io.netty.channel.ChannelHandler;
import io.tardy.EntryFunction;
import io.tardy.Tardy;
import io.tardy.Threading;
import io.tardy.aio.AsyncType;
import io.tardy.examples.gateway.FrameGateway;
import io.tardy.examples.gateway.Gateway;
import io.tardy.examples.gateway.Limits;
import io.tardy.examples.gateway.NettyGateway;
import io.tardy.net.Socket;
import io.tardy.netty.TardyEventLoopGroup;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Arrays;
import java.util.UUID;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.function.Supplier;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** What the peers of a server see that ends in order. */
@Timeout(60)
class DrainTest {

    private static final String GET = "GET / HTTP/1.1\r\nhost: here\r\n\r\n";
    private static final String POST =
            "POST / HTTP/1.1\r\nhost: here\r\ncontent-length: 4\r\n\r\nbody";

    @OnEachTransport
    void idlePeersEndAtOnceAndOthersAreToldWithTheirAnswer(AsyncType transport) throws Exception {
        drained(transport, Http::start);
    }

    @OnEachTransport
    void soDoThoseOfServersOnGroups(AsyncType transport) throws Exception {
        drainedOnGroup(transport, new NettyHttp(), true);
        drainedOnGroup(transport, new FrameHttp(), true);
    }

    @OnEachTransport
    void soDoThoseOfAServerOfFiles(AsyncType transport, @TempDir Path root) throws Exception {
        Files.writeString(root.resolve("index.html"), "Hello, World!");
        drainedOnGroup(transport, new HttpFiles(root.toRealPath()), false);
    }

    @OnEachTransport
    void soDoThoseOfGatewaysOnGroups(AsyncType transport) throws Exception {
        try (Tardy backend = server(transport);
                Socket listener = Socket.tcp(backend, "127.0.0.1", 0).bind().listen(128)) {
            backend.entryInNewThread(listener, Http::start);
            InetSocketAddress address = (InetSocketAddress) listener.localAddress();
            drainedOnGroup(transport, new FrameGateway(address, Limits.DEFAULT), true);
            // An aggregator keeps what it has of a request to itself.
            drainedOnGroup(transport, new NettyGateway(address, Limits.DEFAULT), false);
        }
    }

    private static void drainedOnGroup(
            AsyncType transport, ChannelHandler connection, boolean seesHalfARequest)
            throws Exception {
        TardyEventLoopGroup group =
                TardyEventLoopGroup.builder().threads(2).async(transport).build();
        try {
            drained(
                    GroupServer.bind(group, connection),
                    () -> group.drain(Duration.ofHours(1)),
                    seesHalfARequest ? POST : null);
            assertThat(group.isTerminated()).isTrue();
        } finally {
            group.shutdownGracefully(0, 0, TimeUnit.SECONDS);
        }
    }

    @OnEachTransport
    void soDoThoseOfAGateway(AsyncType transport) throws Exception {
        try (Tardy backend = server(transport);
                Socket listener = Socket.tcp(backend, "127.0.0.1", 0).bind().listen(128)) {
            backend.entryInNewThread(listener, Http::start);
            InetSocketAddress address = (InetSocketAddress) listener.localAddress();
            drained(transport, new Gateway(address, keeping(Duration.ofDays(1)))::start);
        }
    }

    /** With connections to the backend that are kept for so long. */
    private static Limits keeping(Duration keep) {
        Limits limits = Limits.DEFAULT;
        return new Limits(
                limits.connectionsMax(),
                limits.waitersMax(),
                limits.timeout(),
                limits.patience(),
                keep,
                limits.requestBytesMax(),
                limits.answerBytesMax());
    }

    private static Tardy server(AsyncType transport) {
        return Tardy.builder().async(transport).threading(Threading.multi(2)).build();
    }

    private static void drained(AsyncType transport, EntryFunction<Socket> start) throws Exception {
        try (Tardy tardy = server(transport);
                Socket listener = Socket.tcp(tardy, "127.0.0.1", 0).bind().listen(128)) {
            tardy.entryInNewThread(listener, start);
            drained(
                    ((InetSocketAddress) listener.localAddress()).getPort(),
                    () -> tardy.drain(Duration.ofHours(1)),
                    GET);
        }
    }

    /**
     * @param request that is sent in two pieces, the second in the drain; null for none
     */
    private static void drained(int port, Supplier<Boolean> drain, String request)
            throws Exception {
        try (java.net.Socket idle = connect(port);
                java.net.Socket busy = connect(port)) {
            assertThat(answer(idle, GET)).contains("200 OK").doesNotContain("close");
            assertThat(answer(busy, GET)).contains("200 OK").doesNotContain("close");
            int begun = request == null ? 0 : request.length() - 2;
            if (request != null) {
                send(busy, request.substring(0, begun));
            }
            CompletableFuture<Boolean> ended = CompletableFuture.supplyAsync(drain);
            assertThat(idle.getInputStream().read()).isEqualTo(-1);
            if (request != null) {
                assertThat(answer(busy, request.substring(begun)))
                        .contains("200 OK")
                        .containsIgnoringCase("connection: close");
            }
            assertThat(busy.getInputStream().read()).isEqualTo(-1);
            busy.close();
            assertThat(ended.get(30, TimeUnit.SECONDS)).isTrue();
        }
    }

    /** Each of two connections is the only one of its runtime, and needs the other's values. */
    @OnEachTransport
    void aShardStaysUntilTheLastConnectionOfAllRuntimesHasEnded(AsyncType transport)
            throws Exception {
        try (Tardy tardy = server(transport);
                Socket listener = Socket.tcp(tardy, "127.0.0.1", 0).bind().listen(128)) {
            tardy.entryInNewThread(listener, Sharded::start);
            int port = ((InetSocketAddress) listener.localAddress()).getPort();
            try (java.net.Socket idle = connect(port);
                    java.net.Socket busy = connect(port)) {
                assertThat(ask(idle, "set a 1\nset b 2\n", 6)).isEqualTo("ok\nok\n");
                assertThat(ask(busy, "get a\n", 5)).isEqualTo("is 1\n");
                CompletableFuture<Boolean> ended =
                        CompletableFuture.supplyAsync(() -> tardy.drain(Duration.ofHours(1)));
                for (int i = 0; i < 20; i++) {
                    assertThat(ask(busy, "get a\nget b\n", 10)).isEqualTo("is 1\nis 2\n");
                }
                assertThat(idle.getInputStream().read()).isEqualTo(-1);
                busy.close();
                assertThat(ended.get(30, TimeUnit.SECONDS)).isTrue();
            }
        }
    }

    private static String ask(java.net.Socket socket, String lines, int count) throws IOException {
        send(socket, lines);
        return new String(socket.getInputStream().readNBytes(count), StandardCharsets.US_ASCII);
    }

    @OnEachTransport
    void aConnectionThatIsCancelledLeavesNoFile(AsyncType transport) throws Exception {
        try (Tardy tardy = server(transport);
                Socket listener = Socket.tcp(tardy, "127.0.0.1", 0).bind().listen(128)) {
            tardy.entryInNewThread(listener, StreamExample::start);
            try (java.net.Socket peer =
                    connect(((InetSocketAddress) listener.localAddress()).getPort())) {
                String content = UUID.randomUUID().toString();
                send(peer, content);
                Path stored = fileWith(content);
                assertThat(tardy.drain(Duration.ofMillis(1))).isTrue();
                assertThat(stored).doesNotExist();
            }
        }
    }

    /** The file of the server's with this content, which comes soon. */
    private static Path fileWith(String content) throws IOException {
        Path folder = Path.of(System.getProperty("java.io.tmpdir"));
        byte[] bytes = content.getBytes(StandardCharsets.US_ASCII);
        for (; ; Thread.yield()) {
            try (DirectoryStream<Path> files = Files.newDirectoryStream(folder, "tardy-stream*")) {
                for (Path file : files) {
                    if (Arrays.equals(Files.readAllBytes(file), bytes)) {
                        return file;
                    }
                }
            } catch (NoSuchFileException e) {
                // of another server, which has deleted it
            }
        }
    }

    private static java.net.Socket connect(int port) throws IOException {
        java.net.Socket socket = new java.net.Socket(InetAddress.getLoopbackAddress(), port);
        socket.setSoTimeout(30_000);
        return socket;
    }

    private static void send(java.net.Socket socket, String text) throws IOException {
        socket.getOutputStream().write(text.getBytes(StandardCharsets.US_ASCII));
    }

    /** Its body is in the same piece, and ends like this. */
    private static String answer(java.net.Socket socket, String request) throws IOException {
        send(socket, request);
        StringBuilder answer = new StringBuilder();
        while (!answer.toString().endsWith("World!")) {
            int next = socket.getInputStream().read();
            assertThat(next).as("end after: " + answer).isNotNegative();
            answer.append((char) next);
        }
        return answer.toString();
    }
}
