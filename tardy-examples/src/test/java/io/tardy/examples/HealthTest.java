package io.tardy.examples;

import static org.assertj.core.api.Assertions.assertThat;

import io.tardy.Tardy;
import io.tardy.TardyEntry;
import io.tardy.Threading;
import io.tardy.aio.AsyncType;
import io.tardy.examples.gateway.FrameGateway;
import io.tardy.examples.gateway.Gateway;
import io.tardy.examples.gateway.Limits;
import io.tardy.examples.gateway.NettyGateway;
import io.tardy.net.Socket;
import io.tardy.net.TrustedProxies;
import io.tardy.netty.TardyEventLoopGroup;
import io.tardy.websocket.WebSocketServer;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Locale;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** What a load balancer learns of a server, and the server of clients behind one. */
@Timeout(60)
class HealthTest {

    private static final String OK = "200 ok";
    private static final String LEAVING = "503 going away close";

    @OnEachTransport
    void aServerThatLeavesServesOnAndSaysSo(AsyncType transport, @TempDir Path root)
            throws Exception {
        Files.writeString(root.resolve("index.html"), "Hello, World!");
        Health health = new Health();
        try (Tardy tardy =
                        Tardy.builder()
                                .async(transport)
                                .threading(Threading.single())
                                .stopTimeout(ServerOptions.STOP_TIMEOUT)
                                .build();
                Socket listener = Socket.tcp(tardy, "127.0.0.1", 0).bind().listen(128);
                Socket gatewayListener = Socket.tcp(tardy, "127.0.0.1", 0).bind().listen(128)) {
            InetSocketAddress backend = (InetSocketAddress) listener.localAddress();
            Gateway gateway = new Gateway(backend, Limits.DEFAULT, health);
            TardyEntry entry =
                    tardy.entryInNewThread(
                            listener,
                            (rt, socket) -> {
                                Http.start(rt, socket, health);
                                gateway.start(rt, gatewayListener);
                            });
            TardyEventLoopGroup group =
                    TardyEventLoopGroup.builder().threads(2).async(transport).build();
            try (RunningServer chat =
                            new RunningServer(transport, new WebSocketChat(health, null).server());
                    RunningServer echo =
                            new RunningServer(transport, WebSocketEcho.server(health))) {
                TrustedProxies none = HttpClientAddress.NOBODY;
                int[] ports = {
                    backend.getPort(),
                    ((InetSocketAddress) gatewayListener.localAddress()).getPort(),
                    GroupServer.bind(group, new FrameHttp(health, none)),
                    GroupServer.bind(group, new NettyHttp(health, none)),
                    chat.port(),
                    echo.port()
                };
                int[] withoutContent = {
                    GroupServer.bind(group, new FrameGateway(backend, Limits.DEFAULT, health)),
                    GroupServer.bind(group, new NettyGateway(backend, Limits.DEFAULT, health)),
                    GroupServer.bind(group, new HttpFiles(root.toRealPath(), health))
                };
                for (int port : ports) {
                    assertThat(ask(port, "/healthz")).isEqualTo(OK);
                    assertThat(ask(port, "/readyz")).isEqualTo(OK);
                }
                for (int port : withoutContent) {
                    assertThat(ask(port, "/healthz")).isEqualTo("200");
                    assertThat(ask(port, "/readyz")).isEqualTo("200");
                }

                health.leave();

                for (int port : ports) {
                    assertThat(ask(port, "/readyz")).isEqualTo(LEAVING);
                    assertThat(ask(port, "/healthz")).isEqualTo(OK + " close");
                    assertThat(ask(port, "/")).endsWith(" close"); // and yet answered
                }
                for (int port : withoutContent) {
                    assertThat(ask(port, "/readyz")).isEqualTo("503 close");
                    assertThat(ask(port, "/")).isEqualTo("200 Hello, World! close");
                }
                assertThat(ask(backend.getPort(), "/")).isEqualTo("200 Hello, World! close");
            } finally {
                group.shutdownGracefully(0, 0, TimeUnit.SECONDS);
            }
            entry.stop();
            entry.await();
        }
    }

    @OnEachTransport
    void aClientBehindProxiesIsKnownFromThoseThatAreTrusted(AsyncType transport) throws Exception {
        TardyEventLoopGroup group =
                TardyEventLoopGroup.builder().threads(1).async(transport).build();
        try {
            TrustedProxies here = TrustedProxies.of("127.0.0.1");
            Health health = new Health();
            String forwarded = "x-forwarded-for: 203.0.113.9\r\nx-forwarded-for: 192.0.2.7\r\n";
            for (int port :
                    new int[] {
                        GroupServer.bind(group, new FrameHttp(health, here)),
                        GroupServer.bind(group, new NettyHttp(health, here))
                    }) {
                assertThat(ask(port, "/client", forwarded)).isEqualTo("200 192.0.2.7");
                assertThat(ask(port, "/client")).isEqualTo("200 127.0.0.1");
            }
            assertThat(ask(GroupServer.bind(group, new FrameHttp()), "/client", forwarded))
                    .isEqualTo("200 127.0.0.1");
        } finally {
            group.shutdownGracefully(0, 0, TimeUnit.SECONDS);
        }
    }

    @OnEachTransport
    void aWebSocketKnowsWhomTheLoadBalancerHasNamed(AsyncType transport) throws Exception {
        WebSocketServer.Builder server =
                WebSocketServer.builder()
                        .proxies(TrustedProxies.of("127.0.0.1"))
                        .connectionFrame(ws -> ws.sendText(ws.remoteAddress().toString()));
        try (RunningServer running = new RunningServer(transport, server);
                java.net.Socket socket =
                        new java.net.Socket(InetAddress.getLoopbackAddress(), running.port())) {
            socket.setSoTimeout(30_000);
            String handshake =
                    "PROXY TCP4 192.0.2.7 198.51.100.1 4711 443\r\n"
                            + "GET / HTTP/1.1\r\n"
                            + "host: here\r\n"
                            + "upgrade: websocket\r\n"
                            + "connection: upgrade\r\n"
                            + "sec-websocket-version: 13\r\n"
                            + "sec-websocket-key: dGhlIHNhbXBsZSBub25jZQ==\r\n\r\n";
            socket.getOutputStream().write(handshake.getBytes(StandardCharsets.US_ASCII));
            assertThat(head(socket)).startsWith("HTTP/1.1 101 ");
            byte[] frame = socket.getInputStream().readNBytes(2 + "/192.0.2.7:4711".length());
            assertThat(new String(frame, 2, frame.length - 2, StandardCharsets.US_ASCII))
                    .isEqualTo("/192.0.2.7:4711");
        }
    }

    private static String ask(int port, String target) throws IOException {
        return ask(port, target, "");
    }

    /** The status, the content, and whether it was the last answer of the connection. */
    private static String ask(int port, String target, String fields) throws IOException {
        try (java.net.Socket socket = new java.net.Socket(InetAddress.getLoopbackAddress(), port)) {
            socket.setSoTimeout(30_000);
            String request = "GET " + target + " HTTP/1.1\r\nhost: here\r\n" + fields + "\r\n";
            socket.getOutputStream().write(request.getBytes(StandardCharsets.US_ASCII));
            String head = head(socket);
            String lower = head.toLowerCase(Locale.ROOT);
            int at = lower.indexOf("content-length: ") + "content-length: ".length();
            int length = Integer.parseInt(lower.substring(at, lower.indexOf("\r\n", at)));
            byte[] content = socket.getInputStream().readNBytes(length);
            String text = new String(content, StandardCharsets.US_ASCII).strip();
            return (head.substring(9, 12)
                            + (length > 100 ? " a page" : length > 0 ? " " + text : "")
                            + (lower.contains("\r\nconnection: close") ? " close" : ""))
                    .strip();
        }
    }

    private static String head(java.net.Socket socket) throws IOException {
        StringBuilder head = new StringBuilder();
        while (head.indexOf("\r\n\r\n") < 0) {
            int read = socket.getInputStream().read();
            assertThat(read).isNotNegative();
            head.append((char) read);
        }
        return head.toString();
    }
}
